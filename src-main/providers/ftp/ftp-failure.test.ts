/** Owns the proof that refusals of servers and broken connections mean what they should. */
import { FTPError } from 'basic-ftp';
import { expect, test } from 'vitest';
import { toFailure } from '../../../src-shared/model/failure.ts';
import { NEVER_ABORTED } from '../conformance/fixture.ts';
import { ftpFailure, isRefusal, maySayMissing } from './ftp-failure.ts';

function meaningOf(thrown: unknown) {
  const { code, retryable } = toFailure(ftpFailure(thrown, 'h', 'do it', NEVER_ABORTED));
  return { code, retryable };
}

function reply(message: string): FTPError {
  return new FTPError({ code: Number(message.slice(0, 3)), message });
}

test.each([
  ['421 Timeout.', 'network', true],
  ['421 There are too many connections from your internet address.', 'rate-limited', true],
  ['425 Failed to establish connection.', 'network', true],
  ['426 Failure writing network stream.', 'network', true],
  ['450 File busy', 'network', true],
  ['451 Local error', 'network', true],
  ['452 Insufficient storage', 'disk-full', false],
  ['500 Unknown command.', 'unsupported', false],
  ['522 SSL connection failed; session reuse required', 'network', false],
  ['530 Login incorrect.', 'auth-expired', false],
  ['530 Non-anonymous sessions must use encryption.', 'invalid-input', false],
  ['530 Sorry, the maximum number of clients (2) for this user are already connected.', 'rate-limited', true],
  ['550 x: No such file or directory', 'not-found', false],
  ['550 x: Permission denied', 'permission-denied', false],
  ['550 Failed to open file.', 'permission-denied', false],
  ['550 Disk full', 'disk-full', false],
  ['552 Quota exceeded', 'disk-full', false],
  ['553 Could not create file.', 'name-invalid', false],
])('%s is %s', (message, code, retryable) => {
  expect(meaningOf(reply(message))).toEqual({ code, retryable });
});

test.each([
  [new Error('Timeout (control socket)'), 'timeout'],
  [new Error('Server sent FIN packet unexpectedly, closing connection.'), 'network'],
  [Object.assign(new Error('Client is closed because x'), { code: '0' }), 'network'],
  [new Error("None of the available transfer strategies work. Last error response was 'x'."), 'network'],
  [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 'network'],
  [Object.assign(new Error('wrong version'), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }), 'network'],
])('%s', (thrown, code) => {
  expect(meaningOf(thrown).code).toBe(code);
});

test('an abort is the reason of everything after it; what is not ours passes', () => {
  const reason = new Error('enough');
  expect(ftpFailure(reply('426 x'), 'h', 'do it', AbortSignal.abort(reason))).toBe(reason);
  const other = new TypeError('a mistake of ours');
  expect(ftpFailure(other, 'h', 'do it', NEVER_ABORTED)).toBe(other);
});

test('a reply goes into the message without its control characters', () => {
  const { message } = toFailure(ftpFailure(reply('550 no\u001b[2J\nway'), 'h', 'read /x', NEVER_ABORTED));
  expect(message).toBe('Could not read /x at h: it does not allow this (550 no [2J way).');
});

test('which refusals leave the connection in use, and which may say that nothing is there', () => {
  expect(['421 bye', '550 no'].map((message) => isRefusal(reply(message)))).toEqual([false, true]);
  for (const message of ['550 no', '553 no', '550 x: No such file']) expect(maySayMissing(reply(message))).toBe(true);
  for (const message of ['550 Disk full', '550 x: Permission denied', '530 no', '450 no']) {
    expect(maySayMissing(reply(message))).toBe(false);
  }
});
