/**
 * Owns the meaning of the file system's errors: errno → Failure. Must not do I/O. Called in this folder only.
 */
import { type FailureCode, FailureError, type FailureExtras, failure } from '../../../src-shared/model/failure.ts';

/** The errno name of a thrown value ("ENOENT"), or undefined when it carries none. */
export function errorCode(thrown: unknown): string | undefined {
  if (thrown instanceof FailureError || !(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

type Meaning = readonly [code: FailureCode, reason: string, extras: FailureExtras];

const DISK_FULL_HINT = 'Free some space on that disk, or choose another folder.';
const PERMISSION_HINT = 'Give the account that runs this app the right to use it, or choose another folder.';
const TOO_MANY_FILES_HINT = 'Raise the limit of open files, or lower the concurrency of the queue.';

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOSPC: ['disk-full', 'the disk is full', { hint: DISK_FULL_HINT }],
  EDQUOT: ['disk-full', 'the disk quota is used up', { hint: DISK_FULL_HINT }],
  EACCES: ['permission-denied', 'permission was denied', { hint: PERMISSION_HINT }],
  EPERM: ['permission-denied', 'the system does not allow it', { hint: PERMISSION_HINT }],
  EROFS: ['permission-denied', 'the file system is read-only', { hint: PERMISSION_HINT }],
  ENOENT: ['not-found', 'it is not there', {}],
  ENOTDIR: ['name-invalid', 'a file stands where a folder is needed', { hint: 'Rename one of the two.' }],
  EISDIR: ['already-exists', 'a folder has this name', { hint: 'Rename one of the two.' }],
  ELOOP: ['unsupported', 'it is a symbolic link, and links are not followed', { hint: 'Name the file it points at.' }],
  ENAMETOOLONG: ['name-invalid', 'its path is too long for this file system', {}],
  EILSEQ: ['name-invalid', 'this file system cannot store its name', {}],
  EFBIG: ['too-large', 'this file system cannot hold a file so large', {}],
  EMFILE: ['unexpected', 'this process has too many open files', { hint: TOO_MANY_FILES_HINT, retryable: true }],
  ENFILE: ['unexpected', 'the system has too many open files', { hint: TOO_MANY_FILES_HINT, retryable: true }],
  EBUSY: ['unexpected', 'another program holds it', { hint: 'Close that program.', retryable: true }],
  EIO: ['unexpected', 'the disk reports an error', { hint: 'Check the health of the disk before going on.' }],
};

/** `deed` is what was tried, without a full stop: "Could not read /srv/a". Failures and abort reasons pass unchanged. */
export function fsFailure(thrown: unknown, deed: string, extras: FailureExtras = {}): unknown {
  const code = errorCode(thrown);
  if (code === undefined) return thrown;
  const [meaning, reason, known] = MEANINGS[code] ?? ['unexpected', `the system answers ${code}`, {}];
  return new FailureError(failure(meaning, `${deed}: ${reason}.`, { ...known, ...extras }), { cause: thrown });
}
