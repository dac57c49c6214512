/**
 * Owns an upload in parts as the service holds it before its completion: beginning it, asking which parts are there,
 * giving it up. Must not send bytes. Called by put-in-parts.ts and s3-provider.ts.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import type { WriteOptions } from '../provider.ts';
import { type ObjectTarget, objectHeaders } from './put-object.ts';
import type { S3Client } from './s3-client.ts';
import { S3FailureError } from './s3-failure.ts';

/** The object that an upload is for. */
export type UploadTarget = Pick<ObjectTarget, 'bucket' | 'key'>;

export interface StoredPart {
  readonly etag: string;
  readonly sizeBytes: number;
}

/** Returns the upload's id. The object gets its headers with the completion, but they are given now. */
export async function beginUpload(
  client: S3Client,
  target: UploadTarget,
  options: WriteOptions,
  deed: string,
): Promise<string> {
  let id = '';
  await client.requestXml(
    {
      method: 'POST',
      bucket: target.bucket,
      key: target.key,
      query: { uploads: '' },
      headers: objectHeaders(options),
      deed,
      signal: options.signal,
    },
    (name, text) => {
      if (name === 'UploadId') id = text;
    },
  );
  return id === '' ? fail('unexpected', 'The service begins an upload in parts without naming it.') : id;
}

/** The parts that the service has, by their numbers; null when it knows no such upload. */
export async function listParts(
  client: S3Client,
  target: UploadTarget,
  uploadId: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, StoredPart> | null> {
  const parts = new Map<number, StoredPart>();
  for (let marker: string | null = null, isWhole = false; !isWhole; ) {
    const page: { parts: number; isTruncated: boolean; next: string } = { parts: 0, isTruncated: false, next: '' };
    let part = { number: 0, etag: '', sizeBytes: 0 };
    const query: Record<string, string> = {
      uploadId,
      ...(marker === null ? {} : { 'part-number-marker': marker }),
    };
    const deed = `look what is there of ${target.bucket}/${target.key}`;
    try {
      await client.requestXml(
        { method: 'GET', bucket: target.bucket, key: target.key, query, deed, signal },
        (name, text, parent) => {
          if (parent === 'Part') {
            if (name === 'PartNumber') part.number = Number(text);
            else if (name === 'ETag') part.etag = text;
            else if (name === 'Size') part.sizeBytes = Number(text);
          } else if (name === 'Part') {
            parts.set(part.number, { etag: part.etag, sizeBytes: part.sizeBytes });
            part = { number: 0, etag: '', sizeBytes: 0 };
            page.parts += 1;
          } else if (name === 'IsTruncated') page.isTruncated = text === 'true';
          else if (name === 'NextPartNumberMarker') page.next = text;
        },
      );
    } catch (thrown) {
      if (isUnknownUpload(thrown)) return null;
      throw thrown;
    }
    // A marker that does not move would be followed for ever.
    isWhole = !page.isTruncated || page.parts === 0 || page.next === '' || page.next === marker;
    marker = page.next;
  }
  return parts;
}

/** Quiet when the service knows no such upload. */
export async function abortUpload(
  client: S3Client,
  target: UploadTarget,
  uploadId: string,
  signal: AbortSignal,
): Promise<void> {
  const { bucket, key } = target;
  const deed = `give up the upload of ${bucket}/${key}`;
  try {
    const answer = await client.request({ method: 'DELETE', bucket, key, query: { uploadId }, deed, signal });
    answer.body.resume();
  } catch (thrown) {
    if (!isUnknownUpload(thrown)) throw thrown;
  }
}

/** Completed or given up before, dropped by a rule of the bucket, or never an upload of this key. */
function isUnknownUpload(thrown: unknown): boolean {
  return thrown instanceof S3FailureError && thrown.status === 404;
}
