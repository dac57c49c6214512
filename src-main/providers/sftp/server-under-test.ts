/**
 * Owns the real SFTP server that the environment names, and accounts on it. Its folder is one of this computer, so that
 * tests see and plant what the protocol does not show. For tests only.
 */
import { readFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { isTemporaryName } from '../local/local-key.ts';
import type { Provider } from '../provider.ts';
import { createSftp } from './sftp-provider.ts';

const {
  TRANSSHIP_TEST_SFTP_HOST: host,
  TRANSSHIP_TEST_SFTP_PORT: port = '',
  TRANSSHIP_TEST_SFTP_USER: user = '',
  TRANSSHIP_TEST_SFTP_PASSWORD: password = '',
  TRANSSHIP_TEST_SFTP_KEY_FILE: keyFile = '',
  TRANSSHIP_TEST_SFTP_HOST_KEY: hostKey = '',
  TRANSSHIP_TEST_SFTP_FOLDER: folder = '',
} = process.env;

/** undefined: there is none. */
export const serverAddress = host === undefined ? undefined : { host, port: Number(port) };
export const clientKeyFile = keyFile;
export const homeFolder = folder;

const options = { host: host ?? '', port, user, hostKey };

export function withPassword(changed: Record<string, string> = {}, secret = password): Provider {
  return createSftp({ options: { ...options, ...changed }, secrets: { password: secret } });
}

export function withKey(
  secrets: Readonly<Record<string, string>> = { privateKey: readFileSync(keyFile, 'utf8') },
): Provider {
  return createSftp({ options, secrets });
}

export function withAgent(): Provider {
  return createSftp({ options: { ...options, useAgent: 'true' }, secrets: {} });
}

/** A folder of the user, as a whole path. */
export async function makeFolder(name: string): Promise<string> {
  const made = path.join(homeFolder, name);
  const { uid, gid } = await fs.stat(homeFolder);
  await fs.mkdir(made, { recursive: true });
  await fs.chown(made, uid, gid);
  return made;
}

export async function leftovers(): Promise<readonly string[]> {
  const names = await fs.readdir(homeFolder, { recursive: true });
  return names.filter((name) => isTemporaryName(path.basename(name)));
}
