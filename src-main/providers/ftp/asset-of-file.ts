/**
 * Owns how a file looks as an asset: version token, time, content type. Pure. Called in this folder only.
 */
import { lookup } from 'mrmime';
import type { AssetHead, ListedAsset } from '../../../src-shared/model/asset.ts';

/** Times are whole seconds: two writes of the same size within one second look alike. */
export function fileVersion(sizeBytes: number, modifiedAtMs: number): string {
  return `${sizeBytes}-${modifiedAtMs / 1_000}`;
}

/** Text listings have no exact time; then there is no version until the file is looked at. */
export function listedFile(key: string, sizeBytes: number, modifiedAtMs: number | null): ListedAsset {
  if (modifiedAtMs === null || sizeBytes < 0) return { key, sizeBytes };
  return { key, sizeBytes, versionToken: fileVersion(sizeBytes, modifiedAtMs), modifiedAtMs };
}

export function fileHead(key: string, { sizeBytes, modifiedAtMs }: FileFacts): AssetHead {
  const contentType = lookup(key);
  return {
    ...listedFile(key, sizeBytes, modifiedAtMs),
    headers: contentType === undefined ? {} : { contentType },
    metadata: {},
    digests: {},
  };
}

export interface FileFacts {
  readonly sizeBytes: number;
  /** null: the server does not tell. */
  readonly modifiedAtMs: number | null;
}
