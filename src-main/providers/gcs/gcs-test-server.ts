/**
 * Owns a service like Google Cloud Storage inside the test process: the JSON API as far as we use it, strict about
 * tokens, names of parameters and conditions, and on demand the quirks of real services. It was written from the
 * documentation and has never been compared with the real one. Must not be used by the product. Called by tests.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { assertGeneration, type ObjectQuirks, Refusal, type TestObject, TestObjects } from './gcs-test-objects.ts';
import { keyJson, TestTokens } from './gcs-test-tokens.ts';
import { readRelated, TestUploads, type UploadQuirks } from './gcs-test-uploads.ts';

export interface GcsQuirks {
  /** Refuses this many requests: status, reason, and Retry-After: 7. */
  refusals?: { count: number; readonly status: number; readonly reason: string } | null;
  /** Answers so when it is to list. */
  readonly insteadOfListing?: object;
  /** Sends this many empty pages that go on before each page. */
  readonly emptyPages?: number;
  /** Bytes that one step of a copy copies. */
  readonly copyStepBytes?: number;
  /** Buckets that the account may not read. */
  readonly unreadable?: readonly string[];
  /** Happens after an object was described and before its bytes are read. */
  readonly beforeBytes?: () => void;
  /** Unpacks compressed objects, whatever the client takes. */
  readonly alwaysUnpacks?: boolean;
}

/** Parameters that each kind of request may have. */
const PARAMETERS = {
  list: ['prefix', 'startOffset', 'maxResults', 'pageToken', 'fields'],
  get: ['fields', 'alt', 'ifGenerationMatch'],
  delete: ['generation', 'ifGenerationMatch'],
  upload: ['uploadType', 'upload_id', 'fields', 'ifGenerationMatch', 'predefinedAcl'],
  rewrite: ['fields', 'ifSourceGenerationMatch', 'ifGenerationMatch', 'rewriteToken', 'destinationPredefinedAcl'],
} as const;

export class GcsTestServer {
  readonly objects = new TestObjects();
  readonly uploads = new TestUploads(this.objects);
  readonly tokens = new TestTokens();
  /** Method and raw target of every request, as they came over the wire. */
  readonly requests: string[] = [];
  quirks: GcsQuirks = {};
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((thrown: unknown) => {
        if (thrown instanceof Refusal && !response.headersSent) sendRefusal(response, thrown);
        else response.destroy(thrown instanceof Error ? thrown : undefined);
      });
    });
  }

  static async start(): Promise<GcsTestServer> {
    const server = new GcsTestServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get endpoint(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The server does not listen.');
    return `http://127.0.0.1:${address.port}`;
  }

  /** An account that may do everything here. */
  account(key: Readonly<Record<string, unknown>> = {}) {
    const serviceAccountKey = keyJson(`${this.endpoint}/token`, key);
    return { options: { endpoint: this.endpoint }, secrets: { serviceAccountKey } };
  }

  setQuirks(quirks: GcsQuirks & ObjectQuirks & UploadQuirks): void {
    this.quirks = quirks;
    this.objects.quirks = quirks;
    this.uploads.quirks = quirks;
  }

  /** Keys of sessions that have neither ended nor been cancelled. */
  openSessions(): readonly string[] {
    return [...this.uploads.sessions.values()].filter(({ object }) => object === null).map(({ key }) => key);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(`${request.method} ${request.url}`);
    const [path = '', search = ''] = (request.url ?? '').split('?');
    const query = new URLSearchParams(search);
    if (path === '/token') {
      const body = (await readAll(request)).toString('utf8');
      return this.tokens.answer(body, request.headers['content-type'], `${this.endpoint}/token`, response);
    }
    const upload = /^\/upload\/storage\/v1\/b\/([^/]+)\/o$/.exec(path);
    if (upload !== null && query.has('upload_id')) return this.#session(request, response, query);
    if (!this.tokens.takes(request.headers.authorization)) throw new Refusal(401, 'authError', 'Invalid Credentials');
    this.#refuse(response);
    if (upload !== null) return this.#upload(request, response, upload[1] ?? '', query);
    const [, bucket = '', object, targetBucket, targetKey] =
      /^\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+)(?:\/rewriteTo\/b\/([^/]+)\/o\/([^/]+))?)?$/.exec(path) ?? [];
    if (bucket === '') throw new Refusal(404, 'notFound', 'Not Found');
    if (object === undefined) return this.#list(request, response, bucket, query);
    const key = decodeURIComponent(object);
    if (targetBucket !== undefined && targetKey !== undefined) {
      const target = { bucket: targetBucket, key: decodeURIComponent(targetKey) };
      return this.#rewrite(request, response, { bucket, key }, target, query);
    }
    if (request.method === 'DELETE') return this.#remove(response, bucket, key, query);
    this.#get(request, response, bucket, key, query);
  }

  #refuse(response: ServerResponse): void {
    const { refusals } = this.quirks;
    if (!refusals || refusals.count === 0) return;
    refusals.count -= 1;
    response.setHeader('retry-after', '7');
    throw new Refusal(refusals.status, refusals.reason, 'Refused by the test.');
  }

  #list(request: IncomingMessage, response: ServerResponse, bucket: string, query: URLSearchParams): void {
    expectRequest(request, 'GET', query, PARAMETERS.list);
    const [from = '', emptyPages = '0'] = JSON.parse(query.get('pageToken') ?? '["","0"]');
    const start = from || (query.get('startOffset') ?? '');
    const matching = [...this.objects.bucket(bucket).entries()]
      .map(([key, object]) => ({ key, object, bytes: Buffer.from(key) }))
      .filter(({ key, bytes }) => key.startsWith(query.get('prefix') ?? '') && bytes.compare(Buffer.from(start)) >= 0)
      .sort((a, b) => a.bytes.compare(b.bytes));
    const isEmpty = Number(emptyPages) < (this.quirks.emptyPages ?? 0);
    const page = isEmpty ? [] : matching.slice(0, Math.min(1_000, Number(query.get('maxResults') ?? 1_000)));
    const next = isEmpty ? [start, String(Number(emptyPages) + 1)] : [matching[page.length]?.key ?? '', '0'];
    const json = this.quirks.insteadOfListing ?? {
      kind: 'storage#objects',
      ...(page.length === 0
        ? {}
        : { items: page.map(({ key, object }) => this.objects.resource(bucket, key, object)) }),
      ...(page.length < matching.length ? { nextPageToken: JSON.stringify(next) } : {}),
    };
    sendJson(response, 200, json, query.get('fields'));
  }

  #get(request: IncomingMessage, response: ServerResponse, bucket: string, key: string, query: URLSearchParams): void {
    expectRequest(request, 'GET', query, PARAMETERS.get);
    if (this.quirks.unreadable?.includes(bucket)) throw new Refusal(403, 'forbidden', 'Permission denied.');
    if (query.get('alt') === 'media') this.quirks.beforeBytes?.();
    const object = this.objects.object(bucket, key);
    assertGeneration(object, query.get('ifGenerationMatch'));
    const resource = this.objects.resource(bucket, key, object);
    if (query.get('alt') === 'media') this.#media(request, response, object, resource);
    else sendJson(response, 200, resource, query.get('fields'));
  }

  #media(
    request: IncomingMessage,
    response: ServerResponse,
    { bytes, generation }: TestObject,
    { contentType, contentEncoding }: Record<string, unknown>,
  ): void {
    response.setHeader('content-type', String(contentType));
    response.setHeader('x-goog-generation', generation);
    const takesGzip = request.headers['accept-encoding'] === 'gzip' && this.quirks.alwaysUnpacks !== true;
    if (contentEncoding === 'gzip' && !takesGzip) {
      // Without a length, and whatever range was asked for, as the service does.
      response.writeHead(200).end(gunzipSync(bytes));
      return;
    }
    if (contentEncoding !== undefined) response.setHeader('content-encoding', String(contentEncoding));
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const first = Number(range?.[1] ?? 0);
    if (range !== null && first >= bytes.byteLength) throw new Refusal(416, 'requestedRangeNotSatisfiable', 'No.');
    const last = Math.min(bytes.byteLength - 1, Number(range?.[2] ?? bytes.byteLength - 1));
    const body = bytes.subarray(first, last + 1);
    response.writeHead(range === null ? 200 : 206, {
      'content-length': body.byteLength,
      ...(range === null ? {} : { 'content-range': `bytes ${first}-${last}/${bytes.byteLength}` }),
    });
    response.end(body);
  }

  #remove(response: ServerResponse, bucket: string, key: string, query: URLSearchParams): void {
    expectParameters(query, PARAMETERS.delete);
    const object = this.objects.object(bucket, key);
    const { generation } = object;
    assertGeneration(object, query.get('ifGenerationMatch'));
    if ((query.get('generation') ?? generation) !== generation) throw new Refusal(404, 'notFound', 'No such object');
    this.objects.bucket(bucket).delete(key);
    response.writeHead(204).end();
  }

  async #upload(
    request: IncomingMessage,
    response: ServerResponse,
    bucket: string,
    query: URLSearchParams,
  ): Promise<void> {
    expectRequest(request, 'POST', query, PARAMETERS.upload);
    const body = await readAll(request);
    const ifGenerationMatch = query.get('ifGenerationMatch');
    if (query.get('uploadType') === 'resumable') {
      const described = this.objects.describe(body.toString('utf8'));
      const key = String(described.name);
      const id = this.uploads.begin({ bucket, key, described, ifGenerationMatch, fields: query.get('fields') });
      const location = `${this.endpoint}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${id}`;
      response.writeHead(200, { location, 'content-length': 0 }).end();
      return;
    }
    if (query.get('uploadType') !== 'multipart') throw new Refusal(400, 'invalid', 'Unknown uploadType.');
    const [json, bytes] = readRelated(request.headers['content-type'], body);
    const described = this.objects.describe(json);
    const key = String(described.name);
    const object = this.objects.make(bucket, key, bytes, described, ifGenerationMatch);
    sendJson(response, 200, this.objects.resource(bucket, key, object), query.get('fields'));
  }

  /** The address of a session is the permission; a token would only be shown to whoever sees it. */
  async #session(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    expectParameters(query, PARAMETERS.upload);
    if (request.headers.authorization !== undefined) throw new Refusal(400, 'invalid', 'A token that is not needed.');
    const id = query.get('upload_id') ?? '';
    if (request.method === 'DELETE') {
      response.writeHead(this.uploads.cancel(id).status, { 'content-length': 0 }).end();
      return;
    }
    const session = this.uploads.sessions.get(id);
    response.setHeader('retry-after', '7');
    const answer = await this.uploads.put(id, request);
    if (answer === null) return;
    const { status, headers, object } = answer;
    if (object === null || session === undefined) response.writeHead(status, { ...headers, 'content-length': 0 }).end();
    else sendJson(response, status, this.objects.resource(session.bucket, session.key, object), session.fields);
  }

  async #rewrite(
    request: IncomingMessage,
    response: ServerResponse,
    from: { readonly bucket: string; readonly key: string },
    to: { readonly bucket: string; readonly key: string },
    query: URLSearchParams,
  ): Promise<void> {
    expectRequest(request, 'POST', query, PARAMETERS.rewrite);
    const described = this.objects.describe((await readAll(request)).toString('utf8'));
    if (this.quirks.unreadable?.includes(from.bucket)) throw new Refusal(403, 'forbidden', 'Permission denied.');
    const source = this.objects.object(from.bucket, from.key);
    assertGeneration(source, query.get('ifSourceGenerationMatch'));
    const { byteLength } = source.bytes;
    const copied = Number(query.get('rewriteToken') ?? 0) + (this.quirks.copyStepBytes ?? byteLength);
    if (copied < byteLength) {
      const step = { done: false, totalBytesRewritten: String(copied), rewriteToken: String(copied) };
      return sendJson(response, 200, step, query.get('fields'));
    }
    const object = this.objects.make(to.bucket, to.key, source.bytes, described, query.get('ifGenerationMatch'));
    const resource = this.objects.resource(to.bucket, to.key, object);
    sendJson(response, 200, { done: true, totalBytesRewritten: String(byteLength), resource }, query.get('fields'));
  }
}

function expectRequest(
  { method }: IncomingMessage,
  expected: string,
  query: URLSearchParams,
  known: readonly string[],
): void {
  if (method !== expected) throw new Refusal(405, 'methodNotAllowed', `Not ${method}.`);
  expectParameters(query, known);
}

function expectParameters(query: URLSearchParams, known: readonly string[]): void {
  for (const name of query.keys()) {
    if (!known.includes(name)) throw new Refusal(400, 'invalidParameter', `Unknown parameter ${name}.`);
  }
}

/** Throws when the client went away before the end. */
async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Only the fields that were asked for: "a,b(c,d)". */
function narrowed(value: unknown, fields: string | null): unknown {
  if (fields === null || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => narrowed(each, fields));
  const asked = [...fields.matchAll(/(\w+)(?:\(([^)]*)\))?/g)].map(([, name = '', inner = null]) => [name, inner]);
  const pairs = asked.map(([name, inner]) => [name, narrowed(Reflect.get(value, name ?? ''), inner ?? null)]);
  return Object.fromEntries(pairs.filter(([, found]) => found !== undefined));
}

function sendJson(response: ServerResponse, status: number, json: unknown, fields: string | null): void {
  const text = JSON.stringify(narrowed(json, fields));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function sendRefusal(response: ServerResponse, { status, reason, message }: Refusal): void {
  sendJson(
    response,
    status,
    { error: { code: status, message, errors: [{ message, domain: 'global', reason }] } },
    null,
  );
}
