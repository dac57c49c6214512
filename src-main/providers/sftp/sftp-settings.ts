/**
 * Owns what an account's options mean: where the server is, which key it must show, and how to sign in. Pure.
 * Called by sftp-provider.ts.
 */

import ssh2, { type ParsedKey } from 'ssh2';
import { fail } from '../../../src-shared/model/failure.ts';
import { type AccountValues, optionValue, TOGGLE_ON } from '../account-options.ts';
import { sftpDescriptor } from './descriptor.ts';

export interface SftpSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** "SHA256:…" without padding; null: not pinned yet, so nothing may be sent. */
  readonly hostKey: string | null;
  readonly password: string | null;
  readonly privateKey: ParsedKey | null;
  /** The socket of the agent. */
  readonly agent: string | null;
  readonly keepsTimes: boolean;
}

/** Throws `invalid-input` with the field that is wrong. `env` is where the agent is named. */
export function sftpSettings(account: AccountValues, env: Readonly<Record<string, string | undefined>>): SftpSettings {
  const password = account.secrets.password || null;
  const privateKey = readPrivateKey(account.secrets.privateKey ?? '', account.secrets.passphrase ?? '');
  const agent = optionValue(sftpDescriptor, account, 'useAgent') === TOGGLE_ON ? readAgent(env.SSH_AUTH_SOCK) : null;
  if (password === null && privateKey === null && agent === null) {
    fail('invalid-input', 'There is nothing to sign in with.', {
      field: 'secrets.password',
      hint: 'Enter a password or a private key, or use the SSH agent.',
    });
  }
  return {
    host: readHost(optionValue(sftpDescriptor, account, 'host')),
    port: readPort(optionValue(sftpDescriptor, account, 'port')),
    user: optionValue(sftpDescriptor, account, 'user'),
    hostKey: readFingerprint(optionValue(sftpDescriptor, account, 'hostKey')),
    password,
    privateKey,
    agent,
    keepsTimes: optionValue(sftpDescriptor, account, 'keepTimes') === TOGGLE_ON,
  };
}

function readHost(text: string): string {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (/^[^\s/@[\]]+$/.test(bare)) return bare;
  return fail('invalid-input', `"${text}" is not the name of a host.`, {
    field: 'options.host',
    hint: 'Enter the name or the address alone, without "sftp://", user, port or path.',
  });
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  return fail('invalid-input', `"${text}" is not a port.`, {
    field: 'options.port',
    hint: 'Ports go from 1 to 65535.',
  });
}

/** A whole line of `ssh-keygen -lf` may be pasted; the padding that some tools add is dropped. */
function readFingerprint(text: string): string | null {
  if (text.trim() === '') return null;
  const found = /(?:^|\s)(SHA256:[A-Za-z0-9+/]{43})=?(?:\s|$)/.exec(text);
  if (found?.[1] !== undefined) return found[1];
  return fail('invalid-input', 'This is not a SHA256 fingerprint.', {
    field: 'options.hostKey',
    hint: 'It looks like "SHA256:" and 43 letters and digits. MD5 fingerprints, with colons, are not taken.',
  });
}

function readAgent(socket: string | undefined): string {
  if (socket !== undefined && socket !== '') return socket;
  return fail('invalid-input', 'There is no SSH agent: SSH_AUTH_SOCK is not set.', {
    field: 'options.useAgent',
    hint: 'Start this app from a session that has an agent, or sign in with a key or a password.',
  });
}

function readPrivateKey(text: string, passphrase: string): ParsedKey | null {
  if (text.trim() === '') return null;
  // The type promises one key; for files with several an array comes.
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(restoreLines(text), passphrase || undefined);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error || key === undefined) return throwKeyProblem(key?.message ?? '', passphrase);
  if (key.isPrivateKey()) return key;
  return fail('invalid-input', 'This is a public key.', {
    field: 'secrets.privateKey',
    hint: 'Paste the file whose name does not end in ".pub".',
  });
}

function throwKeyProblem(message: string, passphrase: string): never {
  if (/passphrase|decrypt|integrity/i.test(message)) {
    const what = passphrase === '' ? 'The private key is locked.' : 'The passphrase does not open the private key.';
    fail('invalid-input', what, { field: 'secrets.passphrase' });
  }
  return fail('invalid-input', 'This is not a private key that can be read.', {
    field: 'secrets.privateKey',
    hint: 'Keys of OpenSSH and PEM are taken. Convert others with "ssh-keygen -p -m PEM -f FILE", on a copy.',
  });
}

/** A field of one line turns line breaks into spaces or nothing; the text between the two marks can stand that. */
function restoreLines(text: string): string {
  const trimmed = text.trim().replaceAll('\r\n', '\n');
  if (trimmed.includes('\n')) return trimmed;
  const found = /^(-----BEGIN [A-Z ]+-----)([A-Za-z0-9+/=\s]+)(-----END [A-Z ]+-----)$/.exec(trimmed);
  const [, begin, body, end] = found ?? [];
  if (begin === undefined || body === undefined || end === undefined) return trimmed;
  const lines = body.replace(/\s+/g, '').match(/.{1,64}/g) ?? [];
  return [begin, ...lines, end].join('\n');
}
