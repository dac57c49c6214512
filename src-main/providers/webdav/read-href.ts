/**
 * Owns which name below a folder an address in a multi-status answer stands for. Decodes percent signs exactly once,
 * normalises nothing. Pure. Called by propfind.ts.
 */
import { fail } from '../../../src-shared/model/failure.ts';

/** Servers may send whole addresses. Theirs may name another host than ours, where a proxy stands between. */
const ORIGIN = /^https?:\/\/[^/]*/i;

/**
 * The name as keys have it; empty when the address is that of the folder itself. `folder` is its path as we sent it,
 * percent-encoded, with "/" at its end. Throws `name-invalid` when no key can say what the server has there, and
 * `unexpected` when the address is somewhere else.
 */
export function nameBelow(folder: string, href: string): string {
  const path = href.replace(ORIGIN, '');
  const segments = path.replace(/\/$/, '').split('/').map(decoded);
  const above = folder.slice(0, -1).split('/').map(decoded);
  if (segments.length > above.length + 1 || above.some((segment, at) => segment !== segments[at])) {
    fail('unexpected', `Asked for the folder ${folder}, the server tells of ${href.slice(0, 200)}.`, {
      hint: 'A proxy in front of the server may change paths. Enter the address under which the server knows itself.',
    });
  }
  const name = segments[above.length] ?? '';
  if (/[/\0]/.test(name) || name === '.' || name === '..') throwUnnameable(href);
  return name;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Bytes that are no UTF-8, or a bare percent sign.
    return throwUnnameable(segment);
  }
}

function throwUnnameable(href: string): never {
  return fail('name-invalid', `The server has a file or folder that no key can name: ${href.slice(0, 200)}.`, {
    hint: 'Its name is not UTF-8, or holds "/". Rename it at the server, then go on.',
  });
}
