/**
 * Owns writing an object in one request. The service checks our MD5 before it stores anything, so a reader sees the old
 * object or the whole new one. The MD5 is signed with the request, so the bytes need no digest of their own in it.
 * Called by s3-provider.ts.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { countedChunks, throwWrongLength } from '../counted-body.ts';
import type { WriteBody, WriteOptions, WriteResult } from '../provider.ts';
import { headerOf, requestHeadersOf } from '../wire/response-headers.ts';
import { md5OfETag } from './object-asset.ts';
import { metadataHeaders } from './object-metadata.ts';
import type { S3Client } from './s3-client.ts';
import { UNSIGNED_PAYLOAD } from './sign-request.ts';
import { tagAndAclHeaders } from './tags-and-acl.ts';

export interface ObjectTarget {
  readonly bucket: string;
  readonly key: string;
  /** The service is asked to refuse when the key is there. */
  readonly ifAbsent: boolean;
}

export async function putObject(
  client: S3Client,
  target: ObjectTarget,
  body: WriteBody,
  options: WriteOptions,
): Promise<WriteResult> {
  // Bytes that still arrive are sent without waiting for their MD5 where nothing is lost if they are damaged on the way:
  // TLS would notice, or nothing stood under this key before. Then the answer is compared instead.
  const isSafe = client.settings.endpoint.protocol === 'https:' || target.ifAbsent;
  const isLate = !body.isWhole() && body.vouchedMd5 === undefined && isSafe;
  const promisedMd5 = isLate ? undefined : (body.vouchedMd5 ?? (await body.digests()).md5);
  const answer = await client.request({
    method: 'PUT',
    bucket: target.bucket,
    key: target.key,
    headers: {
      ...objectHeaders(options),
      ...(promisedMd5 === undefined ? {} : { 'content-md5': Buffer.from(promisedMd5, 'hex').toString('base64') }),
      ...(target.ifAbsent ? { 'if-none-match': '*' } : {}),
    },
    body: {
      sizeBytes: body.sizeBytes,
      payload: UNSIGNED_PAYLOAD,
      bytes: bytesToSend(body, options),
    },
    deed: `write ${target.bucket}/${target.key}`,
    signal: options.signal,
  });
  answer.body.resume();
  const etag = headerOf(answer.headers, 'etag') ?? null;
  const stored = md5OfETag(etag ?? undefined);
  options.onProgress(body.sizeBytes);
  const md5 = promisedMd5 ?? (await body.digests()).md5;
  return { versionToken: etag, vouches: md5 !== undefined && stored === md5 ? 'checksum' : null };
}

export function objectHeaders(options: WriteOptions): Record<string, string> {
  const headers = {
    ...requestHeadersOf(options.headers),
    ...metadataHeaders(options.metadata),
    ...(options.storageClass === null ? {} : { 'x-amz-storage-class': options.storageClass }),
    ...tagAndAclHeaders(options),
  };
  for (const [name, value] of Object.entries(headers)) {
    if (/[\r\n\0]/.test(value)) fail('invalid-input', `The header ${name} holds a line break or NUL.`);
  }
  return headers;
}

function bytesToSend(body: WriteBody, options: WriteOptions): Uint8Array | (() => AsyncIterable<Uint8Array>) {
  if (body.buffer === null) return () => reported(body, options);
  if (body.buffer.byteLength !== body.sizeBytes) throwWrongLength(body.buffer.byteLength, body.sizeBytes);
  return body.buffer;
}

async function* reported(body: WriteBody, options: WriteOptions): AsyncGenerator<Uint8Array, void, void> {
  let count = 0;
  for await (const chunk of countedChunks(body, options.signal)) {
    yield chunk;
    count += chunk.byteLength;
    options.onProgress(count);
  }
}
