/**
 * Owns how a file looks as an asset: version token, time, content type. Pure. Called in this folder only.
 */
import type { Stats } from 'node:fs';
import { lookup } from 'mrmime';
import type { AssetHead, ListedAsset } from '../../../src-shared/model/asset.ts';

/**
 * Changes whenever a program writes the file or puts another in its place. Time is in milliseconds with a fraction, true
 * to 0.2 µs, which is finer than the clock that systems stamp files with. A writer that restores size, time and inode
 * goes unseen; the time of the inode itself would show it, but also changes with every new link.
 */
export function fileVersion(stats: Stats): string {
  return `${stats.size}-${stats.mtimeMs}-${stats.ino}`;
}

export function listedFile(key: string, stats: Stats): ListedAsset {
  return {
    key,
    sizeBytes: stats.size,
    versionToken: fileVersion(stats),
    // Times are set as seconds in a float, so what is on disk may lie just below the millisecond that was meant.
    modifiedAtMs: Math.round(stats.mtimeMs),
  };
}

/** The extension is all that a disk says about content type, as web servers take it too; without one it is absent. */
export function fileHead(key: string, stats: Stats): AssetHead {
  const contentType = lookup(key);
  return {
    ...listedFile(key, stats),
    headers: contentType === undefined ? {} : { contentType },
    metadata: {},
    digests: {},
  };
}
