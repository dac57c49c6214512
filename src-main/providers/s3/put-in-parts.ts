/**
 * Owns writing a large object as a multipart upload: begin, parts side by side, complete, ask what is there now. The
 * object appears with the completion only. A failed upload is given up at the service, so that its parts cost nothing.
 * Called by s3-provider.ts.
 */
import { createHash, hash } from 'node:crypto';
import { FailureError, fail } from '../../../src-shared/model/failure.ts';
import { countedChunks } from '../counted-body.ts';
import type { WriteBody, WriteOptions, WriteResult } from '../provider.ts';
import { contentLengthOf, headerOf, type ResponseHeaders } from '../wire/response-headers.ts';
import { type Part, partsOf } from './limits.ts';
import { type ObjectTarget, objectHeaders } from './put-object.ts';
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
  readonly deed: string;
  readonly signal: AbortSignal;
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
): Promise<WriteResult> {
  const deed = `write ${target.bucket}/${target.key}`;
  // One part that fails for good stops the others.
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const id = await begin(client, target, options, deed);
  const upload: Upload = { client, target, id, body, deed, signal };
  try {
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
    await giveUp(upload);
    throw thrown;
  }
}

async function begin(client: S3Client, target: ObjectTarget, options: WriteOptions, deed: string): Promise<string> {
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

async function sendAll(upload: Upload, onProgress: (bytes: number) => void): Promise<readonly SentPart[]> {
  const waiting = partsOf(upload.body.sizeBytes).values();
  const sent: SentPart[] = [];
  let written = 0;
  const lane = async (): Promise<void> => {
    for (const part of waiting) {
      sent.push(await sendPart(upload, part));
      written += part.last - part.first + 1;
      onProgress(written);
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, lane));
  return sent.sort((a, b) => a.number - b.number);
}

/**
 * The spool is read twice, first for the digests that go before the bytes: with them the service itself refuses a part
 * that was damaged on the way, and the part never has to rest in memory whole.
 */
async function sendPart(upload: Upload, part: Part): Promise<SentPart> {
  const { client, target, deed, signal } = upload;
  const { md5, payload } = await digestPart(upload, part);
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await client.request({
        method: 'PUT',
        bucket: target.bucket,
        key: target.key,
        query: { partNumber: String(part.number), uploadId: upload.id },
        headers: { 'content-md5': Buffer.from(md5, 'hex').toString('base64') },
        body: { sizeBytes: part.last - part.first + 1, payload, bytes: () => partChunks(upload, part) },
        deed,
        signal,
      });
      answer.body.resume();
      // Not compared here: where keys of a key service encrypt, the ETag of a part is no digest.
      return { ...part, md5, etag: headerOf(answer.headers, 'etag') ?? '' };
    } catch (thrown) {
      if (tries === PART_TRIES || signal.aborted || !isBrokenConnection(thrown)) throw thrown;
    }
  }
}

async function digestPart(upload: Upload, part: Part): Promise<{ readonly md5: string; readonly payload: string }> {
  const isEncrypted = upload.client.settings.endpoint.protocol === 'https:';
  const md5 = createHash('md5');
  const sha256 = isEncrypted ? null : createHash('sha256');
  for await (const chunk of partChunks(upload, part)) {
    md5.update(chunk);
    sha256?.update(chunk);
  }
  return { md5: md5.digest('hex'), payload: sha256?.digest('hex') ?? UNSIGNED_PAYLOAD };
}

function partChunks({ body, signal }: Upload, { first, last }: Part): AsyncIterable<Uint8Array> {
  const range: WriteBody = {
    sizeBytes: last - first + 1,
    buffer: body.buffer === null ? null : body.buffer.subarray(first, last + 1),
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

/** What could not be given up now is left to the service's own rules; the failure that led here matters more. */
async function giveUp({ client, target, id, deed }: Upload): Promise<void> {
  const signal = AbortSignal.timeout(GIVE_UP_TIMEOUT_MS);
  await client
    .request({ method: 'DELETE', bucket: target.bucket, key: target.key, query: { uploadId: id }, deed, signal })
    .then((answer) => answer.body.resume())
    .catch(() => undefined);
}

/** MD5 of the parts' MD5s, as services build the ETag of an object from parts. */
function md5OfMd5s(parts: readonly SentPart[]): string {
  return hash('md5', Buffer.concat(parts.map((part) => Buffer.from(part.md5, 'hex'))));
}

function isBrokenConnection(thrown: unknown): boolean {
  return thrown instanceof FailureError && (thrown.failure.code === 'network' || thrown.failure.code === 'timeout');
}
