/**
 * Owns which assets of a listing a migration moves. Pure. Must not list and must not count. Called by the planner and by
 * whoever tells beforehand what would be moved.
 */
import type { ListedAsset } from './asset.ts';
import { matches } from './glob.ts';
import { keyOfUrl } from './url-key.ts';

/** A folder that an object store shows as an object: no bytes, and a key that ends in a slash. */
export const DIRECTORY_MARKER_RULES = ['move', 'leave-out'] as const;
export type DirectoryMarkerRule = (typeof DIRECTORY_MARKER_RULES)[number];

export interface SelectionFilter {
  /** Patterns of what is moved, matched against the key below the prefix; none: everything. */
  readonly include: readonly string[];
  /** Patterns of what is left out, of that. */
  readonly exclude: readonly string[];
  readonly leastBytes: number | null;
  readonly mostBytes: number | null;
  /** Both moments belong to what is moved. */
  readonly changedAfterMs: number | null;
  readonly changedBeforeMs: number | null;
  readonly directoryMarkers: DirectoryMarkerRule;
}

/** `prefix`: of the source. */
export interface Selection {
  readonly prefix: string;
  readonly filter: SelectionFilter;
}

export const NO_FILTER: SelectionFilter = {
  include: [],
  exclude: [],
  leastBytes: null,
  mostBytes: null,
  changedAfterMs: null,
  changedBeforeMs: null,
  directoryMarkers: 'move',
};

/**
 * Whether the asset is moved. A size or a time that the source does not tell is no reason to leave it out: better one
 * too many than one that nobody misses in time.
 */
export function selects(asset: ListedAsset, { prefix, filter }: Selection): boolean {
  if (filter.directoryMarkers === 'leave-out' && isDirectoryMarker(asset)) return false;
  const { sizeBytes, modifiedAtMs } = asset;
  if (sizeBytes >= 0 && !isWithin(sizeBytes, filter.leastBytes, filter.mostBytes)) return false;
  if (modifiedAtMs !== undefined && !isWithin(modifiedAtMs, filter.changedAfterMs, filter.changedBeforeMs)) {
    return false;
  }
  const key = keyBelow(asset.key, prefix);
  const isNamed = (patterns: readonly string[]): boolean => patterns.some((pattern) => matches(pattern, key));
  return (filter.include.length === 0 || isNamed(filter.include)) && !isNamed(filter.exclude);
}

export function isDirectoryMarker({ key, sizeBytes }: Pick<ListedAsset, 'key' | 'sizeBytes'>): boolean {
  return sizeBytes === 0 && key.endsWith('/');
}

/**
 * The key below the folder of the prefix: with "photos/2024/", "photos/2024/a.jpg" is "a.jpg"; with "photos/20", it is
 * "2024/a.jpg". A key that is a whole URL counts as its path, decoded once.
 */
export function keyBelow(key: string, prefix: string): string {
  if (isWholeUrl(key)) return keyOfUrl(key);
  return key.slice(key.startsWith(prefix) ? prefix.lastIndexOf('/') + 1 : 0);
}

export function isWholeUrl(key: string): boolean {
  return /^https?:\/\//i.test(key);
}

function isWithin(value: number, least: number | null, most: number | null): boolean {
  return (least === null || value >= least) && (most === null || value <= most);
}
