/**
 * Owns the proof that tokens that end, throttling, packed objects, damaged bytes and empty pages are survived, and that
 * copies within the service are made by the service.
 */
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FailureCode } from '../../../src-shared/model/failure.ts';
import {
  bufferBody,
  bytesOf,
  codeOf,
  listKeys,
  md5,
  NEVER_ABORTED,
  readAll,
  streamBody,
  writeOptions,
} from '../conformance/fixture.ts';
import type { CopySource, Provider } from '../provider.ts';
import { createGcs } from './gcs-provider.ts';
import { GcsTestServer } from './gcs-test-server.ts';

const LARGE = bytesOf(17 * 1024 * 1024);
let server: GcsTestServer;
let provider: Provider;

beforeEach(async () => {
  server = await GcsTestServer.start();
  for (const bucket of ['assets', 'other']) server.objects.buckets.set(bucket, new Map());
  provider = createGcs(server.account());
});
afterEach(async () => {
  await provider.close();
  await server.stop();
});

const stored = (key: string, bucket = 'assets') => server.objects.buckets.get(bucket)?.get(key);
const writeSmall = (key: string, given = {}, bytes: Uint8Array = bytesOf(100)) =>
  provider.write('assets', key, bufferBody(bytes), writeOptions(given));
const writeLarge = (key: string, given = {}) => provider.write('assets', key, streamBody(LARGE), writeOptions(given));
const read = async (key: string, range?: { first: number; last: number }) => {
  const opened = await provider.open('assets', key, { signal: NEVER_ABORTED, ...(range && { range }) });
  return readAll(opened.body);
};

describe('access tokens', () => {
  test('one serves all who ask at the same time, and later ones', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, at) => writeSmall(`k${at}`)));
    await writeLarge('large');
    expect(server.tokens.count).toBe(1);
  });

  test.each([
    ['small', writeSmall],
    ['large', writeLarge],
  ])('one that ends early is replaced in the middle of a %s write', async (_, write) => {
    await writeSmall('before');
    server.tokens.valid.clear();
    expect((await write('x')).vouches).toBe('checksum');
    expect(server.tokens.count).toBe(2);
  });

  test('a service that takes none is auth-expired, after one more token', async () => {
    server.setQuirks({ refusals: { count: 9, status: 401, reason: 'authError' } });
    await expect(writeSmall('x')).rejects.toMatchObject({
      failure: { code: 'auth-expired', field: 'secrets.serviceAccountKey', retryable: false },
    });
    expect(server.tokens.count).toBe(2);
  });

  test('who is aborted while one is asked for leaves, and the others get it', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const aborted = writeSmall('x', { signal: stop.signal });
    const other = writeSmall('y');
    await Promise.resolve();
    stop.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    expect((await other).vouches).toBe('checksum');
    expect(stored('x')).toBeUndefined();
  });
});

test.each<[number, string, FailureCode]>([
  [429, 'rateLimitExceeded', 'rate-limited'],
  [403, 'rateLimitExceeded', 'rate-limited'],
  [503, 'backendError', 'rate-limited'],
])('%i %s is told with the wait that was asked for', async (status, reason, code) => {
  server.setQuirks({ refusals: { count: 1, status, reason } });
  await expect(writeSmall('x')).rejects.toMatchObject({ failure: { code, retryAfterMs: 7_000, retryable: true } });
  await writeSmall('x');
});

describe('objects that are stored packed', () => {
  const plain = Buffer.from('unpacked '.repeat(10_000));
  const packed = gzipSync(plain);
  const headers = { contentType: 'text/css', contentEncoding: 'gzip' };

  test('come as they are stored, whole and in ranges', async () => {
    await writeSmall('x.css', { headers }, packed);
    expect(await read('x.css')).toEqual(packed);
    expect(await read('x.css', { first: 3, last: 9 })).toEqual(packed.subarray(3, 10));
  });

  test('are refused where something unpacks them on the way', async () => {
    await writeSmall('x.css', { headers }, packed);
    server.setQuirks({ alwaysUnpacks: true });
    expect(await codeOf(read('x.css'))).toBe('unsupported');
  });
});

describe('bytes that the service damages', () => {
  test.each([
    ['small', writeSmall],
    ['large', writeLarge],
  ])('are removed again: %s', async (_, write) => {
    server.setQuirks({ damagesBytes: true });
    expect(await codeOf(write('x'))).toBe('checksum-mismatch');
    expect(stored('x')).toBeUndefined();
    expect(server.requests.at(-1)).toMatch(/^DELETE .*\?generation=\d+$/);
  });

  test('on their way are refused before anybody sees them', async () => {
    const { versionToken } = await writeSmall('x');
    const body = { ...bufferBody(bytesOf(100)), digests: bufferBody(bytesOf(100)).digests };
    expect(await codeOf(provider.write('assets', 'x', body, writeOptions()))).toBe('checksum-mismatch');
    expect(stored('x')?.generation).toBe(versionToken);
  });

  test('are not vouched for where no digests are told, and the connection test says so', async () => {
    server.setQuirks({ hidesDigests: true });
    expect((await writeSmall('x')).vouches).toBeNull();
    expect((await writeLarge('y')).vouches).toBeNull();
    const report = await provider.check('assets', '', 'destination', NEVER_ABORTED);
    expect(report.remarks.join()).toContain('read back');
  });
});

test('a listing goes on after empty pages, and not for ever', async () => {
  const keys = Array.from({ length: 12 }, (_, at) => `k${String(at).padStart(2, '0')}`);
  for (const key of keys) await writeSmall(key);
  server.setQuirks({ emptyPages: 3 });
  expect(await listKeys(provider, 'assets', 'k', 5)).toEqual(keys);
  server.setQuirks({ emptyPages: 1_000 });
  expect(await codeOf(listKeys(provider, 'assets', 'k', 5))).toBe('unexpected');
});

test.each([{}, { kind: 'storage#object' }, { error: 'Sign in to the network' }])(
  '%j in place of a listing is not an empty bucket',
  async (insteadOfListing) => {
    server.setQuirks({ insteadOfListing });
    expect(await codeOf(listKeys(provider, 'assets', ''))).toBe('unexpected');
  },
);

test('a listing goes on where its last key was removed meanwhile', async () => {
  for (const key of ['a', 'b', 'c', 'd']) await writeSmall(key);
  const options = { limit: 2, signal: NEVER_ABORTED };
  const { position } = await provider.list('assets', '', { position: null, ...options });
  await provider.remove('assets', 'b', NEVER_ABORTED);
  const rest = await provider.list('assets', '', { position, ...options });
  expect(rest.assets.map(({ key }) => key)).toEqual(['c', 'd']);
  expect(rest.position).toBeNull();
});

test('an object that is replaced between its description and its bytes is source-changed', async () => {
  await writeSmall('x');
  const beforeBytes = () => server.objects.make('assets', 'x', bytesOf(100), { name: 'x' }, null);
  server.setQuirks({ beforeBytes });
  expect(await codeOf(read('x'))).toBe('source-changed');
});

test('keys go on the wire byte by byte', async () => {
  await writeSmall('warm');
  server.requests.length = 0;
  for (const key of ['a/../k', 'a//k', '/lead', 'a b+c%2F', 'é']) await provider.remove('assets', key, NEVER_ABORTED);
  expect(server.requests.map((line) => line.replace('DELETE /storage/v1/b/assets/o/', ''))).toEqual([
    'a%2F..%2Fk',
    'a%2F%2Fk',
    '%2Flead',
    'a%20b%2Bc%252F',
    '%C3%A9',
  ]);
});

test('one request for each small write, two for each read', async () => {
  await writeSmall('x');
  await read('x');
  const kinds = server.requests.map((line) => line.split('?')[0]);
  expect(kinds).toEqual([
    'POST /token',
    'POST /upload/storage/v1/b/assets/o',
    'GET /storage/v1/b/assets/o/x',
    'GET /storage/v1/b/assets/o/x',
  ]);
});

test('what no header can carry is refused before anything is sent', async () => {
  expect(await codeOf(writeSmall('x', { metadata: { a: 'b\r\nx-evil: 1' } }))).toBe('invalid-input');
  expect(await codeOf(writeSmall('x', { headers: { contentType: 'a\nb' } }))).toBe('invalid-input');
  expect(server.requests).toEqual([]);
});

test('an ACL goes with every kind of write, and none where none is asked for', async () => {
  const acls = () =>
    server.requests
      .filter((line) => line.startsWith('POST /upload'))
      .map((line) => /predefinedAcl=(\w+)/.exec(line)?.[1]);
  await writeSmall('x', { acl: 'publicRead' });
  await writeLarge('y', { acl: 'private' });
  await writeSmall('z');
  expect(acls()).toEqual(['publicRead', 'private', undefined]);
});

describe('copies within the service', () => {
  const bytes = bytesOf(1_000);
  const headers = { contentType: 'image/png', cacheControl: 'no-store' };
  const metadata = { title: 'Größe' };
  const source = async (key: string, from: Provider = provider): Promise<CopySource> => {
    const head = await from.head('assets', key, NEVER_ABORTED);
    if (head === null) throw new Error(`There is no ${key}.`);
    return { provider: from, container: 'assets', key, head };
  };
  const copy = (from: CopySource, given = {}) =>
    provider.copyFrom?.(from, 'other', 'b/%2F c', writeOptions(given)) ?? Promise.reject(new Error('It cannot copy.'));
  beforeEach(() => writeSmall('a/x y', { headers, metadata }, bytes));

  test('are proven by the digest, with the headers and the metadata of the source', async () => {
    const result = await copy(await source('a/x y'));
    expect(result).toEqual({ versionToken: stored('b/%2F c', 'other')?.generation, vouches: 'checksum' });
    expect(stored('b/%2F c', 'other')?.bytes).toEqual(bytes);
    const head = await provider.head('other', 'b/%2F c', NEVER_ABORTED);
    expect(head).toMatchObject({ headers, metadata });
    expect(server.requests.filter((line) => line.includes('alt=media'))).toEqual([]);
  });

  test('have the ACL that is asked for', async () => {
    await copy(await source('a/x y'), { acl: 'publicRead' });
    expect(server.requests.filter((line) => line.includes('destinationPredefinedAcl=publicRead'))).toHaveLength(1);
  });

  test('take several steps where they are large', async () => {
    server.setQuirks({ copyStepBytes: 300 });
    const reports: number[] = [];
    await copy(await source('a/x y'), { onProgress: (count: number) => reports.push(count) });
    expect(reports).toEqual([300, 600, 900, 1_000]);
  });

  test('are of the version that was seen', async () => {
    const from = await source('a/x y');
    await writeSmall('a/x y');
    for (const onlyIfAbsent of [false, true]) {
      expect(await codeOf(copy(from, { onlyIfAbsent }))).toBe('source-changed');
    }
    expect(stored('b/%2F c', 'other')).toBeUndefined();
  });

  test('leave alone what is there, where that is asked for', async () => {
    const from = await source('a/x y');
    await copy(from, { onlyIfAbsent: true });
    const { generation } = stored('b/%2F c', 'other') ?? {};
    expect(await codeOf(copy(from, { onlyIfAbsent: true }))).toBe('already-exists');
    expect(stored('b/%2F c', 'other')?.generation).toBe(generation);
  });

  test('that differ from what was seen are removed again', async () => {
    const from = await source('a/x y');
    server.setQuirks({ damagesBytes: true });
    expect(await codeOf(copy(from))).toBe('checksum-mismatch');
    expect(stored('b/%2F c', 'other')).toBeUndefined();
  });

  test('are not made where the account may not read, nor from another service', async () => {
    const from = await source('a/x y');
    server.setQuirks({ unreadable: ['assets'] });
    expect(await copy(from)).toBeNull();
    const elsewhere = createGcs({ ...server.account(), options: { endpoint: 'http://127.0.0.1:9' } });
    expect(await copy({ ...from, provider: elsewhere })).toBeNull();
    await elsewhere.close();
    expect(md5(stored('a/x y')?.bytes ?? Buffer.alloc(0))).toBe(md5(bytes));
  });
});

test('removing one generation leaves another', async () => {
  await writeSmall('x');
  expect(await codeOf(provider.remove('assets', 'x', NEVER_ABORTED, '1'))).toBe('source-changed');
  const head = await provider.head('assets', 'x', NEVER_ABORTED);
  await provider.remove('assets', 'x', NEVER_ABORTED, head?.versionToken);
  expect(await provider.head('assets', 'x', NEVER_ABORTED)).toBeNull();
});
