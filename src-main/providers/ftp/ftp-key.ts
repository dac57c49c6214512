/**
 * Owns which folders, prefixes and keys a command line of FTP can carry, and where a file lies. Pure: no I/O. Keys are
 * never changed to fit; what does not fit is refused. Called by every part of FTP.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { keyProblem, temporaryName } from '../local/local-key.ts';

/** Servers take command lines of 4,096 bytes (vsftpd) and paths of as many (Linux); the verb needs some of them. */
const MAX_PATH_BYTES = 4_000;
export const MAX_KEY_BYTES = MAX_PATH_BYTES - 1;

/** A line end would begin another command; servers end a line at either half of it. */
const LINE_END = /[\r\n\0]/;

/** Throws `name-invalid` when no file below the container can have the key. */
export function assertFtpKey(container: string, key: string): void {
  const problem = ftpKeyProblem(container, key);
  if (problem === null) return;
  const shown = key.length <= 200 ? key : `${key.slice(0, 200)}…`;
  fail('name-invalid', `The key ${JSON.stringify(shown)} cannot be a file on an FTP server: ${problem}.`, {
    hint: 'Give this asset another destination key.',
  });
}

function ftpKeyProblem(container: string, key: string): string | null {
  if (LINE_END.test(key)) return 'it holds a line end or a NUL character';
  const problem = keyProblem(key, 'linux');
  if (problem !== null) return problem;
  const bytes = Buffer.byteLength(pathOf(container, key));
  return bytes > MAX_PATH_BYTES ? `its path would have ${bytes} bytes, and ${MAX_PATH_BYTES} are the most` : null;
}

/** Throws `invalid-input` at the field. The prefix may end in the middle of a name, so its last part is not judged. */
export function assertPlace(container: string, prefix: string): void {
  const isPath = container === '/' || (container.startsWith('/') && ftpKeyProblem('/', trimmed(container)) === null);
  if (!isPath) {
    fail('invalid-input', `${JSON.stringify(container)} is no folder of an FTP server.`, {
      field: 'container',
      hint: 'Give its whole path, beginning with "/".',
    });
  }
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const problem = folder === '' ? null : ftpKeyProblem(container, folder.slice(0, -1));
  if (problem === null && !LINE_END.test(prefix)) return;
  fail('invalid-input', `No file can have a key that begins like this: ${problem ?? 'it holds a line end'}.`, {
    field: 'prefix',
  });
}

/** Whole paths begin with "/", so nothing in a key can be taken for an option or for white space before the path. */
export function pathOf(container: string, key: string): string {
  return `${container.endsWith('/') ? container : `${container}/`}${key}`;
}

/** The folder of a path, without "/" at its end but for the root. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** Where the bytes of a file rest until they are whole: beside it, so that the last rename stays in its folder. */
export function temporaryPath(path: string, token: string): string {
  return pathOf(folderOf(path), temporaryName(token));
}

/** Servers are known to cut white space off; such names are looked for in a listing after they were written. */
export function hasEdgeSpace(key: string): boolean {
  return key.split('/').some((name) => name.trim() !== name);
}

function trimmed(container: string): string {
  return container.slice(1, container.endsWith('/') ? -1 : undefined);
}
