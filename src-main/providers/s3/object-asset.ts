/**
 * Owns how an object's headers become an asset. Pure. Called in this folder.
 */
import type { AssetHead, Digests } from '../../../src-shared/model/asset.ts';
import { wholeSizeOf } from '../wire/ranged-answer.ts';
import { contentHeadersOf, headerOf, lastModifiedOf, type ResponseHeaders } from '../wire/response-headers.ts';
import { metadataOf } from './object-metadata.ts';

export function objectHead(key: string, status: number, headers: ResponseHeaders): AssetHead {
  const etag = headerOf(headers, 'etag');
  const modifiedAtMs = lastModifiedOf(headers);
  return {
    key,
    sizeBytes: wholeSizeOf(status, headers),
    ...(etag === undefined ? {} : { versionToken: etag }),
    ...(modifiedAtMs === undefined ? {} : { modifiedAtMs }),
    headers: contentHeadersOf(headers),
    metadata: metadataOf(headers),
    digests: digestsOf(headers),
  };
}

/** The MD5 that an ETag states; undefined when it is that of a multipart upload or no digest at all. */
export function md5OfETag(etag: string | undefined): string | undefined {
  return /^"?([0-9a-f]{32})"?$/i.exec(etag ?? '')?.[1]?.toLowerCase();
}

/** Encryption with keys of a key service or of the customer makes the ETag something other than the MD5. */
function digestsOf(headers: ResponseHeaders): Digests {
  const encryption = headerOf(headers, 'x-amz-server-side-encryption') ?? '';
  const isCustomerKey = headerOf(headers, 'x-amz-server-side-encryption-customer-algorithm') !== undefined;
  const md5 = md5OfETag(headerOf(headers, 'etag'));
  return md5 === undefined || encryption.startsWith('aws:kms') || isCustomerKey ? {} : { md5 };
}
