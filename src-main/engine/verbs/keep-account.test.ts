/** Proves that an account that cannot mean anything is refused at the option that is wrong, and is not saved. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CoordinatorUnderTest, openCoordinatorUnderTest } from '../coordinator-under-test.ts';
import { saveAccount } from './keep-account.ts';

let test: CoordinatorUnderTest;
beforeEach(async () => {
  test = await openCoordinatorUnderTest();
});
afterEach(() => test.close());

const save = (provider: string, options: Record<string, string>) =>
  test.coordinator.call((desk) => saveAccount(desk, { id: 'new', provider, name: 'New', options, secretNames: [] }));

it.each([
  ['no provider', 'carrier-pigeon', {}, 'provider'],
  ['an option that nobody knows', 'http', { speed: 'high' }, 'options.speed'],
  ['a switch that is neither on nor off', 'http', { allowPrivateAddresses: 'yes' }, 'options.allowPrivateAddresses'],
  ['none of the choices', 's3', { service: 'attic' }, 'options.service'],
  ['nothing where something is needed', 'sftp', { user: 'ada' }, 'options.host'],
])('%s', async (_, provider, options, field) => {
  await expect(save(provider, options)).rejects.toMatchObject({ failure: { code: 'invalid-input', field } });
  expect(test.coordinator.store.account('new')).toBeNull();
});

it('is saved where it can', async () => {
  await save('http', { allowPrivateAddresses: 'true' });
  expect(test.coordinator.store.account('new')?.options).toEqual({ allowPrivateAddresses: 'true' });
});
