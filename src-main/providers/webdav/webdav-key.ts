/**
 * Owns which keys a WebDAV server can hold, and the names of unfinished assets beside them. Such servers keep their
 * files in folders, so the rules are those of a file system; keys are never changed to fit. Pure. Called in this folder.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { keyProblem as fileProblem } from '../local/local-key.ts';

/** Throws `name-invalid` when nothing can be written under the key. */
export function assertWritableKey(key: string): void {
  // rclone stores other characters instead of them, and then does not find the asset any more.
  const problem = keyProblem(key) ?? (/\p{Cc}/u.test(key) ? 'it holds control characters' : null);
  if (problem !== null) throwInvalid(key, problem);
}

/** Throws `name-invalid` when nothing can be there under the key. */
export function assertReadableKey(key: string): void {
  const problem = keyProblem(key);
  if (problem !== null) throwInvalid(key, problem);
}

/** Throws `invalid-input` at the prefix. It may end in the middle of a name, so its last part is not judged. */
export function assertWebdavPrefix(prefix: string): void {
  const problem = prefix.includes('/') ? keyProblem(prefix.slice(0, prefix.lastIndexOf('/'))) : null;
  if (problem === null) return;
  fail('invalid-input', `No key begins with ${JSON.stringify(prefix.slice(0, 200))}: ${problem}.`, { field: 'prefix' });
}

/** Why a key cannot be a path on a server, or null. */
export function keyProblem(key: string): string | null {
  return /[\r\n]/.test(key) ? 'it holds a line break' : fileProblem(key, 'linux');
}

function throwInvalid(key: string, problem: string): never {
  return fail(
    'name-invalid',
    `The key ${JSON.stringify(key.slice(0, 200))} cannot be a file of a server: ${problem}.`,
    {
      hint: 'Give this asset another destination key.',
    },
  );
}
