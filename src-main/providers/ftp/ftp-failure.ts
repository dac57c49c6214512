/**
 * Owns the meaning of an FTP server's refusals and of broken connections. Pure. Called by every part of FTP.
 */
import { FTPError } from 'basic-ftp';
import { type FailureCode, FailureError, type FailureExtras, failure } from '../../../src-shared/model/failure.ts';
import { networkFailure } from '../wire/network-failure.ts';

type Meaning = readonly [code: FailureCode, reason: string, extras: FailureExtras];

const BUSY: Meaning = ['rate-limited', 'it has too many connections', { hint: 'Lower the concurrency of the queue.' }];
const DENIED: Meaning = [
  'permission-denied',
  'it does not allow this',
  { hint: 'Check what the user may do in this folder.' },
];
const FULL: Meaning = ['disk-full', 'its space is used up', { hint: 'Free some space there or raise the quota.' }];
const MISSING: Meaning = ['not-found', 'there is no such file or folder', {}];
const OWN_ERROR: Meaning = ['network', 'it has an error of its own', {}];
const NO_DATA: Meaning = ['network', 'the connection for the bytes failed', {}];
const UNKNOWN: Meaning = ['unsupported', 'it does not know this request', {}];
const BAD_NAME: Meaning = ['name-invalid', 'it does not take this name', { hint: 'Give this asset another key.' }];
const LOGIN: Meaning = [
  'auth-expired',
  'it refuses the user or the password',
  { field: 'secrets.password', hint: 'Check the user and enter the password again.' },
];
const NEEDS_TLS: Meaning = [
  'invalid-input',
  'it demands another encryption',
  { field: 'options.security', hint: 'Choose another encryption in the account.' },
];

/** What words in a reply mean, where its number says too little. */
const BY_WORDS: readonly (readonly [codes: readonly number[], words: RegExp, meaning: Meaning])[] = [
  [[421, 430, 530, 550], /too many|maximum|limit|exceed|try (again )?later/i, BUSY],
  [[421, 500, 502, 503, 504, 530, 534, 550], /encrypt|\bTLS\b|\bSSL\b|secure/i, NEEDS_TLS],
  [[550, 553], /quota|disk full|no space/i, FULL],
  [[550, 553], /no such|not found|not exist|cannot find|can't find/i, MISSING],
  [[550, 553], /denied|permi|not allowed|forbidden|read-only/i, DENIED],
];

/** RFC 959 §4.2, RFC 2228 §5, RFC 4217. */
const BY_CODE: Readonly<Record<number, Meaning>> = {
  120: BUSY,
  332: LOGIN,
  421: ['network', 'it closes the connection', {}],
  425: NO_DATA,
  426: NO_DATA,
  430: LOGIN,
  450: OWN_ERROR,
  451: OWN_ERROR,
  452: FULL,
  500: UNKNOWN,
  501: UNKNOWN,
  502: UNKNOWN,
  503: UNKNOWN,
  504: UNKNOWN,
  522: ['network', 'it refuses the encryption of the connection for the bytes', { retryable: false }],
  530: LOGIN,
  532: DENIED,
  533: NEEDS_TLS,
  534: NEEDS_TLS,
  550: DENIED,
  552: FULL,
  553: BAD_NAME,
};

const NO_TLS: Meaning = [
  'network',
  'it does not speak TLS on this port',
  { field: 'options.security', hint: 'Choose another encryption or another port.', retryable: false },
];

/** What goes wrong below FTP, by Node's code. */
const BY_ERROR: Readonly<Record<string, Meaning>> = {
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
};

/** What basic-ftp says without a code. */
const BY_MESSAGE: readonly (readonly [RegExp, Meaning])[] = [
  [/timeout/i, ['timeout', 'it fell silent', {}]],
  [
    /PASV returned another host/,
    [
      'network',
      'it sends us to another host for the bytes',
      { hint: 'Its passive mode is not set up right.', retryable: false },
    ],
  ],
  [
    /FIN packet|[Cc]losed connection|Socket closed|[Cc]lient|[Pp]remature close/,
    ['network', 'it broke the connection', {}],
  ],
  [/transfer strategies/, NO_DATA],
  [/^Can't parse|Unexpected FTP response|maximum allowed size/, ['network', 'what it says is not FTP', {}]],
];

/**
 * `deed` is what was tried: "write /media/a.png". Failures pass unchanged; so does the reason of an abort. What is
 * none of ours passes too, so that a broken spool is not taken for a broken server.
 */
export function ftpFailure(thrown: unknown, host: string, deed: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (thrown instanceof FailureError || !(thrown instanceof Error)) return thrown;
  const meaning = meaningOf(thrown);
  if (meaning === undefined) return networkFailure(thrown, host, signal);
  const [code, reason, extras] = meaning;
  const said = thrown instanceof FTPError ? ` (${cleanReply(thrown.message)})` : '';
  return new FailureError(failure(code, `Could not ${deed} at ${host}: ${reason}${said}.`, extras), { cause: thrown });
}

function meaningOf(thrown: Error): Meaning | undefined {
  if (thrown instanceof FTPError) {
    const otherwise = thrown.code < 500 ? OWN_ERROR : (['unexpected', 'it refuses', {}] as const);
    return wordedMeaning(thrown) ?? BY_CODE[thrown.code] ?? otherwise;
  }
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (code in BY_ERROR) return BY_ERROR[code];
  // A timeout and a lost connection have no code of Node's, or "0".
  const isOfLibrary = code === '' || code === '0' || code === 'ERR_STREAM_PREMATURE_CLOSE';
  return isOfLibrary ? BY_MESSAGE.find(([words]) => words.test(thrown.message))?.[1] : undefined;
}

function wordedMeaning({ code, message }: FTPError): Meaning | undefined {
  return BY_WORDS.find(([codes, words]) => codes.includes(code) && words.test(message.slice(4)))?.[2];
}

/** May say that nothing is there. vsftpd says 550 without a reason for everything; a reason that is said is believed. */
export function maySayMissing(thrown: unknown): boolean {
  if (!(thrown instanceof FTPError) || (thrown.code !== 550 && thrown.code !== 553)) return false;
  const worded = wordedMeaning(thrown);
  return worded === undefined || worded === MISSING;
}

/** The server answered and goes on; after 421 it closes the connection. */
export function isRefusal(thrown: unknown): thrown is FTPError {
  return thrown instanceof FTPError && thrown.code !== 421;
}

/** After anything but a refusal or a failure of our own making, an answer may still be on its way. */
export function leavesWhole(thrown: unknown): boolean {
  return thrown instanceof FailureError || isRefusal(thrown);
}

function cleanReply(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 200);
}
