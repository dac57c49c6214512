/**
 * Owns the meaning of what an SFTP server answers: status → Failure. Must not do I/O. Called in this folder only.
 */
import { type FailureCode, FailureError, type FailureExtras, failure } from '../../../src-shared/model/failure.ts';

/** Of draft-ietf-secsh-filexfer-02, section 7, and the later codes that some servers of version 3 send all the same. */
export const STATUS = {
  eof: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  unsupported: 8,
} as const;

type Meaning = readonly [code: FailureCode, reason: string, extras: FailureExtras];

const PERMISSION_HINT = 'Give the user the right to it on the server, or choose another folder.';
const DISK_FULL_HINT = 'Free some space on the server, or choose another folder.';
const LOG_HINT = 'SFTP has no words for the reason; the log of the server may name it.';

const MEANINGS: Readonly<Record<number, Meaning>> = {
  [STATUS.eof]: ['network', 'it ended too early', {}],
  [STATUS.noSuchFile]: ['not-found', 'it is not there', {}],
  [STATUS.permissionDenied]: ['permission-denied', 'permission was denied', { hint: PERMISSION_HINT }],
  [STATUS.failure]: ['unexpected', 'the server says that it failed, and not why', { hint: LOG_HINT }],
  [STATUS.badMessage]: [
    'unexpected',
    'the server does not accept the request',
    { hint: 'The name may be too long for its disk, or hold what its disk cannot store.' },
  ],
  6: ['network', 'the server has no connection to its storage', {}],
  7: ['network', 'the server lost the connection to its storage', {}],
  [STATUS.unsupported]: ['unsupported', 'the server cannot do this', {}],
  11: ['already-exists', 'it is already there', {}],
  12: ['permission-denied', 'the disk is write-protected', { hint: PERMISSION_HINT }],
  14: ['disk-full', 'the disk of the server is full', { hint: DISK_FULL_HINT }],
  15: ['quota-exceeded', 'the quota of the user is used up', { hint: DISK_FULL_HINT }],
};

/** The status that a thrown value carries, or undefined. */
export function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof FailureError || !(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'number' ? thrown.code : undefined;
}

export function isMissing(thrown: unknown): boolean {
  return statusOf(thrown) === STATUS.noSuchFile;
}

/** `deed` is what was tried, without a full stop: "Could not read /srv/a". Failures and abort reasons pass unchanged. */
export function sftpFailure(thrown: unknown, deed: string, extras: FailureExtras = {}): unknown {
  const status = statusOf(thrown);
  if (status === undefined) return thrown;
  const [code, reason, known] = MEANINGS[status] ?? ['unexpected', `the server answers status ${status}`, {}];
  return new FailureError(failure(code, `${deed}: ${reason}.`, { ...known, ...extras }), { cause: thrown });
}

export function diskFull(deed: string): FailureError {
  return new FailureError(failure('disk-full', `${deed}: the disk of the server is full.`, { hint: DISK_FULL_HINT }));
}
