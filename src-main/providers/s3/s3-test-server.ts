/**
 * Owns an S3 service inside the test process: signatures checked for real, listing, ranges, conditions, uploads in
 * parts, and on demand the quirks of real services. Must not be used by the product. Called by tests and benches.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type KnownKeys, signatureProblem } from './check-signature.ts';
import { partsPage, sendDeleted, sendError, sendXml } from './s3-test-answers.ts';
import { copiedHeaders, type ExtrasQuirks, servedExtras, storedHeaders } from './s3-test-extras.ts';

export interface S3Quirks extends ExtrasQuirks {
  /** Answers 501 to conditional writes, as Swift does. */
  readonly refusesConditions?: boolean;
  /** Takes bytes whose MD5 is not the one that was said. */
  readonly ignoresMd5?: boolean;
  /** Refuses requests with this session token. */
  readonly expiredToken?: string;
  /** Passes over If-None-Match without a word, as older services do. */
  readonly ignoresConditions?: boolean;
  /** Answers writes, copies and completions with status 200 and an error inside, as Amazon may; nothing happens. */
  readonly failsInside?: boolean;
  /** Cuts the connection after the object is there: the client cannot know. */
  readonly losesCompletion?: boolean;
  /** Gives copies an ETag that is no digest, as encryption with keys of a key service does. */
  opaqueCopies?: boolean;
  /** Completes uploads with an empty ETag, as Ceph does. */
  readonly emptyCompletionETag?: boolean;
  /** ETags are no digests, as with keys of a key service. */
  readonly opaqueETags?: boolean;
  /** Its clock minus the real one. */
  readonly clockOffsetMs?: number;
  /** Ignores start-after. */
  readonly repeatsKeys?: boolean;
  /** What it stores of what it received. */
  readonly stores?: (bytes: Buffer) => Buffer;
  /** What it sends of what it stores, with the length of that. */
  readonly sends?: (bytes: Buffer) => Buffer;
  /** Which parts it makes an object of, for those that were named. */
  readonly assembles?: (parts: readonly UploadedPart[]) => readonly UploadedPart[];
  /** Tells this ETag for every write, whatever it stored. */
  readonly toldETag?: string;
  /** Refuses so many requests, of one method or of all. */
  refuses?: { times: number; readonly status: number; readonly code: string } & {
    readonly retryAfter?: string;
    readonly method?: string;
  };
  /** Cuts the connection in the middle of this many parts. */
  brokenParts?: number;
}

interface StoredObject {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface UploadedPart {
  readonly bytes: Buffer;
  readonly etag: string;
}

interface Upload {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: Map<number, UploadedPart>;
}

const ERROR_INSIDE = '<Error><Code>InternalError</Code></Error>';

/** What just happened to a request; what `watch` returns is waited for before the next. */
export type S3Moment = 'asked' | 'arriving' | 'received' | 'stored' | 'answered';

export class S3TestServer {
  readonly buckets = new Map<string, Map<string, StoredObject>>();
  readonly uploads = new Map<string, Upload>();
  /** Method and raw target of every request, as they came over the wire. */
  readonly requests: string[] = [];
  readonly keys: KnownKeys = {
    accessKeyId: 'test-access',
    secretAccessKey: 'test/secret+key',
    region: 'test-region-1',
  };
  /** Bucket and key → how often an object became visible there. */
  readonly made = new Map<string, number>();
  /** Bytes of objects and parts that arrived, whatever became of them. */
  receivedBytes = 0;
  quirks: S3Quirks = {};
  watch: (moment: S3Moment, line: string) => void | Promise<void> = () => undefined;
  readonly #server: Server;
  #uploadCount = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((thrown: unknown) => {
        response.destroy(thrown instanceof Error ? thrown : undefined);
      });
    });
  }

  static async start(): Promise<S3TestServer> {
    const server = new S3TestServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get endpoint(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The server does not listen.');
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(`${request.method} ${request.url}`);
    const nowMs = Date.now() + (this.quirks.clockOffsetMs ?? 0);
    response.setHeader('date', new Date(nowMs).toUTCString());
    response.sendDate = false;
    if (request.headers.authorization === undefined && request.method === 'HEAD')
      return sendError(response, 403, 'AccessDenied');
    const problem = signatureProblem(request, this.keys, nowMs);
    if (problem !== null) return sendError(response, 403, problem);
    if (request.headers['x-amz-security-token'] === (this.quirks.expiredToken ?? null)) {
      request.resume();
      return sendError(response, 400, 'ExpiredToken');
    }
    const line = `${request.method} ${request.url}`;
    response.on('finish', () => this.watch('answered', line));
    await this.watch('asked', line);
    const { refuses } = this.quirks;
    if (refuses !== undefined && refuses.times > 0 && (refuses.method ?? request.method) === request.method) {
      refuses.times -= 1;
      if (refuses.retryAfter !== undefined) response.setHeader('retry-after', refuses.retryAfter);
      return sendError(response, refuses.status, refuses.code);
    }
    const [path = '', search = ''] = (request.url ?? '').split('?');
    const query = new URLSearchParams(search);
    const [, bucketName = ''] = path.split('/', 2);
    const key = decodeURIComponent(path.slice(bucketName.length + 2));
    const bucket = this.buckets.get(bucketName);
    if (bucket === undefined) return sendError(response, 404, 'NoSuchBucket');
    if (key === '' && request.method === 'GET') return this.#list(bucket, query, response);
    const object = bucket.get(key);
    const keep = (headers: StoredObject['headers']) => object !== undefined && bucket.set(key, { ...object, headers });
    if (await servedExtras(request, response, { query, headers: object?.headers, keep }, this.quirks)) return;
    if (query.has('uploads') || query.has('uploadId'))
      return this.#multipart(request, response, bucket, path, key, query);
    const copied = request.headers['x-amz-copy-source'];
    if (typeof copied === 'string') {
      this.#copy(request, response, bucket, key, copied);
      return;
    }
    if (request.method === 'PUT') return this.#put(request, response, bucket, key);
    if (request.method === 'DELETE') {
      sendDeleted(request, response, bucket, key);
      return;
    }
    sendObject(request, response, bucket.get(key), this.quirks.sends);
  }

  #list(bucket: Map<string, StoredObject>, query: URLSearchParams, response: ServerResponse): void {
    const after = this.quirks.repeatsKeys === true ? '' : (query.get('start-after') ?? '');
    const matching = [...bucket.keys()]
      .filter((key) => key.startsWith(query.get('prefix') ?? ''))
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .filter((key) => after === '' || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0);
    const page = matching.slice(0, Number(query.get('max-keys') ?? 1_000));
    const rows = page.map((key) => {
      const { bytes, etag } = bucket.get(key) ?? { bytes: Buffer.alloc(0), etag: '' };
      const encoded = encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
      return `<Contents><Key>${encoded}</Key><LastModified>2026-11-20T21:59:00.000Z</LastModified><ETag>&quot;${etag}&quot;</ETag><Size>${bytes.byteLength}</Size></Contents>`;
    });
    sendXml(
      response,
      200,
      `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${page.length < matching.length}</IsTruncated>${rows.join('')}</ListBucketResult>`,
    );
  }

  #copy(
    request: IncomingMessage,
    response: ServerResponse,
    bucket: Map<string, StoredObject>,
    key: string,
    source: string,
  ): void {
    request.resume();
    if (this.quirks.failsInside === true) {
      sendXml(response, 200, ERROR_INSIDE);
      return;
    }
    const [, from = '', ...path] = source.split('/');
    const object = this.buckets.get(from)?.get(decodeURIComponent(path.join('/')));
    if (object === undefined) sendError(response, 404, 'NoSuchKey');
    else if (request.headers['x-amz-copy-source-if-match'] !== `"${object.etag}"`)
      sendError(response, 412, 'PreconditionFailed');
    else {
      const etag = this.quirks.opaqueCopies === true ? md5(Buffer.from(object.etag)) : object.etag;
      const headers = copiedHeaders(request, object.headers, this.quirks);
      this.#make(bucket, key, { ...object, etag, headers });
      sendXml(response, 200, `<CopyObjectResult><ETag>&quot;${etag}&quot;</ETag></CopyObjectResult>`);
    }
  }

  async #put(
    request: IncomingMessage,
    response: ServerResponse,
    bucket: Map<string, StoredObject>,
    key: string,
  ): Promise<void> {
    const isConditional = request.headers['if-none-match'] === '*' && this.quirks.ignoresConditions !== true;
    if (isConditional && this.quirks.refusesConditions === true) return sendError(response, 501, 'NotImplemented');
    const bytes = await this.#receive(request, response);
    if (bytes === null) return;
    if (isConditional && bucket.has(key)) return sendError(response, 412, 'PreconditionFailed');
    const object = { bytes, etag: this.#etagOf(bytes), headers: storedHeaders(request, this.quirks) };
    if (this.quirks.failsInside === true) return sendXml(response, 200, ERROR_INSIDE);
    this.#make(bucket, key, object);
    await this.watch('stored', `${request.method} ${request.url}`);
    response.writeHead(200, { etag: this.quirks.toldETag ?? `"${object.etag}"`, 'content-length': 0 }).end();
  }

  #make(bucket: Map<string, StoredObject>, key: string, object: StoredObject): void {
    bucket.set(key, object);
    const name = [...this.buckets].find(([, other]) => other === bucket)?.[0] ?? '';
    this.made.set(`${name}/${key}`, (this.made.get(`${name}/${key}`) ?? 0) + 1);
  }

  async #multipart(
    request: IncomingMessage,
    response: ServerResponse,
    bucket: Map<string, StoredObject>,
    path: string,
    key: string,
    query: URLSearchParams,
  ): Promise<void> {
    if (query.has('uploads')) {
      this.#uploadCount += 1;
      const id = `upload-${this.#uploadCount}`;
      this.uploads.set(id, { path, headers: storedHeaders(request, this.quirks), parts: new Map() });
      request.resume();
      return sendXml(
        response,
        200,
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    const id = query.get('uploadId') ?? '';
    const upload = this.uploads.get(id);
    if (upload?.path !== path) return sendError(response, 404, 'NoSuchUpload');
    if (request.method === 'DELETE') {
      this.uploads.delete(id);
      response.writeHead(204).end();
      return;
    }
    if (request.method === 'GET')
      return sendXml(response, 200, partsPage(upload.parts, query.get('part-number-marker')));
    if (request.method === 'PUT') {
      if ((this.quirks.brokenParts ?? 0) > 0) {
        this.quirks.brokenParts = (this.quirks.brokenParts ?? 0) - 1;
        request.socket.destroy();
        return;
      }
      const bytes = await this.#receive(request, response);
      if (bytes === null) return;
      const etag = this.#etagOf(bytes);
      upload.parts.set(Number(query.get('partNumber')), { bytes, etag });
      await this.watch('stored', `${request.method} ${request.url}`);
      response.writeHead(200, { etag: `"${etag}"`, 'content-length': 0 }).end();
      return;
    }
    await this.#complete(request, response, bucket, key, id, upload);
  }

  async #complete(
    request: IncomingMessage,
    response: ServerResponse,
    bucket: Map<string, StoredObject>,
    key: string,
    id: string,
    upload: Upload,
  ): Promise<void> {
    const xml = (await readAll(request))?.toString() ?? '';
    if (this.quirks.failsInside === true) return sendXml(response, 200, ERROR_INSIDE);
    await this.watch('received', `${request.method} ${request.url}`);
    const named = [...xml.matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>"?([0-9a-f]+)"?<\/ETag>/g)];
    const parts = named.map(([, number, etag]) => ({ part: upload.parts.get(Number(number)), etag }));
    if (parts.length === 0 || parts.some(({ part, etag }) => part?.etag !== etag))
      return sendError(response, 400, 'InvalidPart');
    if (request.headers['if-none-match'] === '*' && bucket.has(key))
      return sendError(response, 412, 'PreconditionFailed');
    const arrived = parts.flatMap(({ part }) => part ?? []);
    const pieces = this.quirks.assembles?.(arrived) ?? arrived;
    const etag = `${md5(Buffer.concat(pieces.map((part) => Buffer.from(part.etag, 'hex'))))}-${pieces.length}`;
    const bytes = Buffer.concat(pieces.map((part) => part.bytes));
    this.#make(bucket, key, { bytes, etag, headers: upload.headers });
    this.uploads.delete(id);
    await this.watch('stored', `${request.method} ${request.url}`);
    if (this.quirks.losesCompletion === true) {
      request.socket.destroy();
      return;
    }
    const told = this.quirks.emptyCompletionETag === true ? '' : `&quot;${etag}&quot;`;
    sendXml(response, 200, `<CompleteMultipartUploadResult><ETag>${told}</ETag></CompleteMultipartUploadResult>`);
  }

  #etagOf(bytes: Uint8Array): string {
    return md5(this.quirks.opaqueETags === true ? Buffer.concat([Buffer.from('sealed'), bytes]) : bytes);
  }

  /** null when the body was refused (the answer is sent) or broke off (nothing is kept). */
  async #receive(request: IncomingMessage, response: ServerResponse): Promise<Buffer | null> {
    const line = `${request.method} ${request.url}`;
    let isFirst = true;
    const bytes = await readAll(request, async (chunk) => {
      this.receivedBytes += chunk.byteLength;
      if (isFirst) await this.watch('arriving', line);
      isFirst = false;
    });
    if (bytes === null) return null;
    await this.watch('received', line);
    const payload = request.headers['x-amz-content-sha256'];
    const isOther = payload !== 'UNSIGNED-PAYLOAD' && payload !== createHash('sha256').update(bytes).digest('hex');
    const claimed = this.quirks.ignoresMd5 === true ? undefined : request.headers['content-md5'];
    if (isOther) sendError(response, 400, 'XAmzContentSHA256Mismatch');
    else if (claimed !== undefined && Buffer.from(String(claimed), 'base64').toString('hex') !== md5(bytes)) {
      sendError(response, 400, 'BadDigest');
    } else return this.quirks.stores?.(bytes) ?? bytes;
    return null;
  }
}

function sendObject(
  request: IncomingMessage,
  response: ServerResponse,
  object: StoredObject | undefined,
  sends: S3Quirks['sends'] = (bytes) => bytes,
): void {
  const size = object?.bytes.byteLength ?? 0;
  const wanted = request.headers['if-match'];
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const first = Number(range?.[1] ?? 0);
  if (object === undefined) sendError(response, 404, 'NoSuchKey');
  else if (wanted !== undefined && wanted !== `"${object.etag}"`) sendError(response, 412, 'PreconditionFailed');
  else if (range !== null && first >= size) sendError(response, 416, 'InvalidRange');
  else {
    const last = Math.min(size - 1, Number(range?.[2] ?? size - 1));
    const body = sends(object.bytes.subarray(first, last + 1));
    response.writeHead(range === null ? 200 : 206, {
      ...object.headers,
      etag: `"${object.etag}"`,
      'content-length': body.byteLength,
      'last-modified': 'Fri, 20 Nov 2026 21:59:00 GMT',
      ...(range === null ? {} : { 'content-range': `bytes ${first}-${last}/${size}` }),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }
}

/** null when the client went away before the end. */
async function readAll(
  request: IncomingMessage,
  onChunk: (chunk: Buffer) => Promise<void> = async () => undefined,
): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) {
      chunks.push(chunk);
      await onChunk(chunk);
    }
  } catch {
    return null;
  }
  return request.complete ? Buffer.concat(chunks) : null;
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
