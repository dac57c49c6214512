/**
 * Owns the one listening socket of the house: loopback only, every request judged first, then the page, the keys, the
 * live channel and whatever else is mounted. Must not answer commands itself. Made by headless.ts.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { DOWNLOAD_PATH } from '../../src-shared/contract/channel.ts';
import { PAGE_HEADERS } from '../../src-shared/contract/page-headers.ts';
import { FailureError, failure, toFailure } from '../../src-shared/model/failure.ts';
import type { House } from '../api/house.ts';
import type { PageFile } from '../node-ports/page-files.ts';
import type { Log } from '../ports.ts';
import type { DoorKeys } from './door-keys.ts';
import { headerValues, judgeRequest } from './judge-request.ts';
import { readBody } from './read-body.ts';
import { sendEvidence } from './send-evidence.ts';
import { createSocketDoor } from './socket-door.ts';

/** Answers one path, after the request was judged and its token accepted. */
export type Mounted = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface HttpDoorDeps {
  readonly house: House;
  readonly keys: DoorKeys;
  readonly log: Log;
  readonly files: ReadonlyMap<string, PageFile>;
  /** Path → handler, behind the bearer token: GraphQL, metrics. */
  readonly mounted: ReadonlyMap<string, Mounted>;
}

export interface HttpDoor {
  readonly address: string;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const MAX_CONNECTIONS = 64;
const HEADERS_MS = 5_000;
const REQUEST_MS = 30_000;
const MAX_HEADER_BYTES = 16 * 1024;
/** Codes and tickets are short; GraphQL reads its own body. */
const MAX_KEY_BODY_BYTES = 4 * 1024;

/** Listens on 127.0.0.1; `port` 0 takes a free one. Rejects with FailureError when the port is taken. */
export async function openHttpDoor(deps: HttpDoorDeps, port: number): Promise<HttpDoor> {
  const { keys, log } = deps;
  const sockets = createSocketDoor(deps.house, keys);
  let listeningOn = port;

  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: 1_000,
      // judge-request does it, with an answer of ours.
      requireHostHeader: false,
    },
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        log.error('A request could not be answered.', { failure: toFailure(error) });
        if (response.headersSent) response.destroy();
        else sendJson(response, 500, { code: 'unexpected', message: 'This request could not be answered.' });
      });
    },
  );
  server.maxConnections = MAX_CONNECTIONS;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
    const verdict = judge(request);
    if (verdict.kind === 'refused') {
      sendJson(response, verdict.status, { code: 'permission-denied', message: verdict.reason });
      return;
    }
    const { path } = verdict;
    const isGet = request.method === 'GET' || request.method === 'HEAD';
    const file = isGet ? deps.files.get(path === '/' ? '/index.html' : path) : undefined;
    if (file !== undefined) {
      response.setHeader('Content-Type', file.mediaType);
      response.end(request.method === 'HEAD' ? undefined : await readFile(file.path));
      return;
    }
    if (path.startsWith(DOWNLOAD_PATH)) return answerDownload(path, request, response);
    const mounted = deps.mounted.get(path);
    if (mounted === undefined && path.startsWith('/api/')) await answerKeys(path, request, response);
    else if (mounted === undefined) {
      sendJson(response, 404, { code: 'not-found', message: 'There is nothing at this address.' });
    } else if (isAllowedIn(request, response)) {
      await mounted(request, response);
    }
  }

  function judge(request: IncomingMessage) {
    return judgeRequest(
      { httpVersion: request.httpVersion, target: request.url ?? '', rawHeaders: request.rawHeaders },
      listeningOn,
    );
  }

  async function answerKeys(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return sendJson(response, 405, { code: 'unsupported', message: 'POST only.' });
    if (!isJson(request)) {
      return sendJson(response, 415, { code: 'invalid-input', message: 'Send application/json.' });
    }
    switch (path) {
      case '/api/session': {
        if (isLockedOut(response)) return;
        const token = keys.exchangeCode(await readCode(request));
        if (token === null) {
          keys.noteWrongTry();
          return sendJson(response, 401, { code: 'auth-expired', message: 'This code is used or too old.' });
        }
        return sendJson(response, 200, { token });
      }
      case '/api/ticket':
        if (isAllowedIn(request, response)) sendJson(response, 200, { ticket: keys.newTicket() });
        return;
      case '/api/code':
        if (isAllowedIn(request, response)) sendJson(response, 200, { code: keys.newCode() });
        return;
      default:
        sendJson(response, 404, { code: 'not-found', message: 'There is nothing at this address.' });
    }
  }

  /**
   * A browser's download carries no token: the link itself is the key, good once. A wrong one counts as no wrong try,
   * since any page can ask for an address here, and 256 bits are not found by trying.
   */
  async function answerDownload(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET') return sendJson(response, 405, { code: 'unsupported', message: 'GET only.' });
    const file = deps.house.takeEvidence(path.slice(DOWNLOAD_PATH.length));
    if (file !== null) return sendEvidence(file, response);
    sendJson(response, 404, { code: 'not-found', message: 'This link is used or too old.' });
  }

  function isLockedOut(response: ServerResponse): boolean {
    if (!keys.isLockedOut()) return false;
    response.setHeader('Retry-After', '60');
    sendJson(response, 429, { code: 'rate-limited', message: 'Too many wrong tries. Wait a minute.' });
    return true;
  }

  /** Answers the request itself when it is not. */
  function isAllowedIn(request: IncomingMessage, response: ServerResponse): boolean {
    if (isLockedOut(response)) return false;
    const given = /^Bearer (\S+)$/.exec(headerValues(request.rawHeaders, 'authorization')[0] ?? '')?.[1];
    if (given !== undefined && keys.isToken(given)) return true;
    if (given !== undefined) keys.noteWrongTry();
    response.setHeader('WWW-Authenticate', 'Bearer');
    sendJson(response, 401, {
      code: 'auth-expired',
      message: 'A valid token is missing.',
      hint: 'Programs find theirs in door.json of the profile.',
    });
    return false;
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const verdict = judge(request);
    // A browser always says where a socket comes from; whoever does not has to bring a ticket all the same.
    if (verdict.kind === 'refused' || verdict.path !== '/ws') refuseUpgrade(socket);
    else sockets.accept(request, socket as Socket, head);
  });
  server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));

  listeningOn = await listen(server, port);
  return {
    address: `http://${LOOPBACK}:${listeningOn}`,
    async close() {
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? failure('already-exists', `Port ${port} is taken.`, {
              hint: 'Choose another with --port, or --port 0 for any.',
            })
          : failure('network', `Port ${port} cannot be used: ${error.message}`);
      reject(new FailureError(reason, { cause: error }));
    });
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('The server has no port.'));
      else resolve(address.port);
    });
  });
}

function isJson(request: IncomingMessage): boolean {
  return /^application\/json(;|$)/i.test(request.headers['content-type'] ?? '');
}

/** The code of the body; empty when there is none, which no code is. */
async function readCode(request: IncomingMessage): Promise<string> {
  try {
    const body: unknown = JSON.parse((await readBody(request, MAX_KEY_BODY_BYTES)) ?? '');
    const code = typeof body === 'object' && body !== null ? Reflect.get(body, 'code') : '';
    return typeof code === 'string' ? code : '';
  } catch {
    return '';
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}

function refuseUpgrade(socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
