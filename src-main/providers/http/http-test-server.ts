/**
 * Owns a web server inside the test process: files in memory, index pages as nginx and Apache write them, and on demand
 * the ways in which servers misbehave. Must not be used by the product. Called by tests.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export type IndexStyle = 'nginx-html' | 'nginx-json' | 'apache-html';

export interface HttpQuirks {
  readonly ignoresRanges?: boolean;
  /** Answers a range with its neighbour. */
  readonly shiftsRanges?: boolean;
  readonly sendsNoETag?: boolean;
  readonly sendsNoLength?: boolean;
  /** HEAD is answered without the length that GET has. */
  readonly headsWithoutLength?: boolean;
  /** Cuts the connection after this many bytes of a body. */
  readonly cutsAfterBytes?: number;
  /** Sends these too, after as many bytes as it declared. */
  readonly sendsMore?: Uint8Array;
  /** The file becomes this one while it is sent. */
  readonly changesTo?: Uint8Array;
  /** Refuses HEAD with 405. */
  readonly refusesHead?: boolean;
  /** Asks for this Authorization header. */
  readonly wants?: string;
  /** Answers everything with this status. */
  readonly status?: number;
  readonly retryAfter?: string;
  readonly contentEncoding?: string;
}

export interface SeenRequest {
  readonly method: string;
  /** As it came over the wire. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export class HttpTestServer {
  /** Path, decoded, without the leading "/" → file. */
  readonly files = new Map<string, { readonly bytes: Buffer; readonly contentType: string }>();
  /** Folders that are there without any file in them; each ends with "/". */
  readonly folders = new Set<string>();
  /** Raw target → what is sent instead of a file. */
  readonly pages = new Map<
    string,
    { readonly status: number; readonly headers: Record<string, string>; readonly body: string | Uint8Array }
  >();
  readonly seen: SeenRequest[] = [];
  quirks: HttpQuirks = {};
  style: IndexStyle = 'nginx-html';
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  static async start(): Promise<HttpTestServer> {
    const server = new HttpTestServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The server does not listen.');
    return address.port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  put(path: string, bytes: Uint8Array, contentType = 'application/octet-stream'): void {
    this.files.set(path, { bytes: Buffer.from(bytes), contentType });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const target = request.url ?? '';
    this.seen.push({ method: request.method ?? '', target, headers: request.headers });
    const { quirks } = this;
    const page = this.pages.get(target);
    const path = decodeURIComponent(target.split('?', 1)[0] ?? '').slice(1);
    const file = this.files.get(path);
    if (quirks.retryAfter !== undefined) response.setHeader('retry-after', quirks.retryAfter);
    if (quirks.status !== undefined) response.writeHead(quirks.status).end();
    else if (quirks.wants !== undefined && request.headers.authorization !== quirks.wants)
      response.writeHead(401).end();
    else if (request.method === 'HEAD' && quirks.refusesHead === true) response.writeHead(405).end();
    else if (page !== undefined) response.writeHead(page.status, page.headers).end(page.body);
    else if (file !== undefined) {
      this.#sendFile(request, response, file.bytes, file.contentType);
      if (request.method === 'GET' && quirks.changesTo !== undefined) this.put(path, quirks.changesTo);
    } else if (this.#isFolder(path)) this.#sendIndex(response, path);
    else response.writeHead(404).end('not here');
  }

  #isFolder(path: string): boolean {
    if (path !== '' && !path.endsWith('/')) return false;
    return path === '' || this.folders.has(path) || [...this.files.keys()].some((file) => file.startsWith(path));
  }

  #sendFile(request: IncomingMessage, response: ServerResponse, bytes: Buffer, contentType: string): void {
    const { quirks } = this;
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    const size = bytes.byteLength;
    const range = quirks.ignoresRanges === true ? null : /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const wanted = request.headers['if-match'];
    const shift = quirks.shiftsRanges === true && range !== null ? 1 : 0;
    const first = Number(range?.[1] ?? 0) + shift;
    const last = Math.min(size - 1, Number(range?.[2] ?? size - 1) + shift);
    if (wanted !== undefined && wanted !== etag) {
      response.writeHead(412).end();
      return;
    }
    if (range !== null && first >= size) {
      response.writeHead(416).end();
      return;
    }
    const body = bytes.subarray(first, last + 1);
    const isUnsized =
      quirks.sendsNoLength === true || (quirks.headsWithoutLength === true && request.method === 'HEAD');
    response.writeHead(range === null ? 200 : 206, {
      'content-type': contentType,
      'last-modified': 'Fri, 20 Nov 2026 21:59:00 GMT',
      ...(quirks.sendsNoETag === true ? {} : { etag }),
      ...(isUnsized ? {} : { 'content-length': body.byteLength }),
      ...(quirks.contentEncoding === undefined ? {} : { 'content-encoding': quirks.contentEncoding }),
      ...(range === null ? {} : { 'content-range': `bytes ${first}-${last}/${size}` }),
    });
    if (request.method === 'HEAD') response.end();
    else if (quirks.sendsMore !== undefined) response.end(Buffer.concat([body, quirks.sendsMore]));
    else if (quirks.cutsAfterBytes === undefined) response.end(body);
    else response.write(body.subarray(0, quirks.cutsAfterBytes), () => response.destroy());
  }

  #sendIndex(response: ServerResponse, folder: string): void {
    const names = new Map<string, number>();
    for (const [path, { bytes }] of this.files) {
      if (!path.startsWith(folder)) continue;
      const [name = '', ...deeper] = path.slice(folder.length).split('/');
      names.set(deeper.length > 0 ? `${name}/` : name, bytes.byteLength);
    }
    const json = this.style === 'nginx-json';
    const text = json
      ? jsonPage(names)
      : this.style === 'apache-html'
        ? apachePage(names, folder)
        : nginxPage(names, folder);
    response.writeHead(200, { 'content-type': json ? 'application/json' : 'text/html; charset=utf-8' }).end(text);
  }
}

function link(name: string): string {
  return encodeURIComponent(name).replaceAll('%2F', '/');
}

function nginxPage(names: ReadonlyMap<string, number>, folder: string): string {
  const rows = [...names].map(([name, size]) => {
    const shown = escapeHtml(name.length > 50 ? `${name.slice(0, 47)}..&gt;` : name);
    return `<a href="${link(name)}">${shown}</a>      20-Nov-2026 21:59      ${name.endsWith('/') ? '-' : size}`;
  });
  return `<html>\r\n<head><title>Index of /${escapeHtml(folder)}</title></head>\r\n<body>\r\n<h1>Index</h1><hr><pre><a href="../">../</a>\r\n${rows.join('\r\n')}\r\n</pre><hr></body>\r\n</html>\r\n`;
}

function apachePage(names: ReadonlyMap<string, number>, folder: string): string {
  const parent = `/${folder.split('/').slice(0, -2).map(link).join('/')}`;
  const rows = [...names].map(([name, size]) => {
    const about = name.endsWith('/') ? '-' : size < 1_000 ? String(size) : `${(size / 1_024).toFixed(1)}K`;
    return `<tr><td><a href="${link(name)}">${escapeHtml(name)}</a></td><td align="right">2026-11-20 21:59  </td><td align="right">${about}</td></tr>`;
  });
  return `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN"><html><body><table><tr><th><a href="?C=N;O=D">Name</a></th></tr><tr><td><a href="${parent}">Parent Directory</a></td></tr>${rows.join('\n')}</table><address>Apache <a href="https://httpd.apache.org/">httpd</a></address></body></html>`;
}

function jsonPage(names: ReadonlyMap<string, number>): string {
  const rows = [...names].map(([name, size]) =>
    name.endsWith('/')
      ? { name: name.slice(0, -1), type: 'directory', mtime: 'Fri, 20 Nov 2026 21:59:00 GMT' }
      : { name, type: 'file', mtime: 'Fri, 20 Nov 2026 21:59:00 GMT', size },
  );
  return JSON.stringify(rows);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
