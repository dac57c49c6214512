/**
 * Owns finding out that a migration would feed on itself. Pure. Must not resolve links (the check of a location
 * does, in the worker). Called by submit.
 */
import type { Location } from '../../src-shared/model/asset.ts';

/** same: one and the same place; inside: what is written there would be listed as source again. */
export function locationOverlap(source: Location, destination: Location): 'none' | 'same' | 'inside' {
  if (source.accountId !== destination.accountId) return 'none';
  const from = segments(`${source.container}/${source.prefix}`);
  const to = segments(`${destination.container}/${destination.prefix}`);
  // A prefix that does not end in a slash also matches names that begin with it.
  const isOpenPrefix = source.prefix !== '' && !source.prefix.endsWith('/');
  const isInside = from.every((segment, index) => {
    const isLast = index === from.length - 1;
    return isLast && isOpenPrefix ? (to[index] ?? '').startsWith(segment) : segment === to[index];
  });
  if (!isInside) return 'none';
  return from.length === to.length && from.at(-1) === to.at(-1) ? 'same' : 'inside';
}

function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '' && segment !== '.');
}
