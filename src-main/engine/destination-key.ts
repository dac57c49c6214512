/**
 * Owns how a source key becomes a destination key. Pure. Must not judge whether the destination can hold it (the
 * provider does). Called by the planner and by submit.
 */
import type { Location } from '../../src-shared/model/asset.ts';
import type { NamedAsset } from '../../src-shared/model/migration.ts';
import { keyOfUrl } from '../../src-shared/model/url-key.ts';

/**
 * The folder of the source prefix is replaced by the destination prefix: with prefixes "photos/2024/" and "archive",
 * "photos/2024/a b.jpg" becomes "archive/a b.jpg"; with "photos/20", "photos/2024/x" becomes "archive/2024/x".
 * A key that is a whole URL counts as keyOfUrl has it. Nothing else is changed: no normalising, no trimming.
 */
export function destinationKey(sourceKey: string, sourcePrefix: string, destinationPrefix: string): string {
  const relative = isWholeUrl(sourceKey)
    ? keyOfUrl(sourceKey)
    : sourceKey.slice(sourceKey.startsWith(sourcePrefix) ? sourcePrefix.lastIndexOf('/') + 1 : 0);
  return joinPrefix(destinationPrefix, relative);
}

/** The key that a person gave for it, under the destination prefix; else what its source key says. */
export function namedDestination(
  asset: NamedAsset,
  { source, destination }: { readonly source: Location; readonly destination: Location },
): string {
  if (asset.destinationKey !== undefined) return joinPrefix(destination.prefix, asset.destinationKey);
  return destinationKey(asset.sourceKey, source.prefix, destination.prefix);
}

/** A destination prefix is a folder: it gets its slash when it lacks one. */
export function joinPrefix(prefix: string, key: string): string {
  if (prefix === '') return key;
  return prefix.endsWith('/') ? `${prefix}${key}` : `${prefix}/${key}`;
}

export function isWholeUrl(key: string): boolean {
  return /^https?:\/\//i.test(key);
}
