/**
 * Owns the proof that pages of a listing that no service in order sends are refused with a reason, never taken for the
 * whole of a bucket.
 */
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { codeOf, listKeys, NEVER_ABORTED } from '../conformance/fixture.ts';
import type { Provider } from '../provider.ts';
import { createS3 } from './s3-provider.ts';

let server: Server;
let provider: Provider;
let body = '';

beforeEach(async () => {
  server = createServer((_, response) => response.writeHead(200, { 'content-type': 'application/xml' }).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  provider = createS3({ options: { endpoint, accessKeyId: 'a' }, secrets: { secretAccessKey: 'b' } });
});
afterEach(async () => {
  await provider.close();
  server.closeAllConnections();
  server.close();
});

const row = (key: string, size = '1', etag = '<ETag>"e"</ETag>') =>
  `<Contents><Key>${key}</Key><Size>${size}</Size>${etag}</Contents>`;
const page = (rows: string, goesOn = false) =>
  `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${goesOn}</IsTruncated>${rows}</ListBucketResult>`;

test.each([
  ['a negative size', page(row('a', '-1')), 'unexpected'],
  ['a size beyond all numbers', page(row('a', '9223372036854775808')), 'unexpected'],
  ['a size in other words', page(row('a', '1e3')), 'unexpected'],
  ['no size', page(row('a', '')), 'unexpected'],
  ['an empty page that goes on', page('', true), 'unexpected'],
  ['a page that ends early', page(row('a')).slice(0, -9), 'unexpected'],
  ['a page of a proxy', '<html><body>Sign in to the network</body></html>', 'unexpected'],
  ['a refusal with status 200', '<Error><Code>AccessDenied</Code></Error>', 'permission-denied'],
  ['a key whose bytes are no UTF-8', page(row('%FF')), 'name-invalid'],
  // As Amazon's directory buckets list: what comes after the last key is not all that is left.
  ['an order of its own on a page that goes on', page(row('b') + row('a'), true), 'unsupported'],
  ['a key twice on a page that goes on', page(row('a') + row('a'), true), 'unsupported'],
])('%s', async (_, xml, code) => {
  body = xml;
  expect(await codeOf(listKeys(provider, 'bucket', ''))).toBe(code);
});

test.each([
  ['the last page in an order of its own', page(row('a'), true), page(row('c') + row('b'))],
  ['a page that begins before its place', page(row('b'), true), page(row('a') + row('c'), true)],
])('%s', async (_, first, second) => {
  body = first;
  const ask = (position: string | null) => provider.list('bucket', '', { position, limit: 10, signal: NEVER_ABORTED });
  const { position } = await ask(null);
  body = second;
  expect(await codeOf(ask(position))).toBe('unsupported');
});

test('a bucket that is listed whole in one page may have an order of its own', async () => {
  body = page(row('b') + row('a'));
  expect(await listKeys(provider, 'bucket', '')).toEqual(['b', 'a']);
});

test('the order is that of bytes, which is not that of characters in this language', async () => {
  body = page(row('%EF%BC%A1') + row('%F0%9F%98%80'), true);
  const { assets } = await provider.list('bucket', '', { position: null, limit: 10, signal: NEVER_ABORTED });
  expect(assets.map(({ key }) => key)).toEqual(['\uFF21', '\u{1F600}']);
});

test('an object without an ETag has no version', async () => {
  body = page(row('a', '1', ''));
  const { assets } = await provider.list('bucket', '', { position: null, limit: 10, signal: NEVER_ABORTED });
  expect(assets).toEqual([{ key: 'a', sizeBytes: 1 }]);
});
