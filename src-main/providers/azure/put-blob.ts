/**
 * Owns writing a blob in one request. The service checks our MD5 before it stores anything, so a reader sees the old
 * blob or the whole new one. Called by azure-provider.ts.
 */
import { Readable } from 'node:stream';
import { countedChunks, throwWrongLength } from '../counted-body.ts';
import type { WriteBody, WriteOptions, WriteResult } from '../provider.ts';
import type { AzureClient } from './azure-client.ts';
import { blobHeaders, hexOfMd5 } from './blob-asset.ts';
import { azureMetadata } from './blob-metadata.ts';

export interface BlobTarget {
  readonly container: string;
  readonly key: string;
}

export async function putBlob(
  client: AzureClient,
  { container, key }: BlobTarget,
  body: WriteBody,
  options: WriteOptions,
): Promise<WriteResult> {
  const { signal } = options;
  const { md5 } = await body.digests();
  const blob = client.blob(container, key);
  const bytes = bytesToSend(body, options);
  const stored = await client.ask({ deed: `write ${container}/${key}`, signal }, () =>
    blob.upload(bytes, body.sizeBytes, {
      ...blobOptions(options),
      ...(md5 === undefined ? {} : { transactionalContentMD5: Buffer.from(md5, 'hex') }),
    }),
  );
  options.onProgress(body.sizeBytes);
  const isProven = md5 !== undefined && hexOfMd5(stored.contentMD5) === md5;
  return { versionToken: stored.etag ?? null, vouches: isProven ? 'checksum' : null };
}

/** What every request that makes a blob says about it. Throws `invalid-input` for what Azure cannot keep. */
export function blobOptions({ headers, metadata, storageClass, tags, onlyIfAbsent, signal }: WriteOptions) {
  return {
    abortSignal: signal,
    blobHTTPHeaders: blobHeaders(headers),
    metadata: azureMetadata(metadata),
    ...(storageClass === null ? {} : { tier: storageClass }),
    // Without the header no right to tags is needed.
    ...(Object.keys(tags).length === 0 ? {} : { tags: { ...tags } }),
    conditions: onlyIfAbsent ? { ifNoneMatch: '*' } : {},
  };
}

function bytesToSend(body: WriteBody, options: WriteOptions): Buffer | (() => Readable) {
  const { buffer } = body;
  if (buffer === null) return () => Readable.from(reported(body, options), { objectMode: false });
  if (buffer.byteLength !== body.sizeBytes) throwWrongLength(buffer.byteLength, body.sizeBytes);
  return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

async function* reported(body: WriteBody, options: WriteOptions): AsyncGenerator<Uint8Array, void, void> {
  let count = 0;
  for await (const chunk of countedChunks(body, options.signal)) {
    yield chunk;
    count += chunk.byteLength;
    options.onProgress(count);
  }
}
