/**
 * Owns the proof that answers at the edge of HTTP are read as it has them or refused, and that one which neither says its
 * length nor marks its end is never taken for whole without a word. Raw sockets: no library sends such answers.
 */
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { codeOf, listKeys, NEVER_ABORTED, readAll } from '../conformance/fixture.ts';
import type { Provider } from '../provider.ts';
import { createHttp } from './http-provider.ts';

let provider: Provider;
let server: Server;
let answer = '';
let origin = '';

beforeEach(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  provider = createHttp({ options: { allowPrivateAddresses: 'true' }, secrets: {} });
});
afterEach(async () => {
  await provider.close();
  server.close();
});

describe('an asset', () => {
  test.each([
    ['HTTP/1.0 200 OK\r\n\r\nall of it', true],
    ['HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it', true],
    ['HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\nall of it', false],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nall of it\r\n0\r\n\r\n', false],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9;x=y\r\nall of it\r\n0\r\nX-Sum: 1\r\n\r\n', false],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nall of it\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n', false],
    [
      `${'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'.repeat(50)}HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nall of it`,
      false,
    ],
    ['HTTP/1.1 200 OK\r\ncontent-length: 9\r\nlast-modified: Fri, 01 Jan 2100 00:00:00 GMT\r\n\r\nall of it', false],
  ])('%j', async (sent, endsUnmarked) => {
    answer = sent;
    const opened = await provider.open('', `${origin}/x`, { signal: NEVER_ABORTED });
    expect(opened.endsUnmarked === true).toBe(endsUnmarked);
    expect((await readAll(opened.body)).toString()).toBe('all of it');
  });

  test.each([
    'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nall of it',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nall of it\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nall of it',
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nall of it\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Length: 8\r\n\r\nall of it',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: -9\r\n\r\nall of it',
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX-A: one\rSet-Cookie: two\r\n\r\nall of it',
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX\0: one\r\n\r\nall of it',
    'HTTP/1.1 206 Partial Content\r\nContent-Length: 9\r\nContent-Range: bytes 0-8/9\r\n\r\nall of it',
  ])('%j is a network failure', async (sent) => {
    answer = sent;
    const reading = provider.open('', `${origin}/x`, { signal: NEVER_ABORTED }).then(({ body }) => readAll(body));
    expect(await codeOf(reading)).toBe('network');
  });
});

test('an index page that breaks off is not taken for the whole folder', async () => {
  const head = 'HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>';
  answer = `${head}<a href="a">a</a><a href="b">b</a></body></html>\n`;
  expect(await listKeys(provider, `${origin}/files/`, '')).toEqual(['a', 'b']);
  answer = `${head}<a href="a">a</a>`;
  expect(await codeOf(listKeys(provider, `${origin}/files/`, ''))).toBe('network');
});
