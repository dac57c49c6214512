/** Proves that an answer is read whole and in order, no faster than it is wanted, and that what breaks it off is told. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { openConnections } from './connections.ts';
import { type Answer, exchange } from './exchange.ts';

const NEVER_ABORTED = new AbortController().signal;
const MIB = 1024 * 1024;
const agent = openConnections({ trust: null });
let server: Server | null = null;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const get = (origin: string, signal = NEVER_ABORTED): Promise<Answer> =>
  exchange(agent, { origin, path: '/', method: 'GET' }, signal);

async function read({ body }: Answer): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('a long answer is read whole and in order', async () => {
  const sent = Buffer.alloc(3 * MIB, 'some bytes in their order');
  const origin = await serve((_, response) => response.end(sent));
  const answer = await get(origin);
  expect(answer.status).toBe(200);
  expect((await read(answer)).equals(sent)).toBe(true);
});

test('a server whose answer nobody takes is made to wait', async () => {
  const wanted = 64 * MIB;
  let drained = false;
  let leftBytes = 0;
  const origin = await serve((_, response) => {
    Readable.from(
      (function* () {
        for (let sent = 0; sent < wanted; sent += MIB) {
          leftBytes = wanted - sent;
          yield Buffer.alloc(MIB);
        }
        drained = true;
      })(),
    ).pipe(response);
  });
  const answer = await get(origin);
  let before = -1;
  // Once nothing moves any more, most of it is still to come.
  await vi.waitUntil(
    () => {
      const isStill = before === leftBytes;
      before = leftBytes;
      return isStill;
    },
    { interval: 200, timeout: 10_000 },
  );
  expect(drained).toBe(false);
  expect(leftBytes).toBeGreaterThan(wanted / 2);
  expect((await read(answer)).byteLength).toBe(wanted);
});

test('what breaks an answer off is thrown where it is read, and nowhere else', async () => {
  const origin = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('some', () => response.destroy());
  });
  const unread = await get(origin);
  unread.body.resume();
  await expect(read(await get(origin))).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
});

test('an abort is told as its reason, before the headers and after', async () => {
  const origin = await serve((request, response) => {
    if (request.url === '/') response.writeHead(200).write('some');
  });
  const reason = new Error('enough');
  await expect(get(origin, AbortSignal.abort(reason))).rejects.toBe(reason);
  const early = new AbortController();
  const waiting = exchange(agent, { origin, path: '/silent', method: 'GET' }, early.signal);
  early.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  const late = new AbortController();
  const answer = await get(origin, late.signal);
  const reading = read(answer);
  late.abort(reason);
  await expect(reading).rejects.toBe(reason);
});

test('bytes that fail on their way out are given up, and their failure is told', async () => {
  const origin = await serve((request) => request.resume());
  const reason = new Error('the source broke');
  let isClosed = false;
  async function* failing() {
    try {
      yield Buffer.from('some');
      throw reason;
    } finally {
      isClosed = true;
    }
  }
  const body = Readable.from(failing(), { objectMode: false });
  const sent = exchange(agent, { origin, path: '/', method: 'PUT', body }, NEVER_ABORTED);
  await expect(sent).rejects.toBe(reason);
  expect(isClosed).toBe(true);
});

test('an answer that is given up takes its connection along', async () => {
  const origin = await serve((_, response) => void response.writeHead(200, { 'content-length': '100' }).write('some'));
  const closed = new Promise<void>((resolve) => {
    server?.once('connection', (socket) => socket.once('close', () => resolve()));
  });
  (await get(origin)).body.destroy();
  await closed;
});
