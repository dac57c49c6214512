/**
 * Owns writing a large object as a multipart upload: begin, parts side by side, complete, ask what is there now. The
 * object appears with the completion only. A failed upload is given up at the service, so that its parts cost nothing,
 * or, where it was noted, left for a later try: that one takes the parts whose MD5 is that of its own bytes.
 * Called by s3-provider.ts.
 */
import { createHash, hash } from 'node:crypto';
import { FailureError, fail, toFailure } from '../../../src-shared/model/failure.ts';
import { countedChunks } from '../counted-body.ts';
import type { WriteBody, WriteOptions, WriteResult } from '../provider.ts';
import { contentLengthOf, headerOf, type ResponseHeaders } from '../wire/response-headers.ts';
import { type Part, partsOf } from './limits.ts';
import { abortUpload, beginUpload, listParts, type StoredPart } from './open-upload.ts';
import type { ObjectTarget } from './put-object.ts';
import type { S3Client } from './s3-client.ts';
import { UNSIGNED_PAYLOAD } from './sign-request.ts';

/** Parts in flight for one object: what Amazon's own tools and rclone use for one file. */
const PARTS_AT_ONCE = 4;
/** A part whose connection broke is sent again at once, because all others would be lost with it. */
const PART_TRIES = 3;
/** Giving up must not take longer than a shutdown may. */
const GIVE_UP_TIMEOUT_MS = 3_000;

interface Upload {
  readonly client: S3Client;
  readonly target: ObjectTarget;
  readonly id: string;
  readonly body: WriteBody;
  readonly parts: readonly Part[];
  readonly deed: string;
  readonly signal: AbortSignal;
  /** What an earlier try brought there, by part number. */
  readonly there: ReadonlyMap<number, StoredPart>;
}

interface SentPart extends Part {
  readonly md5: string;
  readonly etag: string;
}

export async function putInParts(
  client: S3Client,
  target: ObjectTarget,
  body: WriteBody,
  options: WriteOptions,
  partBytes: number,
): Promise<WriteResult> {
  const deed = `write ${target.bucket}/${target.key}`;
  // One part that fails for good stops the others.
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const resumed = await findUnfinished(client, target, options);
  const id = resumed?.id ?? (await beginUpload(client, target, options, deed));
  const there = resumed?.there ?? new Map();
  const upload: Upload = { client, target, id, body, parts: partsOf(body.sizeBytes, partBytes), deed, signal, there };
  let isNoted = resumed !== null;
  try {
    if (options.note !== null && !isNoted) {
      await options.note.begun(id);
      isNoted = true;
    }
    const parts = await sendAll(upload, options.onProgress);
    const expected = `${md5OfMd5s(parts)}-${parts.length}`;
    const headers = await complete(upload, parts, expected);
    const etag = headerOf(headers, 'etag') ?? null;
    if (contentLengthOf(headers) !== body.sizeBytes) {
      fail('checksum-mismatch', `${target.key} has ${contentLengthOf(headers)} bytes there, not ${body.sizeBytes}.`);
    }
    return { versionToken: etag, vouches: etag === `"${expected}"` ? 'etag' : null };
  } catch (thrown) {
    stop.abort();
    if (!isNoted) await giveUp(upload);
    throw thrown;
  }
}

async function findUnfinished(
  client: S3Client,
  target: ObjectTarget,
  { note, signal }: WriteOptions,
): Promise<{ readonly id: string; readonly there: ReadonlyMap<number, StoredPart> } | null> {
  const id = note?.unfinished ?? null;
  if (id === null) return null;
  const there = await listParts(client, target, id, signal);
  return there === null ? null : { id, there };
}

async function sendAll(upload: Upload, onProgress: (bytes: number) => void): Promise<readonly SentPart[]> {
  const waiting = upload.parts.values();
  const sent: SentPart[] = [];
  // Counted before they are compared: whoever waits sees at once where this goes on.
  let written = [...upload.there.values()].reduce((sum, part) => sum + part.sizeBytes, 0);
  if (written > 0) onProgress(Math.min(written, upload.body.sizeBytes));
  const lane = async (): Promise<void> => {
    for (const part of waiting) {
      const md5 = await digestPart(upload, part);
      const found = upload.there.get(part.number);
      if (found?.etag.replaceAll('"', '') === md5) {
        sent.push({ ...part, md5, etag: found.etag });
        continue;
      }
      sent.push(await sendPart(upload, part, md5));
      written += part.last - part.first + 1 - (found?.sizeBytes ?? 0);
      onProgress(written);
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, lane));
  return sent.sort((a, b) => a.number - b.number);
}

/**
 * The spool is read twice, first for the digest that goes before the bytes: with it the service itself refuses a part
 * that was damaged on the way, and the part never has to rest in memory whole.
 */
async function sendPart(upload: Upload, part: Part, md5: string): Promise<SentPart> {
  const { client, target, deed, signal } = upload;
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await client.request({
        method: 'PUT',
        bucket: target.bucket,
        key: target.key,
        query: { partNumber: String(part.number), uploadId: upload.id },
        headers: { 'content-md5': Buffer.from(md5, 'hex').toString('base64') },
        body: {
          sizeBytes: part.last - part.first + 1,
          payload: UNSIGNED_PAYLOAD,
          bytes: () => partChunks(upload, part),
        },
        deed,
        signal,
      });
      answer.body.resume();
      // Not compared here: where keys of a key service encrypt, the ETag of a part is no digest.
      return { ...part, md5, etag: headerOf(answer.headers, 'etag') ?? '' };
    } catch (thrown) {
      if (tries === PART_TRIES || signal.aborted || !mayGoAtOnce(thrown)) throw thrown;
    }
  }
}

async function digestPart(upload: Upload, part: Part): Promise<string> {
  const md5 = createHash('md5');
  for await (const chunk of partChunks(upload, part)) md5.update(chunk);
  return md5.digest('hex');
}

function partChunks({ body, signal }: Upload, { first, last }: Part): AsyncIterable<Uint8Array> {
  const range: WriteBody = {
    sizeBytes: last - first + 1,
    buffer: body.buffer === null ? null : body.buffer.subarray(first, last + 1),
    isWhole: body.isWhole,
    digests: () => body.digests(),
    open: () => body.open({ first, last }),
  };
  return countedChunks(range, signal);
}

/**
 * The headers of the finished object, asked for afterwards: Ceph completes with an empty ETag. When the answer to the
 * completion was lost, the object itself tells whether it took place.
 */
async function complete(upload: Upload, parts: readonly SentPart[], expected: string): Promise<ResponseHeaders> {
  try {
    await requestCompletion(upload, parts);
  } catch (thrown) {
    const found = isBrokenConnection(thrown) ? await findObject(upload).catch(() => null) : null;
    if (found === null || headerOf(found, 'etag') !== `"${expected}"`) throw thrown;
    return found;
  }
  return findObject(upload);
}

async function requestCompletion(
  { client, target, id, deed, signal }: Upload,
  parts: readonly SentPart[],
): Promise<void> {
  const rows = parts.map(({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`);
  const xml = Buffer.from(`<CompleteMultipartUpload>${rows.join('')}</CompleteMultipartUpload>`);
  await client.requestXml(
    {
      method: 'POST',
      bucket: target.bucket,
      key: target.key,
      query: { uploadId: id },
      headers: { 'content-type': 'application/xml', ...(target.ifAbsent ? { 'if-none-match': '*' } : {}) },
      body: { sizeBytes: xml.byteLength, payload: hash('sha256', xml), bytes: xml },
      deed,
      signal,
    },
    () => undefined,
  );
}

async function findObject({ client, target, deed, signal }: Upload): Promise<ResponseHeaders> {
  const answer = await client.request({ method: 'HEAD', bucket: target.bucket, key: target.key, deed, signal });
  answer.body.resume();
  return answer.headers;
}

/** What cannot be given up now is left to the service's own rules; the failure that led here matters more. */
async function giveUp({ client, target, id }: Upload): Promise<void> {
  await abortUpload(client, target, id, AbortSignal.timeout(GIVE_UP_TIMEOUT_MS)).catch(() => undefined);
}

/** MD5 of the parts' MD5s, as services build the ETag of an object from parts. */
function md5OfMd5s(parts: readonly SentPart[]): string {
  return hash('md5', Buffer.concat(parts.map((part) => Buffer.from(part.md5, 'hex'))));
}

/** A service that asked for a wait is not to be asked again before it is over. */
function mayGoAtOnce(thrown: unknown): boolean {
  return isBrokenConnection(thrown) && toFailure(thrown).retryAfterMs === undefined;
}

function isBrokenConnection(thrown: unknown): boolean {
  return thrown instanceof FailureError && (thrown.failure.code === 'network' || thrown.failure.code === 'timeout');
}
