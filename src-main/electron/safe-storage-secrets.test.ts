/** Proves that secrets are written only under a real keyring, never readable, and one account's fate is not another's. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toFailure } from '../../src-shared/model/failure.ts';
import { type Keyring, openSafeStorageSecrets } from './safe-storage-secrets.ts';

const CANARY = 'c4n4ry-secret';

/** Seals by reversing under a key: enough to see that what is on disk went through it. */
class FakeKeyring implements Keyring {
  backend: ReturnType<Keyring['getSelectedStorageBackend']> = 'gnome_libsecret';
  available = true;
  key = 'k1';
  shouldReEncrypt = false;
  isAsyncEncryptionAvailable = async () => this.available;
  getSelectedStorageBackend = () => this.backend;
  encryptStringAsync = async (plain: string) => Buffer.from(`${this.key}${[...plain].reverse().join('')}`);
  decryptStringAsync = async (sealed: Buffer) => {
    const text = sealed.toString();
    if (!text.startsWith(this.key)) throw new Error('Error while decrypting the ciphertext.');
    return { result: [...text.slice(this.key.length)].reverse().join(''), shouldReEncrypt: this.shouldReEncrypt };
  };
}

let profile: string;
let keyring: FakeKeyring;
beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'transship-secrets-'));
  keyring = new FakeKeyring();
});
afterEach(() => rmSync(profile, { recursive: true, force: true }));

const open = () => openSafeStorageSecrets(profile, keyring, 'linux');
const file = () => join(profile, 'secrets.json');

test('secrets come back after a restart, and stand nowhere on disk as they are', async () => {
  await (await open()).write('s3', { secretAccessKey: CANARY });
  expect(await (await open()).read('s3')).toEqual({ secretAccessKey: CANARY });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  for (const name of readdirSync(profile)) expect(readFileSync(join(profile, name), 'utf8')).not.toContain(CANARY);
});

test('an empty record forgets the account', async () => {
  const secrets = await open();
  await secrets.write('s3', { key: CANARY });
  await secrets.write('s3', {});
  expect(await secrets.read('s3')).toEqual({});
  expect(readFileSync(file(), 'utf8')).toBe('{"version":1,"accounts":[]}');
});

test('many writes at once lose none', async () => {
  const secrets = await open();
  const ids = Array.from({ length: 20 }, (_, index) => `account-${index}`);
  await Promise.all(ids.map((id) => secrets.write(id, { id })));
  for (const id of ids) expect(await secrets.read(id)).toEqual({ id });
});

test.each([
  ['linux', 'basic_text', false],
  ['linux', 'unknown', false],
  ['linux', 'gnome_libsecret', true],
  ['linux', 'kwallet', true],
  ['linux', 'kwallet5', true],
  ['linux', 'kwallet6', true],
  ['darwin', 'unknown', true],
  ['win32', 'unknown', true],
  ['freebsd', 'unknown', false],
] as const)('on %s with %s, keeping secrets on disk is %s', async (platform, backend, persistent) => {
  keyring.backend = backend;
  const secrets = await openSafeStorageSecrets(profile, keyring, platform);
  expect(secrets.persistent).toBe(persistent);
  await secrets.write('s3', { key: CANARY });
  expect(await secrets.read('s3')).toEqual({ key: CANARY });
  expect(readdirSync(profile)).toEqual(persistent ? ['secrets.json'] : []);
  if (!persistent) expect(secrets.label).toContain('Only in memory');
});

test('without encryption nothing is written', async () => {
  keyring.available = false;
  const secrets = await open();
  await secrets.write('s3', { key: CANARY });
  expect([secrets.persistent, readdirSync(profile)]).toEqual([false, []]);
});

test('another key makes the old secrets unreadable, says so, and leaves room for new ones', async () => {
  const secrets = await open();
  await secrets.write('old', { key: CANARY });
  keyring.key = 'k2';
  expect(await codeOf(secrets.read('old'))).toBe('auth-expired');
  await secrets.write('new', { key: 'n' });
  expect(await secrets.read('new')).toEqual({ key: 'n' });
  keyring.key = 'k1';
  expect(await secrets.read('old')).toEqual({ key: CANARY });
});

test('a secret sealed with an old key is sealed again when it is read', async () => {
  const secrets = await open();
  await secrets.write('s3', { key: CANARY });
  const before = readFileSync(file(), 'utf8');
  keyring.shouldReEncrypt = true;
  keyring.encryptStringAsync = async (plain) => Buffer.from(`k1${[...` ${plain}`].reverse().join('')}`);
  expect(await secrets.read('s3')).toEqual({ key: CANARY });
  expect(readFileSync(file(), 'utf8')).not.toBe(before);
});

test.each(['', '{', '[]', '{"version":2,"accounts":[]}', '{"version":1,"accounts":[["s3","§"]]}'])(
  'a damaged file (%j) is a failure that says so, and is not overwritten',
  async (text) => {
    writeFileSync(file(), text);
    const secrets = await open();
    expect(await codeOf(secrets.read('s3'))).toBe('auth-expired');
    expect(await codeOf(secrets.write('s3', { key: 'n' }))).toBe('auth-expired');
    expect(readFileSync(file(), 'utf8')).toBe(text);
  },
);

test('tampered bytes are refused', async () => {
  const secrets = await open();
  await secrets.write('s3', { key: CANARY });
  const sealed = readFileSync(file(), 'utf8');
  writeFileSync(file(), sealed.replace(/"s3","./, '"s3","A'));
  expect(await codeOf(secrets.read('s3'))).toBe('auth-expired');
});

test('an account may bear the name of a built-in property', async () => {
  const secrets = await open();
  expect(await secrets.read('constructor')).toEqual({});
  await secrets.write('__proto__', { key: CANARY });
  expect(await secrets.read('__proto__')).toEqual({ key: CANARY });
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no failure',
    (thrown: unknown) => toFailure(thrown).code,
  );
}
