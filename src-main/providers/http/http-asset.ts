/**
 * Owns how an answer's headers become an asset: version token, size, range. Pure. Called by http-provider.ts.
 */
import type { AssetHead } from '../../../src-shared/model/asset.ts';
import { wholeSizeOf } from '../wire/ranged-answer.ts';
import { contentHeadersOf, headerOf, lastModifiedOf, type ResponseHeaders } from '../wire/response-headers.ts';

/**
 * The ETag as it is sent, else time and size, else undefined. Last-Modified has whole seconds only, so two writes
 * within one second that keep the size go unseen.
 */
export function httpVersion(headers: ResponseHeaders, sizeBytes: number): string | undefined {
  const etag = headerOf(headers, 'etag');
  const modified = headerOf(headers, 'last-modified');
  return etag ?? (modified === undefined ? undefined : `modified ${modified}, ${sizeBytes} bytes`);
}

export function httpHead(key: string, status: number, headers: ResponseHeaders): AssetHead {
  const sizeBytes = wholeSizeOf(status, headers);
  const versionToken = httpVersion(headers, sizeBytes);
  const modifiedAtMs = lastModifiedOf(headers);
  return {
    key,
    sizeBytes,
    ...(versionToken === undefined ? {} : { versionToken }),
    ...(modifiedAtMs === undefined ? {} : { modifiedAtMs }),
    headers: contentHeadersOf(headers),
    metadata: {},
    digests: {},
  };
}

/** If-Match works on strong ETags only (RFC 9110, section 13.1.1). */
export function isStrongETag(version: string): boolean {
  return /^"[^"]*"$/.test(version);
}
