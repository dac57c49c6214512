/**
 * Proves that an asset is published on a server behind a front that ends TLS, where the server knows its address as
 * http:// only, and that a gateway that really is bad is told as one. Real sockets; Apache itself is tried by test:servers.
 */
import { request as forward, type IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bytesOf, NEVER_ABORTED, streamBody, writeOptions } from '../conformance/fixture.ts';
import type { Provider } from '../provider.ts';
import { makeTestCertificate } from '../wire/test-certificates.ts';
import { createWebdav } from './webdav-provider.ts';
import { WebdavTestServer } from './webdav-test-server.ts';

const own = makeTestCertificate({ name: 'front', by: null, hosts: ['127.0.0.1'] });
let server: WebdavTestServer;
let front: Server;
let provider: Provider;
/** Whether the move is made before the front says that it was not. */
let losesAnswers = false;
const destinations: string[] = [];

beforeEach(async () => {
  destinations.length = 0;
  losesAnswers = false;
  server = await WebdavTestServer.start();
  server.folders.add('/set/');
  front = createServer({ cert: own.certificate, key: own.key }, (request, response) => {
    const { method = '', headers } = request;
    if (method === 'MOVE') destinations.push(String(headers.destination));
    const isRefused = method === 'MOVE' && String(headers.destination).startsWith('https:');
    const pass = (use: (answer: IncomingMessage) => void): void => {
      const onward = forward(new URL(request.url ?? '', server.address), { method, headers }, use);
      void pipeline(request, onward);
    };
    const refuse = (): void => void response.writeHead(502).end();
    if (isRefused && losesAnswers) pass((answer) => answer.resume().on('end', refuse));
    else if (isRefused) refuse();
    else pass((answer) => void pipeline(answer, response.writeHead(answer.statusCode ?? 500, answer.headers)));
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const bound = front.address();
  const address = `https://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}/`;
  provider = createWebdav({ options: { address, login: 'none', authority: own.certificate }, secrets: {} });
});
afterEach(async () => {
  await provider.close();
  front.close();
  await server.stop();
});

test('a server that takes https:// for another one is told http://, and nothing else is', async () => {
  const bytes = bytesOf(1_000);
  await provider.write('set', 'a b.bin', streamBody(bytes), writeOptions());
  expect(server.files.get('/set/a b.bin')?.bytes).toEqual(bytes);
  expect(destinations.map((text) => text.replace(/:\d+/, ''))).toEqual([
    'https://127.0.0.1/set/a%20b.bin',
    'http://127.0.0.1/set/a%20b.bin',
  ]);
});

test('a move whose answer the gateway lost is its failure, to be tried again', async () => {
  losesAnswers = true;
  const writing = provider.write('set', 'a.bin', streamBody(bytesOf(10)), writeOptions());
  await expect(writing).rejects.toMatchObject({
    failure: { code: 'network', retryable: true, message: expect.stringContaining('(502)') },
  });
  expect(await provider.head('set', 'a.bin', NEVER_ABORTED)).toMatchObject({ sizeBytes: 10 });
});
