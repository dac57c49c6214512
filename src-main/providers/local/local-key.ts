/**
 * Owns which keys a folder can hold, and the names of temporary files beside them. Pure: no I/O. Called by every
 * part of local disk. Keys are never changed to fit; what does not fit is refused.
 */
import { fail } from '../../../src-shared/model/failure.ts';

/** NAME_MAX of Linux and macOS file systems, in bytes; NTFS allows 255 UTF-16 units, which is no less. */
const MAX_SEGMENT_BYTES = 255;
/** PATH_MAX of Linux, 4,096 bytes with the closing NUL. */
const MAX_PATH_BYTES = 4_095;

const TEMPORARY_START = '.transship-';
const TEMPORARY_END = '.partial';

/** The name under which an asset is written before it is published. `token` is [A-Za-z0-9.-]+. */
export function temporaryName(token: string): string {
  return `${TEMPORARY_START}${token}${TEMPORARY_END}`;
}

export function isTemporaryName(name: string): boolean {
  return name.startsWith(TEMPORARY_START) && name.endsWith(TEMPORARY_END);
}

/** Throws `name-invalid` when no file under `container` can have the key. */
export function assertLocalKey(container: string, key: string, platform: NodeJS.Platform): void {
  const reason = keyProblem(key, platform);
  if (reason !== null) refuse(key, reason);
  const pathBytes = Buffer.byteLength(container) + 1 + Buffer.byteLength(key);
  if (platform !== 'win32' && pathBytes > MAX_PATH_BYTES) refuse(key, `its path would have ${pathBytes} bytes`);
}

/** Throws `invalid-input` at the prefix. It may end in the middle of a name, so its last part is not judged. */
export function assertLocalPrefix(prefix: string, platform: NodeJS.Platform): void {
  const problem = prefix.includes('/') ? keyProblem(prefix.slice(0, prefix.lastIndexOf('/')), platform) : null;
  if (problem === null) return;
  fail('invalid-input', `No file can have a key that begins with ${JSON.stringify(shorten(prefix))}: ${problem}.`, {
    field: 'prefix',
  });
}

/** Why a key cannot be a path below a folder, or null. */
export function keyProblem(key: string, platform: NodeJS.Platform): string | null {
  if (key === '') return 'it is empty';
  if (!key.isWellFormed()) return 'it holds half of a surrogate pair, which has no bytes';
  if (key.includes('\0')) return 'it holds a NUL character';
  if (key.startsWith('/')) return 'it begins with "/"';
  if (key.endsWith('/')) return 'it ends with "/", which names a folder';
  for (const segment of key.split('/')) {
    const problem = segmentProblem(segment, platform);
    if (problem !== null) return problem;
  }
  return null;
}

function segmentProblem(segment: string, platform: NodeJS.Platform): string | null {
  if (segment === '') return 'it holds "//"';
  if (segment === '.' || segment === '..') return `it holds "${segment}" as a folder`;
  // Four bytes are the most that one UTF-16 unit pair makes: short segments need no counting.
  if (segment.length * 3 > MAX_SEGMENT_BYTES && Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) {
    return `one of its names has more than ${MAX_SEGMENT_BYTES} bytes`;
  }
  if (isTemporaryName(segment)) return 'it looks like an unfinished file of this app';
  return platform === 'win32' ? windowsProblem(segment) : null;
}

/** Device names of Windows, which are reserved in every folder and with every extension. */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i;
const WINDOWS_FORBIDDEN = /[\\:*?"<>|\p{Cc}]/u;

function windowsProblem(segment: string): string | null {
  if (WINDOWS_FORBIDDEN.test(segment)) return 'it holds a character that Windows forbids in names';
  if (/[. ]$/.test(segment)) return 'one of its names ends with a dot or a space, which Windows drops';
  if (WINDOWS_DEVICE.test(segment)) return 'one of its names is a device of Windows';
  return null;
}

function refuse(key: string, reason: string): never {
  return fail('name-invalid', `The key ${JSON.stringify(shorten(key))} cannot be a file here: ${reason}.`, {
    hint: 'Give this asset another destination key.',
  });
}

/** Long keys would fill the message; their beginning tells enough. */
function shorten(key: string): string {
  return key.length <= 200 ? key : `${key.slice(0, 200)}…`;
}
