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

/** A path of this computer is read from the folder that the command was typed in. Throws FailureError `not-found`. */
export function typedPlace(
  accounts: readonly AccountView[],
  accountId: string,
  container: string,
  folder: string,
): Pick<Location, 'accountId' | 'container'> {
  const account = accounts.find(({ id }) => id === accountId);
  if (account === undefined) {
    fail('not-found', `There is no account "${accountId}".`, {
      hint: `One of ${accounts.map(({ id }) => id).join(', ')}; \`transship accounts\` lists them.`,
    });
  }
  const isPath = account.provider === 'local' && container !== '';
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
