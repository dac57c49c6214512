/**
 * Owns how a file looks as an asset: version token, time, content type. Pure. Called in this folder only.
 */
import type { BigIntStats } from 'node:fs';
import { lookup } from 'mrmime';
import type { AssetHead, ListedAsset } from '../../../src-shared/model/asset.ts';

/**
 * Changes whenever a program writes the file or puts another in its place. A writer that restores size, time to the
 * nanosecond and inode goes unseen; the time of the inode itself would show it, but also changes with every new link.
 */
export function fileVersion(stats: BigIntStats): string {
  return `${stats.size}-${stats.mtimeNs}-${stats.ino}`;
}

export function listedFile(key: string, stats: BigIntStats): ListedAsset {
  return {
    key,
    sizeBytes: Number(stats.size),
    versionToken: fileVersion(stats),
    // Times are set as seconds in a float, so the nanoseconds on disk may lie just below the millisecond meant.
    modifiedAtMs: Math.round(Number(stats.mtimeNs) / 1e6),
  };
}

/** The extension is all that a disk says about content type, as web servers take it too; without one it is absent. */
export function fileHead(key: string, stats: BigIntStats): AssetHead {
  const contentType = lookup(key);
  return {
    ...listedFile(key, stats),
    headers: contentType === undefined ? {} : { contentType },
    metadata: {},
    digests: {},
  };
}
