/**
 * Owns uploads to the service inside the test: description and bytes in one body, and resumable sessions with all their
 * rules. Must not be used by the product. Called by gcs-test-server.ts.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal, type TestObject, type TestObjects } from './gcs-test-objects.ts';

const GRAIN_BYTES = 256 * 1024;

export interface UploadQuirks {
  /** Cuts the connection in the middle of this many chunks. */
  brokenChunks?: number;
  /** Cuts the connection once the object of a session is there: the client cannot know. */
  losesCompletion?: boolean;
  /** Keeps this many bytes less of every chunk that is not the last. */
  readonly keepsLessBytes?: number;
  /** Answers this many chunks with 503 and Retry-After: 7. */
  slowChunks?: number;
}

export interface TestSession {
  readonly bucket: string;
  readonly key: string;
  readonly described: Readonly<Record<string, unknown>>;
  readonly ifGenerationMatch: string | null;
  readonly fields: string | null;
  bytes: Buffer;
  object: TestObject | null;
}

/** What a session answers. */
export interface SessionAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly object: TestObject | null;
}

export class TestUploads {
  readonly sessions = new Map<string, TestSession>();
  readonly cancelled = new Set<string>();
  quirks: UploadQuirks = {};
  readonly #objects: TestObjects;

  constructor(objects: TestObjects) {
    this.#objects = objects;
  }

  begin(session: Omit<TestSession, 'bytes' | 'object'>): string {
    this.#objects.bucket(session.bucket);
    const id = randomBytes(16).toString('base64url');
    this.sessions.set(id, { ...session, bytes: Buffer.alloc(0), object: null });
    return id;
  }

  cancel(id: string): SessionAnswer {
    const session = this.#known(id);
    if (session.object === null) {
      this.sessions.delete(id);
      this.cancelled.add(id);
    }
    return { status: session.object === null ? 499 : 404, headers: {}, object: null };
  }

  /** null when the connection was cut. */
  async put(id: string, request: IncomingMessage): Promise<SessionAnswer | null> {
    const session = this.#known(id);
    const range = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(request.headers['content-range'] ?? '');
    if (range === null) throw new Refusal(400, 'invalid', 'Failed to parse Content-Range header.');
    const [, first, last, total = ''] = range;
    if (session.object !== null) return this.#standing(session);
    const hasHash = request.headers['x-goog-hash'] !== undefined;
    if (first === undefined || last === undefined) {
      if (request.headers['content-length'] !== '0') throw new Refusal(411, 'lengthRequired', 'Length Required');
      if (hasHash && session.bytes.byteLength === Number(total)) this.#finish(session, request);
      return this.#standing(session);
    }
    if ((this.quirks.slowChunks ?? 0) > 0) {
      this.quirks.slowChunks = (this.quirks.slowChunks ?? 0) - 1;
      request.resume();
      throw new Refusal(503, 'backendError', 'Slow down.');
    }
    const length = Number(last) - Number(first) + 1;
    const isLast = Number(last) + 1 === Number(total);
    if (Number(request.headers['content-length']) !== length) throw new Refusal(400, 'invalid', 'Wrong length.');
    if (Number(first) !== session.bytes.byteLength)
      throw new Refusal(400, 'invalid', 'Bytes do not follow each other.');
    if (!isLast && length % GRAIN_BYTES !== 0) throw new Refusal(400, 'invalid', 'Not a multiple of 256 KiB.');
    if (hasHash && !isLast) throw new Refusal(400, 'invalid', 'A digest of the whole before its end.');
    if (!(await this.#receive(session, request, isLast))) return null;
    if (isLast) this.#finish(session, request);
    if (isLast && this.quirks.losesCompletion === true) {
      this.quirks.losesCompletion = false;
      request.socket.destroy();
      return null;
    }
    return this.#standing(session);
  }

  /** A session that ends with an object stays known, as with the service. */
  #known(id: string): TestSession {
    const session = this.sessions.get(id);
    if (session !== undefined) return session;
    throw this.cancelled.has(id)
      ? new Refusal(499, 'clientClosedRequest', 'The upload was cancelled.')
      : new Refusal(404, 'notFound', 'Not Found');
  }

  #standing({ object, bytes }: TestSession): SessionAnswer {
    if (object !== null) return { status: 200, headers: {}, object };
    const range: Record<string, string> = bytes.byteLength === 0 ? {} : { range: `bytes=0-${bytes.byteLength - 1}` };
    return { status: 308, headers: range, object: null };
  }

  /** false when the connection broke; whole grains of what came are kept all the same. */
  async #receive(session: TestSession, request: IncomingMessage, isLast: boolean): Promise<boolean> {
    const before = session.bytes;
    const chunks: Buffer[] = [];
    const keep = (isWhole: boolean): void => {
      const bytes = Buffer.concat([before, ...chunks]);
      const less = isWhole ? 0 : bytes.byteLength % GRAIN_BYTES;
      const kept = isLast ? 0 : Math.min(this.quirks.keepsLessBytes ?? 0, bytes.byteLength - before.byteLength);
      session.bytes = bytes.subarray(0, bytes.byteLength - less - kept);
    };
    const isBroken = (this.quirks.brokenChunks ?? 0) > 0;
    if (isBroken) this.quirks.brokenChunks = (this.quirks.brokenChunks ?? 0) - 1;
    try {
      for await (const chunk of request) {
        chunks.push(chunk);
        if (isBroken && chunks.length > 20) request.socket.destroy();
      }
    } catch {
      keep(false);
      return false;
    }
    keep(request.complete);
    return request.complete;
  }

  #finish(session: TestSession, request: IncomingMessage): void {
    const { bucket, key, bytes, described, ifGenerationMatch } = session;
    const md5Hash = /^md5=(\S+)$/.exec(String(request.headers['x-goog-hash'] ?? ''))?.[1];
    const given = md5Hash === undefined ? described : { ...described, md5Hash };
    session.object = this.#objects.make(bucket, key, bytes, described, ifGenerationMatch, given);
  }
}

/** The description and the bytes of a body of two parts (RFC 2387). */
export function readRelated(contentType: string | undefined, body: Buffer): readonly [json: string, bytes: Buffer] {
  const boundary = /^multipart\/related; boundary=(\S+)$/.exec(contentType ?? '')?.[1];
  if (boundary === undefined) throw new Refusal(400, 'invalid', 'Not multipart/related.');
  const start = Buffer.from(`--${boundary}\r\n`);
  const between = Buffer.from(`\r\n--${boundary}\r\n`);
  const end = Buffer.from(`\r\n--${boundary}--\r\n`);
  const middle = body.indexOf(between);
  if (body.indexOf(start) !== 0 || middle < 0 || !body.subarray(-end.byteLength).equals(end)) {
    throw new Refusal(400, 'badContent', 'Malformed multipart body.');
  }
  const [headers, json] = partOf(body.subarray(start.byteLength, middle));
  const [, bytes] = partOf(body.subarray(middle + between.byteLength, body.byteLength - end.byteLength));
  if (!headers.includes('application/json')) throw new Refusal(400, 'badContent', 'The first part is not JSON.');
  return [json.toString('utf8'), bytes];
}

function partOf(part: Buffer): readonly [headers: string, content: Buffer] {
  const blank = part.indexOf('\r\n\r\n');
  if (blank < 0) throw new Refusal(400, 'badContent', 'A part without headers.');
  return [part.subarray(0, blank).toString('latin1'), part.subarray(blank + 4)];
}
