/**
 * Owns which keys a container can hold under the name that they have. Pure. Called by azure-provider.ts.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { MAX_KEY_LENGTH, MAX_KEY_SEGMENTS } from './limits.ts';

/** Throws `name-invalid` for a key that the service refuses, or that it or the library would make another of. */
export function assertBlobKey(key: string): void {
  const reason = reasonAgainst(key);
  if (reason === null) return;
  fail('name-invalid', `The key ${JSON.stringify(key.slice(0, 200))} cannot be stored in Azure: ${reason}.`, {
    hint: 'Give this asset another destination key.',
  });
}

function reasonAgainst(key: string): string | null {
  if (key === '') return 'it is empty';
  if (key.length > MAX_KEY_LENGTH) return `it has ${key.length} characters, and ${MAX_KEY_LENGTH} are the most`;
  if (key.split('/').length > MAX_KEY_SEGMENTS) return `it has more than ${MAX_KEY_SEGMENTS} segments`;
  if (!key.isWellFormed()) return 'it holds half of a surrogate pair, which has no bytes';
  if (/\p{Cc}/u.test(key)) return 'it holds a control character';
  // The service drops the dot; "." and ".." go already when the URL is made.
  if (/\.(\/|$)/.test(key)) return 'one of its segments ends in a dot, which would be dropped';
  if (key.includes('\\')) return 'it holds a backslash, which would become "/"';
  return null;
}
