/**
 * Owns secrets on the desktop: each account's are encrypted by the system's keyring and kept in one file of the
 * profile. Must not write what the system would not protect, and must not lose an account's secrets because another's
 * cannot be read. Made by main.ts once the app is ready.
 */
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { SafeStorage } from 'electron';
import { z } from 'zod';
import { FailureError, failure } from '../../src-shared/model/failure.ts';
import { createSessionSecrets } from '../node-ports/session-secrets.ts';
import type { Secrets } from '../ports.ts';

export type Keyring = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>;

/** Pairs of account id and its secrets: JSON, encrypted, in base64. */
const fileSchema = z.strictObject({ version: z.literal(1), accounts: z.array(z.tuple([z.string(), z.base64()])) });
const secretsSchema = z.record(z.string(), z.string());

const KEYRING_NAMES: Readonly<Record<string, string>> = {
  gnome_libsecret: 'the GNOME keyring',
  kwallet: 'KWallet',
  kwallet5: 'KWallet',
  kwallet6: 'KWallet',
  darwin: 'the macOS keychain',
  win32: "Windows' data protection",
};

/** Keeps secrets in `<profile>/secrets.json`, or in memory only where the system has nothing that protects them. */
export async function openSafeStorageSecrets(
  profile: string,
  keyring: Keyring,
  platform: NodeJS.Platform,
): Promise<Secrets> {
  const keeper = await nameKeyring(keyring, platform);
  if (keeper === null) return createSessionSecrets('this system has no keyring that protects them');
  const file = join(profile, 'secrets.json');

  let lastWrite: Promise<void> = Promise.resolve();
  const replace = async (accountId: string, secrets: Readonly<Record<string, string>>) => {
    const accounts = await readAccounts(file);
    if (Object.keys(secrets).length === 0) accounts.delete(accountId);
    else accounts.set(accountId, (await keyring.encryptStringAsync(JSON.stringify(secrets))).toString('base64'));
    await replaceFile(file, JSON.stringify({ version: 1, accounts: [...accounts] }));
  };
  /** One after another: each reads the file, changes one account and puts the whole back. */
  const write: Secrets['write'] = (accountId, secrets) => {
    const mine = lastWrite.catch(() => {}).then(() => replace(accountId, secrets));
    lastWrite = mine;
    return mine;
  };
  const read: Secrets['read'] = async (accountId) => {
    await lastWrite.catch(() => {});
    const sealed = (await readAccounts(file)).get(accountId);
    if (sealed === undefined) return {};
    const { secrets, stale } = await unseal(keyring, sealed);
    // The system has a newer key: seal again, so that the old one may go.
    if (stale) await write(accountId, secrets);
    return secrets;
  };
  return { label: `Encrypted by ${keeper}`, persistent: true, read, write };
}

/**
 * Who protects the secrets, or null when nobody does. `isAsyncEncryptionAvailable` alone is no answer on Linux: it is
 * also true for `basic_text`, which encrypts with a password that stands in Chromium's source.
 */
async function nameKeyring(keyring: Keyring, platform: NodeJS.Platform): Promise<string | null> {
  if (!(await keyring.isAsyncEncryptionAvailable())) return null;
  return KEYRING_NAMES[platform === 'linux' ? keyring.getSelectedStorageBackend() : platform] ?? null;
}

async function readAccounts(file: string): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return new Map();
    throw unreadable('The file with the secrets cannot be read.', thrown);
  }
  try {
    return new Map(fileSchema.parse(JSON.parse(text)).accounts);
  } catch (thrown) {
    throw unreadable('The file with the secrets is damaged.', thrown, `Move ${file} away and enter the secrets again.`);
  }
}

async function unseal(keyring: Keyring, sealed: string): Promise<{ secrets: Record<string, string>; stale: boolean }> {
  try {
    const { result, shouldReEncrypt } = await keyring.decryptStringAsync(Buffer.from(sealed, 'base64'));
    return { secrets: secretsSchema.parse(JSON.parse(result)), stale: shouldReEncrypt };
  } catch (thrown) {
    throw unreadable('The secrets of this account cannot be decrypted.', thrown);
  }
}

function unreadable(message: string, cause: unknown, hint = 'Unlock the keyring, or enter the secrets again.'): Error {
  return new FailureError(failure('auth-expired', message, { hint }), { cause });
}

/** The old file or the whole new one, also after a power cut. */
async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
