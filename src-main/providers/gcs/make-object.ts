/**
 * Owns writing an object in one request, and what is believed of an object that the service says it made. Called by
 * gcs-provider.ts, upload-session.ts and rewrite-object.ts.
 */
import { randomUUID } from 'node:crypto';
import type { Digests } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import { countedChunks, throwWrongLength } from '../counted-body.ts';
import type { WriteBody, WriteOptions, WriteResult } from '../provider.ts';
import type { GcsBody, GcsClient } from './gcs-client.ts';
import { type ObjectTarget, objectPath, uploadPath } from './paths.ts';
import { assetHead, base64Of, OBJECT_FIELDS, objectToMake, STORED_OBJECT, type StoredObject } from './stored-object.ts';

/** Removing bytes that must not stay has a time of its own: the write may have been aborted by then. */
const REMOVE_TIMEOUT_MS = 10_000;

/** A copy takes its ACL under another name. */
export function aclQuery({ acl }: WriteOptions, name: 'predefinedAcl' | 'destinationPredefinedAcl') {
  return acl === null ? {} : { [name]: acl };
}

/** Generation 0 is no object at all; the service compares and stores in one step. */
export function condition({ onlyIfAbsent }: WriteOptions): Record<string, string> {
  return onlyIfAbsent ? { ifGenerationMatch: '0' } : {};
}

/** The service checks our MD5 before it stores anything, so a reader sees the old object or the whole new one. */
export async function makeObject(
  client: GcsClient,
  { bucket, key }: ObjectTarget,
  body: WriteBody,
  options: WriteOptions,
): Promise<StoredObject> {
  const { md5 } = await body.digests();
  const object = { ...objectToMake(key, options), ...(md5 === undefined ? {} : { md5Hash: base64Of(md5) }) };
  const boundary = `transship-${randomUUID()}`;
  return client.requestJson(
    {
      method: 'POST',
      to: uploadPath(bucket),
      query: {
        uploadType: 'multipart',
        fields: OBJECT_FIELDS,
        ...condition(options),
        ...aclQuery(options, 'predefinedAcl'),
      },
      headers: { 'content-type': `multipart/related; boundary=${boundary}` },
      body: related(boundary, object, body, options),
      deed: `write ${bucket}/${key}`,
      signal: options.signal,
    },
    STORED_OBJECT,
  );
}

/**
 * Compares what the service says it stored with our digests. Other bytes are removed again, that generation and no
 * other, and thrown as `checksum-mismatch`.
 */
export async function provenResult(
  client: GcsClient,
  target: ObjectTarget,
  object: StoredObject,
  ours: Digests & { readonly sizeBytes: number },
): Promise<WriteResult> {
  if (isOtherBytes(object, ours)) {
    await removeGeneration(client, target, object.generation);
    fail('checksum-mismatch', `The service stored other bytes of ${target.key} than were sent; they were removed.`);
  }
  const { md5, crc32c } = assetHead(object).digests;
  const isCompared =
    (md5 !== undefined && ours.md5 !== undefined) || (crc32c !== undefined && ours.crc32c !== undefined);
  return { versionToken: object.generation, vouches: isCompared ? 'checksum' : null };
}

/** Only digests that both sides know can differ. */
export function isOtherBytes(object: StoredObject, ours: Digests & { readonly sizeBytes: number }): boolean {
  const { md5, crc32c } = assetHead(object).digests;
  return (
    object.size !== ours.sizeBytes ||
    (md5 !== undefined && ours.md5 !== undefined && md5 !== ours.md5) ||
    (crc32c !== undefined && ours.crc32c !== undefined && crc32c !== ours.crc32c)
  );
}

/** Naming the generation removes it for good where a bucket keeps old ones, and touches no later object. */
export async function removeGeneration(client: GcsClient, target: ObjectTarget, generation: string): Promise<void> {
  const answer = await client.request({
    method: 'DELETE',
    to: objectPath(target),
    query: { generation },
    accepts: [404],
    deed: `remove the damaged ${target.bucket}/${target.key}`,
    signal: AbortSignal.timeout(REMOVE_TIMEOUT_MS),
  });
  answer.body.resume();
}

/** Description and bytes in one body (RFC 2387). */
function related(boundary: string, object: unknown, body: WriteBody, options: WriteOptions): GcsBody {
  if (body.buffer !== null && body.buffer.byteLength !== body.sizeBytes) {
    throwWrongLength(body.buffer.byteLength, body.sizeBytes);
  }
  const before = Buffer.from(
    `--${boundary}\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${JSON.stringify(object)}\r\n` +
      `--${boundary}\r\ncontent-type: application/octet-stream\r\n\r\n`,
  );
  const after = Buffer.from(`\r\n--${boundary}--\r\n`);
  const sizeBytes = before.byteLength + body.sizeBytes + after.byteLength;
  if (body.buffer !== null) return { sizeBytes, bytes: Buffer.concat([before, body.buffer, after]) };
  return {
    sizeBytes,
    bytes: async function* () {
      yield before;
      yield* countedChunks(body, options.signal);
      yield after;
    },
  };
}
