/**
 * Owns the proof that what goes wrong below HTTP is told in words, with the host in them. Real sockets.
 */
import { createServer, type Server } from 'node:net';
import type { Dispatcher } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { type FailureCode, FailureError } from '../../../src-shared/model/failure.ts';
import { NEVER_ABORTED, readAll } from '../conformance/fixture.ts';
import { openConnections } from './connections.ts';
import { networkFailure } from './network-failure.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A server that sends the text to whoever asks, then closes. */
async function listen(answer: string): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => server.close());
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

async function ask(
  url: string,
  use = async ({ body }: Dispatcher.ResponseData) => readAll(body),
): Promise<FailureError> {
  const agent = openConnections({ trust: null });
  open.push(() => agent.destroy());
  try {
    await use(await agent.request({ origin: new URL(url).origin, path: '/', method: 'GET' }));
  } catch (thrown) {
    const failed = networkFailure(thrown, new URL(url).host, NEVER_ABORTED, { field: 'options.endpoint' });
    if (failed instanceof FailureError) return failed;
    throw failed;
  }
  throw new Error('The request did not fail.');
}

async function expectFailure(url: string, code: FailureCode, words: RegExp): Promise<void> {
  const { failure } = await ask(url);
  expect(failure).toMatchObject({ code, field: 'options.endpoint' });
  expect(failure.message).toContain(new URL(url).host);
  expect(failure.message).toMatch(words);
}

test('nobody listens', () => expectFailure('http://127.0.0.1:9', 'network', /refuses the connection/));

test('no such name', () => expectFailure('http://no-such-host.invalid', 'network', /name cannot be/));

test('something that is not HTTP', async () => {
  await expectFailure(`http://${await listen('SSH-2.0-OpenSSH_9.2\r\n')}`, 'network', /not HTTP/);
});

test('plain HTTP where TLS is expected', async () => {
  await expectFailure(`https://${await listen('HTTP/1.1 400 Bad Request\r\n\r\n')}`, 'network', /does not speak TLS/);
});

test('a connection that ends before the answer', async () => {
  await expectFailure(`http://${await listen('')}`, 'network', /broke the connection/);
});

test('an answer that ends before its length', async () => {
  const host = await listen('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this');
  await expectFailure(`http://${host}`, 'network', /broke the connection|another number of bytes/);
});

test('once aborted, the abort is the reason', () => {
  const reason = new Error('enough');
  expect(networkFailure(new Error('socket'), 'h', AbortSignal.abort(reason))).toBe(reason);
});

test('what is no network error passes unchanged', () => {
  const bug = new TypeError('x is not a function');
  expect(networkFailure(bug, 'h', NEVER_ABORTED)).toBe(bug);
});
