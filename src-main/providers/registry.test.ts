/**
 * Owns the proof that the registry is whole and that bad accounts are refused at the field that is wrong.
 */
import { describe, expect, test } from 'vitest';
import { FailureError } from '../../src-shared/model/failure.ts';
import type { AccountValues } from './account-options.ts';
import { keyJson } from './gcs/gcs-test-tokens.ts';
import { createProvider, descriptorOf, descriptors, PROVIDERS } from './registry.ts';

const none = { options: {}, secrets: {} };
const gcs = { options: {}, secrets: { serviceAccountKey: keyJson('https://oauth2.googleapis.com/token') } };
const sftp = { options: { host: 'files.example.com', user: 'ada' }, secrets: { password: 'secret' } };
const s3 = { options: { accessKeyId: 'id' }, secrets: { secretAccessKey: 'secret' } };
const azure = { options: { accountName: 'media' }, secrets: { accountKey: 'c2VjcmV0IG9mIHRoZSBhY2NvdW50' } };
const webdav = { options: { address: 'https://h/dav', user: 'me' }, secrets: { password: 'secret' } };
const ftp = { options: { host: 'ftp.example.com', user: 'mover' }, secrets: {} };
/** Kinds that cannot be made without settings. */
const needed: Readonly<Record<string, AccountValues>> = { s3, azure, gcs, webdav, sftp, ftp };

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
    const provider = await createProvider(kind, needed[kind] ?? none);
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
    ['gcs', none, 'secrets.serviceAccountKey'],
    ['gcs', { ...gcs, secrets: { serviceAccountKey: '{}' } }, 'secrets.serviceAccountKey'],
    ['gcs', { ...gcs, options: { endpoint: 'storage.googleapis.com' } }, 'options.endpoint'],
    ['gcs', { ...gcs, options: { endpoint: 'http://127.0.0.1:4443' } }, 'options.endpoint'],
    ['azure', { ...azure, options: {} }, 'options.accountName'],
    ['azure', { ...azure, options: { accountName: 'media.evil.example/' } }, 'options.accountName'],
    ['azure', { ...azure, options: { accountName: 'media', endpoint: 'h' } }, 'options.endpoint'],
    ['azure', { ...azure, options: { accountName: 'media', endpoint: 'https://u:p@h' } }, 'options.endpoint'],
    ['azure', { ...azure, options: { accountName: 'media', endpoint: 'https://h/?sig=x' } }, 'options.endpoint'],
    [
      'azure',
      { ...azure, options: { accountName: 'media', endpoint: 'https://h/media/container' } },
      'options.endpoint',
    ],
    ['azure', { ...azure, secrets: {} }, 'secrets.accountKey'],
    ['azure', { ...azure, secrets: { accountKey: 'AccountKey=abc;' } }, 'secrets.accountKey'],
    ['azure', { ...azure, secrets: { sasToken: 'sv=2024' } }, 'secrets.sasToken'],
    ['azure', { ...azure, secrets: { sasToken: 'https://h/?sig=x' } }, 'secrets.sasToken'],
    ['azure', { ...azure, secrets: { ...azure.secrets, sasToken: 'sig=x' } }, 'secrets.sasToken'],
    ['http', { ...none, options: { allowPrivateAddresses: 'yes' } }, 'options.allowPrivateAddresses'],
    ['http', { ...none, options: { user: 'me' } }, 'options.signInAddress'],
    ['http', { ...none, secrets: { token: 'a\nb' }, options: { signInAddress: 'https://h' } }, 'secrets.token'],
    ['webdav', none, 'options.address'],
    ['webdav', { ...webdav, options: { ...webdav.options, address: 'ftp://h' } }, 'options.address'],
    ['webdav', { ...webdav, options: { ...webdav.options, address: 'https://me:pw@h' } }, 'options.address'],
    ['webdav', { ...webdav, options: { ...webdav.options, address: 'https://h/?a' } }, 'options.address'],
    ['webdav', { ...webdav, options: { address: 'https://h' } }, 'options.user'],
    ['webdav', { ...webdav, options: { ...webdav.options, user: 'a:b' } }, 'options.user'],
    ['webdav', { ...webdav, options: { ...webdav.options, login: 'digest', user: 'a\nb' } }, 'options.user'],
    ['webdav', { ...webdav, options: { ...webdav.options, login: 'ntlm' } }, 'options.login'],
    ['webdav', { ...webdav, options: { ...webdav.options, login: 'bearer' } }, 'secrets.token'],
    ['local', { ...none, options: { root: '/' } }, 'options.root'],
    ['memory', { ...none, secrets: { x: 'y' } }, 'secrets.x'],
  ])('%s %j', async (kind, account, field) => {
    expect(await failureOf(createProvider(kind, account))).toMatchObject({ code: 'invalid-input', field });
  });
});
