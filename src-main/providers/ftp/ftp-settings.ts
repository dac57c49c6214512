/**
 * Owns reading the options of an account: address, encryption, whom to trust. Pure: no I/O. Called by ftp-provider.ts.
 */
import type { SecureContext } from 'node:tls';
import { fail } from '../../../src-shared/model/failure.ts';
import { type AccountValues, optionValue } from '../account-options.ts';
import { trustOf } from '../certificate-authority.ts';
import { ftpDescriptor } from './descriptor.ts';

export interface FtpSettings {
  readonly host: string;
  readonly port: number;
  readonly security: 'none' | 'explicit' | 'implicit';
  readonly user: string;
  readonly password: string;
  /** What its connections trust; null: what Node trusts by itself. */
  readonly trust: SecureContext | null;
  /** SHA-256 of the one certificate to trust, in pairs of capital hex digits with colons; null: ask what is trusted. */
  readonly fingerprint: string | null;
}

/** Throws `invalid-input` with the field of a bad option. */
export function ftpSettings(account: AccountValues): FtpSettings {
  const value = (name: string): string => optionValue(ftpDescriptor, account, name);
  const security = value('security') as FtpSettings['security'];
  const password = account.secrets.password ?? '';
  const host = value('host').trim();
  if (host === '' || /[\s/@\0]/.test(host))
    refuse('options.host', 'The host is a name or an address, without "ftp://".');
  if (/[\r\n\0]/.test(value('user'))) refuse('options.user', 'The user holds a line end.');
  if (/[\r\n\0]/.test(password)) refuse('secrets.password', 'The password holds a line end.');
  return {
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: readPort(value('port'), security),
    security,
    user: value('user'),
    password,
    trust: trustOf(account),
    fingerprint: readFingerprint(value('fingerprint')),
  };
}

function readPort(text: string, security: FtpSettings['security']): number {
  if (text === '') return security === 'implicit' ? 990 : 21;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port > 0 && port < 65_536 ? port : refuse('options.port', 'The port is a number from 1 to 65535.');
}

function readFingerprint(text: string): string | null {
  if (text === '') return null;
  const digits = text.replace(/^sha-?256[:=\s]/i, '').replaceAll(/[:\s]/g, '');
  if (!/^[0-9a-f]{64}$/i.test(digits)) refuse('options.fingerprint', 'A SHA-256 fingerprint has 64 hex digits.');
  return (digits.toUpperCase().match(/../g) ?? []).join(':');
}

function refuse(field: string, message: string): never {
  return fail('invalid-input', message, { field });
}
