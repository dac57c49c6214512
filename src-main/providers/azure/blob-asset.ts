/**
 * Owns how a blob's headers become an asset, and an asset's headers those of a blob. Pure. Called in this folder.
 */
import type { BlobHTTPHeaders } from '@azure/storage-blob';
import type { AssetHead, ContentHeaders } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import { wholeSizeOf } from '../wire/ranged-answer.ts';
import { contentHeadersOf, headerOf, lastModifiedOf, type ResponseHeaders } from '../wire/response-headers.ts';
import { metadataOf } from './blob-metadata.ts';

/**
 * Content-MD5 is computed by the service for a blob of one request; for one of blocks it is what its writer stated, as
 * every tool of Azure does, and compares on reading. Answers with a range state it under another name.
 */
export function blobHead(key: string, status: number, headers: ResponseHeaders): AssetHead {
  const etag = headerOf(headers, 'etag');
  const modifiedAtMs = lastModifiedOf(headers);
  const stated = headerOf(headers, status === 206 ? 'x-ms-blob-content-md5' : 'content-md5') ?? '';
  const md5 = hexOfMd5(Buffer.from(stated, 'base64'));
  return {
    key,
    sizeBytes: wholeSizeOf(status, headers),
    ...(etag === undefined ? {} : { versionToken: etag }),
    ...(modifiedAtMs === undefined ? {} : { modifiedAtMs }),
    headers: contentHeadersOf(headers),
    metadata: metadataOf(headers),
    digests: md5 === undefined ? {} : { md5 },
  };
}

/** undefined when these are not the bytes of an MD5. */
export function hexOfMd5(bytes: Uint8Array | undefined): string | undefined {
  return bytes?.byteLength === 16 ? Buffer.from(bytes).toString('hex') : undefined;
}

/** Throws `invalid-input` for a value that the request could not be signed with. Azure has no Expires. */
export function blobHeaders(headers: ContentHeaders): BlobHTTPHeaders {
  const { contentType, cacheControl, contentDisposition, contentEncoding, contentLanguage } = headers;
  const found = {
    ...(contentType === undefined ? {} : { blobContentType: contentType }),
    ...(cacheControl === undefined ? {} : { blobCacheControl: cacheControl }),
    ...(contentDisposition === undefined ? {} : { blobContentDisposition: contentDisposition }),
    ...(contentEncoding === undefined ? {} : { blobContentEncoding: contentEncoding }),
    ...(contentLanguage === undefined ? {} : { blobContentLanguage: contentLanguage }),
  };
  for (const [name, value] of Object.entries(found)) {
    if (/^[\t\x20-\x7e]*$/.test(value)) continue;
    fail('invalid-input', `Azure cannot keep ${name.replace('blob', '')}: it holds more than printable ASCII.`, {
      hint: 'Put that header right at the source.',
    });
  }
  return found;
}
