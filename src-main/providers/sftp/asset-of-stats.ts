/**
 * Owns how a file of an SFTP server looks as an asset: version token, time, content type. Pure. Called in this folder
 * only.
 */
import { lookup } from 'mrmime';
import type { Attributes } from 'ssh2';
import type { AssetHead, ListedAsset } from '../../../src-shared/model/asset.ts';

/** What the protocol tells of a file: its times have no more than whole seconds, and there is no inode. */
export function fileVersion({ size, mtime }: Attributes): string {
  return `${size}-${mtime}`;
}

export function listedFile(key: string, attributes: Attributes): ListedAsset {
  return {
    key,
    sizeBytes: attributes.size,
    versionToken: fileVersion(attributes),
    modifiedAtMs: attributes.mtime * 1_000,
  };
}

/** The extension is all that a disk says about content type; without one it is absent. */
export function fileHead(key: string, attributes: Attributes): AssetHead {
  const contentType = lookup(key);
  return {
    ...listedFile(key, attributes),
    headers: contentType === undefined ? {} : { contentType },
    metadata: {},
    digests: {},
  };
}
