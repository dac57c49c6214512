/**
 * Owns a WebDAV server inside the test process: files and folders in memory, and on demand the ways in which servers
 * differ. Must not be used by the product. Called by tests.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface WebdavQuirks {
  /** As nginx: no ETags in PROPFIND. */
  readonly hidesETags?: boolean;
  /** As Apache right after a write. */
  readonly weakETags?: boolean;
  /** Whole addresses, of another host, instead of paths. */
  readonly wholeAddresses?: boolean;
  /** Keeps this many bytes of a PUT and says that all is well. */
  readonly keepsBytes?: number;
  /** MOVE replaces what is there, whatever was asked for. */
  readonly ignoresOverwrite?: boolean;
  /** A nonce of Digest holds for so many requests; undefined: no sign-in is asked for. */
  readonly digestUses?: number;
  /** Answers instead of the server; null: the server does. */
  readonly instead?: (method: string, target: string) => ScriptedAnswer | null;
}

export interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SeenRequest {
  readonly method: string;
  /** As it came over the wire. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

interface StoredFile {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly modified: string;
}

export const TEST_LOGIN = { user: 'mover', password: 'p"w:1' } as const;
const REALM = 'assets';

export class WebdavTestServer {
  /** Decoded path, with "/" before it → file. */
  readonly files = new Map<string, StoredFile>();
  /** Decoded paths with "/" at both ends. */
  readonly folders = new Set<string>(['/']);
  readonly seen: SeenRequest[] = [];
  quirks: WebdavQuirks = {};
  readonly #server: Server;
  #versions = 0;
  #nonces = 0;
  #nonceUses = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : undefined),
      );
    });
  }

  static async start(): Promise<WebdavTestServer> {
    const server = new WebdavTestServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get address(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The test server does not listen.');
    return `http://127.0.0.1:${address.port}`;
  }

  put(path: string, bytes: Uint8Array): void {
    for (let at = path.indexOf('/', 1); at >= 0; at = path.indexOf('/', at + 1))
      this.folders.add(path.slice(0, at + 1));
    this.#versions += 1;
    const modified = new Date(1_700_000_000_000 + this.#versions * 1_000).toUTCString();
    this.files.set(path, { bytes: Buffer.from(bytes), etag: `"v${this.#versions}"`, modified });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: target = '' } = request;
    this.seen.push({ method, target, headers: request.headers });
    const chunks: Buffer[] = [];
    // A sender that goes away in the middle ends this with an error, and nothing is stored.
    for await (const chunk of request) chunks.push(chunk);
    const { status, headers = {}, body = '' } = this.#answer(request, method, target, Buffer.concat(chunks));
    const length = 'transfer-encoding' in headers ? {} : { 'content-length': Buffer.byteLength(body) };
    response.writeHead(status, { ...length, ...headers }).end(body);
  }

  #answer(
    request: IncomingMessage,
    method: string,
    target: string,
    body: Buffer,
  ): { status: number; headers?: Readonly<Record<string, string>>; body?: string | Buffer } {
    const scripted = this.quirks.instead?.(method, target) ?? null;
    if (scripted !== null) return scripted;
    const refusal = this.#refusal(request, method, target);
    if (refusal !== null) return refusal;
    const path = decodeURIComponent(target);
    const folder = path.endsWith('/') ? path : `${path}/`;
    if (method === 'PROPFIND') return this.#describe(path, folder, request.headers.depth === '1');
    if (method === 'GET') return this.#read(path, request.headers.range);
    if (method === 'PUT') {
      if (!this.folders.has(parentOf(path))) return { status: 409 };
      this.put(path, body.subarray(0, this.quirks.keepsBytes));
      return { status: 201 };
    }
    if (method === 'MKCOL') {
      if (this.folders.has(folder) || this.files.has(path.slice(0, -1))) return { status: 405 };
      if (!this.folders.has(parentOf(folder.slice(0, -1)))) return { status: 409 };
      this.folders.add(folder);
      return { status: 201 };
    }
    if (method === 'DELETE') return { status: this.#delete(path, folder) ? 204 : 404 };
    if (method === 'MOVE') return { status: this.#move(path, request) };
    return { status: method === 'OPTIONS' ? 200 : 405 };
  }

  #move(from: string, request: IncomingMessage): number {
    const to = decodeURIComponent(new URL(String(request.headers.destination)).pathname);
    const file = this.files.get(from);
    if (file === undefined) return 404;
    if (!this.folders.has(parentOf(to))) return 409;
    const isThere = this.files.has(to) || this.folders.has(`${to}/`);
    if (isThere && request.headers.overwrite === 'F' && this.quirks.ignoresOverwrite !== true) return 412;
    this.#delete(to, `${to}/`);
    this.files.delete(from);
    this.files.set(to, file);
    return isThere ? 204 : 201;
  }

  /** With everything below it, as the protocol has it. */
  #delete(path: string, folder: string): boolean {
    let isGone = this.files.delete(path) || this.folders.delete(folder);
    for (const below of [...this.files.keys()]) if (below.startsWith(folder)) isGone = this.files.delete(below);
    for (const below of [...this.folders]) if (below.startsWith(folder)) this.folders.delete(below);
    return isGone;
  }

  #read(path: string, range: string | undefined) {
    const file = this.files.get(path);
    // As rclone does: a page that lists the folder.
    if (file === undefined) return this.folders.has(`${path}/`) ? { status: 200, body: '<html>' } : { status: 404 };
    const { bytes, modified } = file;
    const headers = { etag: this.#etagOf(file), 'last-modified': modified, 'content-type': 'image/png' };
    const match = /^bytes=(\d+)-(\d+)$/.exec(range ?? '');
    if (match === null) return { status: 200, headers, body: bytes };
    const [first, last] = [Number(match[1]), Math.min(Number(match[2]), bytes.byteLength - 1)];
    if (first >= bytes.byteLength) return { status: 416 };
    const contentRange = { 'content-range': `bytes ${first}-${last}/${bytes.byteLength}` };
    return { status: 206, headers: { ...headers, ...contentRange }, body: bytes.subarray(first, last + 1) };
  }

  #describe(path: string, folder: string, withChildren: boolean) {
    const isFolder = this.folders.has(folder);
    if (!isFolder && !this.files.has(path)) return { status: 404 };
    const paths = [isFolder ? folder : path];
    if (withChildren && isFolder) {
      for (const each of this.files.keys()) if (parentOf(each) === folder) paths.push(each);
      for (const each of this.folders) if (each !== '/' && parentOf(each.slice(0, -1)) === folder) paths.push(each);
    }
    // Not in the order of names, as real servers answer.
    const responses = paths.toReversed().map((each) => this.#response(each));
    return {
      status: 207,
      body: `<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">${responses.join('')}</D:multistatus>`,
    };
  }

  #response(path: string): string {
    const file = this.files.get(path);
    const host = this.quirks.wholeAddresses === true ? 'https://internal.example:8443' : '';
    const href = host + path.split('/').map(encodeURIComponent).join('/');
    const etag =
      file === undefined || this.quirks.hidesETags === true ? '' : `<D:getetag>${this.#etagOf(file)}</D:getetag>`;
    const props =
      file === undefined
        ? '<D:resourcetype><D:collection/></D:resourcetype>'
        : `<D:resourcetype/><D:getcontentlength>${file.bytes.byteLength}</D:getcontentlength>` +
          `<D:getlastmodified>${file.modified}</D:getlastmodified>${etag}`;
    return (
      `<D:response><D:href>${href}</D:href><D:propstat><D:prop>${props}</D:prop>` +
      '<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>'
    );
  }

  #etagOf(file: StoredFile): string {
    return this.quirks.weakETags === true ? `W/${file.etag}` : file.etag;
  }

  #refusal(request: IncomingMessage, method: string, target: string): ScriptedAnswer | null {
    const uses = this.quirks.digestUses;
    if (uses === undefined) return null;
    const nonce = `nonce-${this.#nonces}`;
    const given = request.headers.authorization ?? '';
    const field = (name: string) => new RegExp(`${name}="?([^",]*)`).exec(given)?.[1] ?? '';
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const own = md5(`${TEST_LOGIN.user}:${REALM}:${TEST_LOGIN.password}`);
    const wanted = md5(`${own}:${nonce}:${field('nc')}:${field('cnonce')}:auth:${md5(`${method}:${target}`)}`);
    this.#nonceUses += 1;
    if (given !== '' && field('response') === wanted && this.#nonceUses <= uses) return null;
    this.#nonces += 1;
    this.#nonceUses = 0;
    const challenge = `Digest realm="${REALM}", nonce="nonce-${this.#nonces}", qop="auth", algorithm=MD5`;
    return { status: 401, headers: { 'www-authenticate': challenge } };
  }
}

/** With "/" at its end. */
function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
