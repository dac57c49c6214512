/**
 * Owns the two ends of a migration as they are typed on the command line: which folder a path means, and whether the
 * end is as it should be, before anything is asked for, as the window does it. Must not submit. Called by cli-verbs.ts.
 */
import { resolve } from 'node:path';
import type { Location } from '../../src-shared/model/asset.ts';
import { fail } from '../../src-shared/model/failure.ts';
import type { AccountView, LocationRole } from '../../src-shared/model/provider.ts';
import type { Call } from './call-house.ts';

export const THIS_COMPUTER = 'this-computer';

/** By its id, or by its name where no other account has that. Throws FailureError `not-found`, `invalid-input`. */
export function typedAccount(accounts: readonly AccountView[], typed: string): AccountView {
  const byId = accounts.find(({ id }) => id === typed);
  const [byName, another] = accounts.filter(({ name }) => name === typed);
  const account = byId ?? byName;
  if (byId === undefined && another !== undefined) {
    const ids = accounts.filter(({ name }) => name === typed).map(({ id }) => id);
    fail('invalid-input', `${ids.length} accounts are named "${typed}".`, { hint: `Say which: ${ids.join(', ')}.` });
  }
  return (
    account ??
    fail('not-found', `There is no account "${typed}".`, {
      hint: `One of ${accounts.map(({ id, name }) => `${id} (${name})`).join(', ')}.`,
    })
  );
}

/** A path of this computer is read from the folder that the command was typed in. Throws as `typedAccount` does. */
export function typedPlace(
  accounts: readonly AccountView[],
  account: string,
  container: string,
  folder: string,
): Pick<Location, 'accountId' | 'container'> {
  const { id: accountId, provider } = typedAccount(accounts, account);
  const isPath = provider === 'local' && container !== '';
  const [scheme] = /^[a-z][a-z0-9+.-]*:[/][/]/i.exec(container) ?? [];
  if (isPath && scheme !== undefined) {
    fail('invalid-input', `${container} is no folder of this computer.`, {
      hint: `Name the account that it belongs to with --from or --to${/^https?:/i.test(scheme) ? ', like --from http' : ''}.`,
    });
  }
  return { accountId, container: isPath ? resolve(folder, container) : container };
}

/** Tests the end as its role needs it. Throws FailureError with the reason. */
export async function assertEnd(call: Call, location: Location, role: LocationRole): Promise<void> {
  const { accountId: account, container, prefix } = location;
  const report = await call('account.check', { account, container, prefix, role });
  if (report.ok) return;
  const { code, message, hint } = report.failure ?? { code: 'unexpected', message: 'Its check failed.', hint: '' };
  fail(code, `The ${role} ${container} cannot be used: ${message}`, { hint });
}
