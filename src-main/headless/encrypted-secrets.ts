/**
 * Owns secrets on a server: each account's in one file, sealed with a key that a passphrase makes (scrypt, AES-256-GCM).
 * Environment variables stand above the file and are never written. Must not keep the passphrase. Made by headless.ts.
 */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../../src-shared/model/failure.ts';
import type { Secrets } from '../ports.ts';

type Held = Readonly<Record<string, string>>;
type Sealed = Record<string, { readonly iv: string; readonly tag: string; readonly data: string }>;

interface SecretsFile {
  readonly version: 1;
  readonly salt: string;
  readonly accounts: Sealed;
}

/** OWASP's first choice for scrypt: N = 2^17, r = 8, p = 1; 128 MiB, about half a second, once at start. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };
const KEY_BYTES = 32;
const IV_BYTES = 12;
const PREFIX = 'TRANSSHIP_SECRET_';

/** Throws FailureError `permission-denied` when the passphrase does not open the file, or somebody changed it. */
export function openEncryptedSecrets(profile: string, passphrase: string, env: NodeJS.ProcessEnv): Secrets {
  const path = join(profile, 'secrets.json');
  const file = readSecretsFile(path) ?? { version: 1, salt: randomBytes(16).toString('base64'), accounts: {} };
  const key = scryptSync(passphrase, Buffer.from(file.salt, 'base64'), KEY_BYTES, SCRYPT);
  const accounts: Sealed = { ...file.accounts };
  // A wrong passphrase is told at the start, where it was given, not at the first transfer.
  for (const accountId of Object.keys(accounts)) open(accountId);

  function open(accountId: string): Held {
    const box = accounts[accountId];
    if (box === undefined) return {};
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(box.iv, 'base64'));
      decipher.setAAD(Buffer.from(accountId));
      decipher.setAuthTag(Buffer.from(box.tag, 'base64'));
      const text = Buffer.concat([decipher.update(Buffer.from(box.data, 'base64')), decipher.final()]);
      return JSON.parse(text.toString('utf8')) as Held;
    } catch {
      return fail('permission-denied', `The secrets in ${path} cannot be opened.`, {
        hint: 'Either TRANSSHIP_PASSPHRASE is another one than before, or the file was changed. It was left as it is.',
      });
    }
  }

  function save(): void {
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, `${JSON.stringify({ ...file, accounts })}\n`, { mode: 0o600 });
    renameSync(fresh, path);
  }

  const sealed: Secrets = {
    label: 'In a file that your passphrase opens',
    persistent: true,
    read: async (accountId) => open(accountId),
    async write(accountId, secrets) {
      if (Object.keys(secrets).length === 0) {
        delete accounts[accountId];
      } else {
        const iv = randomBytes(IV_BYTES);
        const cipher = createCipheriv('aes-256-gcm', key, iv);
        // Bound to its account: one account's secrets cannot be moved to another by editing the file.
        cipher.setAAD(Buffer.from(accountId));
        const data = Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final()]);
        accounts[accountId] = {
          iv: iv.toString('base64'),
          tag: cipher.getAuthTag().toString('base64'),
          data: data.toString('base64'),
        };
      }
      save();
    },
  };
  return withEnvironment(sealed, env);
}

/** The same secrets with those of the environment above them. */
export function withEnvironment(secrets: Secrets, env: NodeJS.ProcessEnv): Secrets {
  return {
    ...secrets,
    read: async (accountId) => ({ ...(await secrets.read(accountId)), ...environmentSecrets(env, accountId) }),
  };
}

/** TRANSSHIP_SECRET_<ACCOUNT>_<NAME>, in upper case, what is no letter or digit as `_`. Names come back as they are asked for. */
export function environmentSecrets(env: NodeJS.ProcessEnv, accountId: string): Held {
  const start = `${PREFIX}${environmentName(accountId)}_`;
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith(start) && value !== undefined) found[camelCase(name.slice(start.length))] = value;
  }
  return found;
}

function environmentName(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}

/** SECRET_ACCESS_KEY → secretAccessKey: how providers name their options. */
function camelCase(name: string): string {
  return name.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function readSecretsFile(path: string): SecretsFile | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const damaged = (): never =>
    fail('invalid-input', `The file ${path} is not one of Transship's.`, { hint: 'Move it away, or restore it.' });
  try {
    const file = JSON.parse(text) as Partial<SecretsFile>;
    if (file.version !== 1 || typeof file.salt !== 'string' || typeof file.accounts !== 'object') return damaged();
    return file as SecretsFile;
  } catch {
    return damaged();
  }
}
