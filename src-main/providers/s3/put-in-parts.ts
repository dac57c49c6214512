/**
 * Owns writing a large object as a multipart upload: begin, parts side by side, complete, ask what is there now. The
 * object appears with the completion only. A failed upload is given up at the service, so that its parts cost nothing,
 * or, where it was noted, left for a later try: that one takes the parts whose MD5 is that of its own bytes.
 * Called by s3-provider.ts.
 */
import { createHash, type Hash, hash } from 'node:crypto';
import { FailureError, fail, toFailure } from '../../../src-shared/model/failure.ts';
import { countedChunks } from '../counted-body.ts';
import type { WriteBody, WriteOptions, WriteResult } from '../provider.ts';
import { contentLengthOf, headerOf, type ResponseHeaders } from '../wire/response-headers.ts';
import { type Part, partsOf } from './limits.ts';
import { md5OfETag } from './object-asset.ts';
import { abortUpload, beginUpload, listParts, type StoredPart } from './open-upload.ts';
import type { ObjectTarget } from './put-object.ts';
import type { S3Client } from './s3-client.ts';
import { UNSIGNED_PAYLOAD } from './sign-request.ts';
import { type StragglerClock, Stragglers } from './straggler.ts';
import { readMark, writeMark } from './upload-mark.ts';

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
  /** Parts of these very bytes that were seen to have arrived. */
  readonly finished: Set<number>;
  readonly sent: SentPart[];
  readonly stragglers: Stragglers;
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
  clock: StragglerClock,
): Promise<WriteResult> {
  const deed = `write ${target.bucket}/${target.key}`;
  // One part that fails for good stops the others.
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const resumed = await findUnfinished(client, target, options, body.remoteName);
  const id = resumed?.id ?? (await beginUpload(client, target, options, deed));
  const there = resumed?.there ?? new Map();
  const parts = partsOf(body.sizeBytes, partBytes);
  const finished = resumed?.finished ?? new Set();
  const stragglers = new Stragglers(clock);
  const upload: Upload = { client, target, id, body, parts, deed, signal, there, finished, sent: [], stragglers };
  let isNoted = resumed !== null;
  try {
    if (options.note !== null && !isNoted) {
      await options.note.begun(markOf(upload));
      isNoted = true;
    }
    const sent = await sendAll(upload, options);
    const expected = `${md5OfMd5s(sent)}-${sent.length}`;
    const headers = await complete(upload, sent, expected);
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
  remoteName: string | undefined,
): Promise<Pick<Upload, 'id' | 'there' | 'finished'> | null> {
  const unfinished = note?.unfinished ?? null;
  if (unfinished === null) return null;
  const mark = readMark(unfinished);
  const there = await listParts(client, target, mark.id, signal);
  if (there === null) return null;
  return { id: mark.id, there, finished: new Set(mark.remoteName === remoteName ? mark.finished : []) };
}

function markOf({ id, body, finished }: Upload): string {
  return writeMark({ id, remoteName: body.remoteName ?? null, finished });
}

async function sendAll(upload: Upload, { onProgress, note }: WriteOptions): Promise<readonly SentPart[]> {
  const journal = journalOf(upload, note);
  const waiting = upload.parts.values();
  const { sent } = upload;
  // Counted before they are compared: whoever waits sees at once where this goes on.
  let written = [...upload.there.values()].reduce((sum, part) => sum + part.sizeBytes, 0);
  if (written > 0) onProgress(Math.min(written, upload.body.sizeBytes));
  const lane = async (): Promise<void> => {
    for (const part of waiting) {
      const found = upload.there.get(part.number);
      const md5 = await knownMd5(upload, part, found);
      if (found !== undefined && md5 !== null && found.etag.replaceAll('"', '') === md5) {
        sent.push({ ...part, md5, etag: found.etag });
        continue;
      }
      sent.push(await sendPart(upload, part, md5));
      upload.finished.add(part.number);
      journal.write();
      written += part.last - part.first + 1 - (found?.sizeBytes ?? 0);
      onProgress(written);
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, lane));
  await journal.rest();
  return sent.sort((a, b) => a.number - b.number);
}

/**
 * Notes finished parts one after the other, several at once when they come faster than they are noted. Only where they
 * cannot be compared later: of bytes that rest nowhere else.
 */
function journalOf(upload: Upload, note: WriteOptions['note']) {
  let writing: Promise<void> | null = null;
  let isBehind = false;
  async function writeAll(into: NonNullable<WriteOptions['note']>): Promise<void> {
    while (isBehind) {
      isBehind = false;
      await into.begun(markOf(upload));
    }
    writing = null;
  }
  return {
    write(): void {
      if (note === null || upload.body.remoteName === undefined) return;
      isBehind = true;
      // An attempt that is aborted notes nothing more; the parts it sent are sent again.
      writing ??= writeAll(note).catch(() => undefined);
    },
    rest: async () => writing ?? undefined,
  };
}

/**
 * A spool is read twice, first for the digest that goes before the bytes: with it the service itself refuses a part that
 * was damaged on the way, and the part never has to rest in memory whole. What is read from the source is read once:
 * null, unless an earlier try brought it there and looked at its digest then.
 */
async function knownMd5(upload: Upload, part: Part, found: StoredPart | undefined): Promise<string | null> {
  if (upload.body.remoteName === undefined) return digestPart(upload, part);
  const isThere = upload.finished.has(part.number) && found?.sizeBytes === part.last - part.first + 1;
  return isThere ? (md5OfETag(found.etag) ?? null) : null;
}

async function sendPart(upload: Upload, part: Part, knownMd5: string | null): Promise<SentPart> {
  const { signal, stragglers } = upload;
  for (let tries = 1; ; tries += 1) {
    try {
      const put = (trySignal: AbortSignal): Promise<SentPart> => putPart(upload, part, knownMd5, trySignal);
      return await stragglers.send(put, () => mayRepeat(upload), signal);
    } catch (thrown) {
      if (tries === PART_TRIES || signal.aborted || !mayGoAtOnce(thrown)) throw thrown;
    }
  }
}

/**
 * Bytes that still arrive are not there sooner for being asked for twice. And should the try that lost come through in
 * the end, it must change nothing: equal bytes have equal ETags only where those are digests.
 */
function mayRepeat({ body, sent }: Upload): boolean {
  return body.isWhole() && sent.every(({ etag, md5 }) => md5OfETag(etag) === md5);
}

/** `knownMd5` null: it is computed as the bytes go, and compared with what the service says it has. */
async function putPart(upload: Upload, part: Part, knownMd5: string | null, signal: AbortSignal): Promise<SentPart> {
  const { client, target, deed } = upload;
  const passing = createHash('md5');
  const chunks = (): AsyncIterable<Uint8Array> => partChunks(upload, part, signal);
  const answer = await client.request({
    method: 'PUT',
    bucket: target.bucket,
    key: target.key,
    query: { partNumber: String(part.number), uploadId: upload.id },
    headers: knownMd5 === null ? {} : { 'content-md5': Buffer.from(knownMd5, 'hex').toString('base64') },
    body: {
      sizeBytes: part.last - part.first + 1,
      payload: UNSIGNED_PAYLOAD,
      bytes: () => (knownMd5 === null ? hashed(chunks(), passing) : chunks()),
    },
    deed,
    signal,
  });
  answer.body.resume();
  const md5 = knownMd5 ?? passing.digest('hex');
  const etag = headerOf(answer.headers, 'etag') ?? '';
  if (knownMd5 === null) assertArrived(upload, part, md5, etag);
  return { ...part, md5, etag };
}

/** Where keys of a key service encrypt, the ETag of a part is no digest, and the whole is compared in the end. */
function assertArrived({ target, client }: Upload, part: Part, md5: string, etag: string): void {
  const stored = md5OfETag(etag);
  if (stored === undefined || stored === md5 || client.settings.endpoint.protocol === 'https:') return;
  fail('checksum-mismatch', `Part ${part.number} of ${target.key} is not there as it was sent.`, {
    hint: 'It was damaged on the way. Another attempt sends it again.',
  });
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hashing: Hash): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of chunks) {
    hashing.update(chunk);
    yield chunk;
  }
}

async function digestPart(upload: Upload, part: Part): Promise<string> {
  const md5 = createHash('md5');
  for await (const chunk of partChunks(upload, part, upload.signal)) md5.update(chunk);
  return md5.digest('hex');
}

function partChunks({ body }: Upload, { first, last }: Part, signal: AbortSignal): AsyncIterable<Uint8Array> {
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
