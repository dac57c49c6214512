/**
 * Owns saving and removing accounts. The secrets themselves went to the secret store before (api/account-handlers);
 * here only their names are kept. Must not see a secret. Verbs of the coordinator.
 */
import { isDeepStrictEqual } from 'node:util';
import { fail } from '../../../src-shared/model/failure.ts';
import type { AccountCheck } from '../../../src-shared/model/provider.ts';
import type { NewAccount } from '../../store/records.ts';
import type { Desk } from '../desk.ts';

/** Throws FailureError when an option is missing, unknown, or not among its choices. Writes nothing. */
export function acceptAccount(desk: Desk, account: NewAccount): void {
  const descriptor = desk.accounts.descriptor(account.provider);
  if (descriptor === null || descriptor.internal) {
    fail('invalid-input', `There is no provider "${account.provider}".`, { field: 'provider' });
  }
  if (desk.accounts.find(account.id)?.isBuiltIn === true) {
    fail('invalid-input', 'A built-in account cannot be changed.', { field: 'id' });
  }
  const before = desk.accounts.find(account.id)?.record.provider;
  if (before !== undefined && before !== account.provider) {
    fail('invalid-input', 'An account keeps its provider.', { field: 'provider', hint: 'Add another account.' });
  }
  for (const name of Object.keys(account.options)) {
    if (!descriptor.options.some((option) => option.name === name && option.input !== 'secret')) {
      fail('invalid-input', `${descriptor.label} has no option "${name}".`, { field: `options.${name}` });
    }
  }
  for (const name of account.secretNames) {
    if (!descriptor.options.some((option) => option.name === name && option.input === 'secret')) {
      fail('invalid-input', `${descriptor.label} has no secret "${name}".`, { field: `secrets.${name}` });
    }
  }
  for (const option of descriptor.options) {
    const isSecret = option.input === 'secret';
    const value = isSecret ? '' : (account.options[option.name] ?? '');
    const isGiven = isSecret ? account.secretNames.includes(option.name) : value.trim() !== '';
    const field = `${isSecret ? 'secrets' : 'options'}.${option.name}`;
    if (option.required && !isGiven) {
      fail('invalid-input', `${option.label} is missing.`, { field, hint: option.help });
    }
    if (isGiven && option.choices !== undefined && !option.choices.some((choice) => choice.value === value)) {
      fail('invalid-input', `${option.label} cannot be "${value}".`, { field, hint: option.help });
    }
    if (isGiven && option.input === 'toggle' && value !== 'true' && value !== 'false') {
      fail('invalid-input', `${option.label} is "true" or "false", not "${value}".`, { field, hint: option.help });
    }
  }
}

export function saveAccount(desk: Desk, account: NewAccount): void {
  acceptAccount(desk, account);
  const before = desk.accounts.find(account.id)?.record.options;
  desk.store.saveAccount(account);
  // What moves saw of their two ends was seen where it led before.
  if (before !== undefined && !isDeepStrictEqual(before, account.options)) desk.store.forgetApart(account.id);
}

/** Throws FailureError while an open migration uses it. */
export function removeAccount(desk: Desk, accountId: string): void {
  const account = desk.accounts.find(accountId);
  if (account === null) fail('not-found', `There is no account "${accountId}".`, { field: 'accountId' });
  if (account.isBuiltIn) fail('invalid-input', 'A built-in account cannot be removed.', { field: 'accountId' });
  const user = desk.store
    .openMigrations()
    .find(({ source, destination }) => source.accountId === accountId || destination.accountId === accountId);
  if (user !== undefined) {
    fail('invalid-input', `Migration "${user.name}" still uses this account.`, {
      field: 'accountId',
      hint: 'Cancel it or let it finish first.',
    });
  }
  desk.store.removeAccount(accountId);
}

/** Throws FailureError `not-found`, or `invalid-input` for a built-in account. */
export function limitAccount(desk: Desk, accountId: string, maxAttempts: number | null): void {
  const account = desk.accounts.find(accountId);
  if (account === null) fail('not-found', `There is no account "${accountId}".`, { field: 'accountId' });
  if (account.isBuiltIn) fail('invalid-input', 'A built-in account has no limit of its own.', { field: 'accountId' });
  desk.store.limitAccount(accountId, maxAttempts);
}

export function recordCheck(desk: Desk, accountId: string, check: AccountCheck): void {
  if (desk.accounts.find(accountId)?.isBuiltIn === false) desk.store.recordAccountCheck(accountId, check);
}
