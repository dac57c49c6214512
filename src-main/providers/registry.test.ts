/**
 * Owns the proof that the registry is whole and that bad accounts are refused at the field that is wrong.
 */
import { describe, expect, test } from 'vitest';
import { FailureError } from '../../src-shared/model/failure.ts';
import { createProvider, descriptorOf, descriptors, PROVIDERS } from './registry.ts';

const none = { options: {}, secrets: {} };
const s3 = { options: { accessKeyId: 'id' }, secrets: { secretAccessKey: 'secret' } };
const ftp = { options: { host: 'ftp.example.com', user: 'mover' }, secrets: {} };
/** Accounts of the kinds that cannot be made of nothing. */
const accounts: Readonly<Record<string, typeof none>> = { s3, ftp };

async function failureOf(work: Promise<unknown>) {
  const thrown = await work.catch((error: unknown) => error);
  if (thrown instanceof FailureError) return thrown.failure;
  throw new Error(`Expected a failure, got ${String(thrown)}`);
}

test('every provider says who it is and can be made', async () => {
  for (const [kind, module] of Object.entries(PROVIDERS)) {
    expect(module.descriptor.kind).toBe(kind);
    expect(descriptorOf(kind)).toBe(module.descriptor);
    expect(module.descriptor.chip.length).toBeLessThanOrEqual(5);
    for (const option of module.descriptor.options) expect(option.help).not.toBe('');
    const provider = await createProvider(kind, accounts[kind] ?? none);
    expect(provider.descriptor).toBe(module.descriptor);
    await provider.close();
  }
  expect(descriptors().map((descriptor) => descriptor.kind)).toEqual(Object.keys(PROVIDERS));
});

test('built-in accounts have ids of their own and need no settings', () => {
  const ids = descriptors().flatMap(({ builtInAccount }) => (builtInAccount === null ? [] : [builtInAccount.id]));
  expect(new Set(ids).size).toBe(ids.length);
  for (const { builtInAccount, options } of descriptors()) {
    if (builtInAccount !== null) expect(options.filter((option) => option.required)).toEqual([]);
  }
});

test.each(['zip', '', '__proto__', 'constructor'])('an unknown kind %j is a failure', async (kind) => {
  expect(await failureOf(createProvider(kind, none))).toMatchObject({ code: 'unsupported', field: 'provider' });
});

describe('a bad account is refused at the field', () => {
  test.each([
    ['s3', { ...s3, options: {} }, 'options.accessKeyId'],
    ['s3', { ...s3, secrets: {} }, 'secrets.secretAccessKey'],
    ['s3', { ...s3, options: { ...s3.options, colour: 'red' } }, 'options.colour'],
    ['s3', { ...s3, options: { ...s3.options, secretAccessKey: 'in the open' } }, 'options.secretAccessKey'],
    ['s3', { ...s3, options: { ...s3.options, addressing: 'sideways' } }, 'options.addressing'],
    ['s3', { ...s3, options: { ...s3.options, region: 'eu west' } }, 'options.region'],
    ['s3', { ...s3, options: { ...s3.options, endpoint: 's3.example.com' } }, 'options.endpoint'],
    ['s3', { ...s3, options: { ...s3.options, endpoint: 'https://h/path' } }, 'options.endpoint'],
    ['s3', { ...s3, options: { ...s3.options, endpoint: 'https://u:p@h' } }, 'options.endpoint'],
    ['s3', { ...s3, options: { accessKeyId: 'id\r\nx: y' } }, 'options.accessKeyId'],
    ['http', { ...none, options: { allowPrivateAddresses: 'yes' } }, 'options.allowPrivateAddresses'],
    ['http', { ...none, options: { user: 'me' } }, 'options.signInAddress'],
    ['http', { ...none, secrets: { token: 'a\nb' }, options: { signInAddress: 'https://h' } }, 'secrets.token'],
    ['local', { ...none, options: { root: '/' } }, 'options.root'],
    ['memory', { ...none, secrets: { x: 'y' } }, 'secrets.x'],
  ])('%s %j', async (kind, account, field) => {
    expect(await failureOf(createProvider(kind, account))).toMatchObject({ code: 'invalid-input', field });
  });
});
