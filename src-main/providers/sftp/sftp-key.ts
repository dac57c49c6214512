/**
 * Owns which keys a folder of an SFTP server can hold. Pure: no I/O. Called by every part of SFTP. Keys are never
 * changed to fit; what does not fit is refused.
 *
 * Names are bytes on the server, and text here. ssh2 decodes them as UTF-8 and puts U+FFFD for every byte that is none,
 * so several files can look alike and none of them can be reached. Hence U+FFFD is refused in a key and ends a listing,
 * even where a name really holds that character: which of the two it is cannot be seen.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { keyProblem } from '../local/local-key.ts';

/** PATH_MAX of Linux, 4,096 bytes with the closing NUL; the longest path that OpenSSH takes too. */
const MAX_PATH_BYTES = 4_095;
const UNDECODABLE = '\uFFFD';

/** Throws `name-invalid` when no file under `container` can have the key. */
export function assertSftpKey(container: string, key: string): void {
  const problem = sftpKeyProblem(key);
  if (problem !== null) refuse(key, problem);
  const pathBytes = Buffer.byteLength(container) + 1 + Buffer.byteLength(key);
  if (pathBytes > MAX_PATH_BYTES) refuse(key, `its path would have ${pathBytes} bytes`);
}

/** Throws `invalid-input` at the prefix. It may end in the middle of a name, so its last part is not judged. */
export function assertSftpPrefix(prefix: string): void {
  const problem = prefix.includes('/') ? sftpKeyProblem(prefix.slice(0, prefix.lastIndexOf('/'))) : null;
  if (problem === null) return;
  fail('invalid-input', `No file can have a key that begins with ${JSON.stringify(shorten(prefix))}: ${problem}.`, {
    field: 'prefix',
  });
}

/** Throws `invalid-input` at the container when it cannot be the path of a folder. */
export function assertSftpContainer(container: string): void {
  if (container !== '' && !/[\0\r\n]/.test(container) && container.isWellFormed()) return;
  fail('invalid-input', `${JSON.stringify(container)} is not the path of a folder.`, {
    field: 'container',
    hint: 'Enter a path such as /srv/www, or "." for the folder in which a login begins.',
  });
}

/** Throws `name-invalid` for a name that the server listed and that cannot be handled under the name shown. */
export function assertListedName(folder: string, name: string): void {
  if (name.includes('/') || name.includes('\0')) {
    fail('unexpected', `The server lists a name in ${folder} that no file can have: ${JSON.stringify(shorten(name))}.`);
  }
  if (!name.includes(UNDECODABLE)) return;
  fail('name-invalid', `The name ${JSON.stringify(shorten(name))} in ${folder} holds bytes that are not UTF-8.`, {
    hint: 'Rename this file or folder on the server, then go on.',
  });
}

function sftpKeyProblem(key: string): string | null {
  if (/[\r\n]/.test(key)) return 'it holds a line break';
  if (key.includes(UNDECODABLE)) return 'it holds U+FFFD, which stands for bytes that are not UTF-8';
  return keyProblem(key, 'linux');
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
