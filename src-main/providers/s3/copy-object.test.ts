/**
 * Proves that a copy inside one service is only taken for proven where the service's own digests say so, and that it is
 * left alone where it cannot be had.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bufferBody, bytesOf, codeOf, md5, NEVER_ABORTED, writeOptions } from '../conformance/fixture.ts';
import type { CopySource } from '../provider.ts';
import { MULTIPART_FROM_BYTES } from './limits.ts';
import { S3Client } from './s3-client.ts';
import { S3Provider } from './s3-provider.ts';
import { s3Settings } from './s3-settings.ts';
import { S3TestServer } from './s3-test-server.ts';

let server: S3TestServer;
let provider: S3Provider;
const bytes = bytesOf(30_000);

function makeProvider(endpoint = server.endpoint): S3Provider {
  const { accessKeyId, secretAccessKey, region } = server.keys;
  const settings = s3Settings({ options: { endpoint, region, accessKeyId }, secrets: { secretAccessKey } });
  return new S3Provider(new S3Client(settings), MULTIPART_FROM_BYTES);
}

beforeEach(async () => {
  server = await S3TestServer.start();
  for (const name of ['from', 'to']) server.buckets.set(name, new Map());
  provider = makeProvider();
  const options = writeOptions({ headers: { cacheControl: 'max-age=60' }, metadata: { owner: 'web' } });
  await provider.write('from', 'a/../b c+ä.png', bufferBody(bytes), options);
});

afterEach(async () => {
  await provider.close();
  await server.stop();
});

async function source(from = provider): Promise<CopySource> {
  const page = await provider.list('from', '', { position: null, limit: 1, signal: NEVER_ABORTED });
  const [head] = page.assets;
  if (head === undefined) throw new Error('The source is not there.');
  return { provider: from, container: 'from', key: head.key, head };
}

test('an object is copied with its headers, and the digests of both ends prove it', async () => {
  const result = await provider.copyFrom(await source(), 'to', 'new/key', writeOptions());
  expect(result).toEqual({ versionToken: `"${md5(bytes)}"`, digests: { md5: md5(bytes) }, vouches: 'checksum' });
  expect(await provider.head('to', 'new/key', NEVER_ABORTED)).toMatchObject({
    sizeBytes: 30_000,
    headers: { cacheControl: 'max-age=60' },
    metadata: { owner: 'web' },
    versionToken: result?.versionToken,
  });
});

test('another version than the one that was listed is source-changed, and nothing is there', async () => {
  const listed = await source();
  await provider.write('from', listed.key, bufferBody(bytesOf(5)), writeOptions());
  expect(await codeOf(provider.copyFrom(listed, 'to', 'new', writeOptions()))).toBe('source-changed');
  expect(await provider.head('to', 'new', NEVER_ABORTED)).toBeNull();
});

test('a copy whose digest says nothing vouches for nothing, and the service is not asked again', async () => {
  server.quirks.opaqueCopies = true;
  expect(await provider.copyFrom(await source(), 'to', 'one', writeOptions())).toMatchObject({ vouches: null });
  expect(await provider.copyFrom(await source(), 'to', 'two', writeOptions())).toBeNull();
  expect(await provider.head('to', 'two', NEVER_ABORTED)).toBeNull();
});

test('where something new may not be replaced, from another account, or without a digest, nothing happens', async () => {
  const other = makeProvider(server.endpoint.replace('127.0.0.1', 'localhost'));
  const listed = await source();
  const inParts = { ...listed, head: { ...listed.head, versionToken: `"${md5(bytes)}-3"` } };
  expect(await provider.copyFrom(listed, 'to', 'x', writeOptions({ onlyIfAbsent: true }))).toBeNull();
  expect(await provider.copyFrom({ ...listed, provider: other }, 'to', 'x', writeOptions())).toBeNull();
  expect(await provider.copyFrom(inParts, 'to', 'x', writeOptions())).toBeNull();
  expect(await provider.head('to', 'x', NEVER_ABORTED)).toBeNull();
  await other.close();
});
