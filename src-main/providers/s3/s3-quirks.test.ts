/**
 * Owns the proof that S3 services which differ, lie or stumble are survived: clocks, conditions, completions, broken
 * connections, damaged bytes, throttling. Each quirk was met on a real service.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  bufferBody,
  bytesOf,
  codeOf,
  listKeys,
  md5,
  NEVER_ABORTED,
  pieces,
  readAll,
  streamBody,
  writeOptions,
} from '../conformance/fixture.ts';
import { S3Client } from './s3-client.ts';
import { S3Provider } from './s3-provider.ts';
import { s3Settings } from './s3-settings.ts';
import { type S3Quirks, S3TestServer } from './s3-test-server.ts';

const BUCKET = 'assets';
/** Two parts. */
const LARGE = bytesOf(20 * 1024 * 1024);
let server: S3TestServer;
let provider: S3Provider;

beforeEach(async () => {
  server = await S3TestServer.start();
  server.buckets.set(BUCKET, new Map());
  const { accessKeyId, secretAccessKey, region } = server.keys;
  const options = { endpoint: server.endpoint, region, accessKeyId };
  provider = new S3Provider(new S3Client(s3Settings({ options, secrets: { secretAccessKey } })), 8 * 1024 * 1024);
});
afterEach(async () => {
  await provider.close();
  await server.stop();
});

const stored = (key: string) => server.buckets.get(BUCKET)?.get(key);
const writeSmall = (key: string, given = {}) =>
  provider.write(BUCKET, key, bufferBody(bytesOf(100)), writeOptions(given));
const writeLarge = (key: string, given = {}) => provider.write(BUCKET, key, streamBody(LARGE), writeOptions(given));

describe('clocks', () => {
  test.each([-3_600_000, 20 * 60_000, 86_400_000 * 3_650])(
    'a service whose clock is off by %i ms',
    async (clockOffsetMs) => {
      server.quirks = { clockOffsetMs };
      expect((await writeSmall('x')).vouches).toBe('checksum');
      const asked = server.requests.length;
      await writeSmall('y');
      expect(server.requests.length - asked).toBe(1);
      const report = await provider.check(BUCKET, '', 'source', NEVER_ABORTED);
      expect(report.remarks.join()).toContain('clock');
    },
  );
});

describe('a service that refuses conditions', () => {
  test('is looked at before writing, and the test says so', async () => {
    server.quirks = { refusesConditions: true };
    await writeSmall('x');
    expect(await codeOf(writeSmall('x', { onlyIfAbsent: true }))).toBe('already-exists');
    await writeSmall('y', { onlyIfAbsent: true });
    expect(stored('y')).toBeDefined();
    const report = await provider.check(BUCKET, '', 'destination', NEVER_ABORTED);
    expect(report.ok).toBe(true);
    expect(report.remarks.join()).toContain('If-None-Match');
    expect([...(server.buckets.get(BUCKET)?.keys() ?? [])]).toEqual(['x', 'y']);
  });
});

describe('a service that passes over conditions without a word', () => {
  test('overwrites nothing, from the first write on', async () => {
    server.quirks = { ignoresConditions: true };
    await writeSmall('x');
    for (const key of ['x', 'y', 'y', 'x']) await codeOf(writeSmall(key, { onlyIfAbsent: true }));
    expect(server.requests.filter((line) => line === 'PUT /assets/x')).toHaveLength(1);
    // Written twice, to see whether the second time is refused; looked for from then on.
    expect(server.requests.filter((line) => line === 'PUT /assets/y')).toHaveLength(2);
  });

  test('a service that honours them is asked once, then trusted', async () => {
    for (const key of ['x', 'y', 'z']) await writeSmall(key, { onlyIfAbsent: true });
    expect(server.requests).toEqual([
      'HEAD /assets/x',
      'PUT /assets/x',
      'PUT /assets/x',
      'PUT /assets/y',
      'PUT /assets/z',
    ]);
    expect(await codeOf(writeSmall('x', { onlyIfAbsent: true }))).toBe('already-exists');
  });
});

describe('the quirk card of a destination', () => {
  const remarks = async (quirks: S3Quirks) => {
    server.quirks = quirks;
    const report = await provider.check(BUCKET, '', 'destination', NEVER_ABORTED);
    expect(report).toMatchObject({ ok: true });
    expect(server.buckets.get(BUCKET)?.size).toBe(0);
    return report.remarks;
  };

  test('a service like Amazon has one line', async () => {
    expect(await remarks({})).toEqual([
      'What this service was seen to do: it keeps new keys apart, it compares the MD5 that is sent with what arrives, ' +
        'its ETag is the MD5 of what it stored, a listing can go on after any key.',
    ]);
  });

  test.each<[S3Quirks, string]>([
    [{ ignoresConditions: true }, 'does not know If-None-Match'],
    [{ refusesConditions: true }, 'does not know If-None-Match'],
    [{ ignoresMd5: true }, 'takes bytes whose MD5 is another'],
    [{ opaqueETags: true }, 'ETags here are no checksums'],
    [{ repeatsKeys: true }, 'cannot go on after a key'],
    [{ clockOffsetMs: -60_000 }, 'clock of this computer differs by'],
  ])('%j is told', async (quirks, told) => {
    expect((await remarks(quirks)).join()).toContain(told);
  });

  test('a source that cannot be listed further is no source', async () => {
    await writeSmall('x');
    server.quirks = { repeatsKeys: true };
    const report = await provider.check(BUCKET, '', 'source', NEVER_ABORTED);
    expect(report).toMatchObject({ ok: false, failure: { code: 'unsupported', field: 'container' } });
  });
});

describe('uploads in parts', () => {
  test('are recomputed from their parts and asked for afterwards', async () => {
    server.quirks = { emptyCompletionETag: true };
    const result = await writeLarge('x');
    expect(result).toEqual({ vouches: 'etag', versionToken: `"${stored('x')?.etag}"` });
    expect(stored('x')?.etag).toMatch(/-2$/);
  });

  test('a completion of status 200 with an error in it is a failure, and the upload is given up', async () => {
    server.quirks = { failsInside: true };
    expect(await codeOf(writeLarge('x'))).toBe('network');
    expect(stored('x')).toBeUndefined();
    expect(server.uploads.size).toBe(0);
  });

  test('a completion whose answer is lost is found out to have happened', async () => {
    server.quirks = { losesCompletion: true };
    expect((await writeLarge('x')).vouches).toBe('etag');
  });

  test('a part whose connection breaks is sent again, alone', async () => {
    server.quirks = { brokenParts: 2 };
    expect((await writeLarge('x')).vouches).toBe('etag');
    expect(md5(stored('x')?.bytes ?? Buffer.alloc(0))).toBe(md5(LARGE));
    expect(server.requests.filter((line) => line.includes('partNumber')).length).toBe(4);
  });

  test('parts that never arrive end the write, and the upload is given up', async () => {
    server.quirks = { brokenParts: 1_000 };
    expect(await codeOf(writeLarge('x'))).toBe('network');
    expect(server.uploads.size).toBe(0);
  });

  test('whose ETags are no digests are taken, but nothing is vouched for', async () => {
    server.quirks = { opaqueETags: true };
    expect((await writeLarge('x')).vouches).toBeNull();
    expect((await writeSmall('y')).vouches).toBeNull();
    expect(md5(stored('x')?.bytes ?? Buffer.alloc(0))).toBe(md5(LARGE));
    const report = await provider.check(BUCKET, '', 'destination', NEVER_ABORTED);
    expect(report.remarks.join()).toContain('read back');
  });

  test('a spool that changes between hashing and sending is refused', async () => {
    let opened = 0;
    const body = streamBody(LARGE, (range) => {
      opened += 1;
      return pieces(opened > 2 ? bytesOf(LARGE.byteLength) : LARGE, range);
    });
    expect(await codeOf(provider.write(BUCKET, 'x', body, writeOptions()))).toBe('checksum-mismatch');
    expect(stored('x')).toBeUndefined();
  });
});

test('an object that is stored damaged is never vouched for', async () => {
  server.quirks = { stores: (bytes) => Buffer.from(bytes.map((byte) => byte + 1)) };
  expect((await writeSmall('x')).vouches).toBeNull();
  expect((await writeLarge('y')).vouches).toBeNull();
});

test('throttling is told with the wait that was asked for', async () => {
  server.quirks = { refuses: { times: 1, status: 503, code: 'SlowDown', retryAfter: '7' } };
  await expect(writeSmall('x')).rejects.toMatchObject({
    failure: { code: 'rate-limited', retryAfterMs: 7_000, retryable: true },
  });
  await writeSmall('x');
});

test('a part is not sent again before the wait that was asked for is over', async () => {
  server.quirks = { refuses: { times: 9, status: 500, code: 'InternalError', retryAfter: '7', method: 'PUT' } };
  await expect(writeLarge('x')).rejects.toMatchObject({ failure: { code: 'network', retryAfterMs: 7_000 } });
  expect(server.requests.filter((line) => line.startsWith('PUT')).length).toBe(2);
});

test('a service that repeats keys is not listed for ever', async () => {
  for (let at = 0; at < 12; at += 1) await writeSmall(`k${at}`);
  server.quirks = { repeatsKeys: true };
  expect(await codeOf(listKeys(provider, BUCKET, '', 5))).toBe('unsupported');
});

test('keys go on the wire byte by byte', async () => {
  const keys = ['a/../k', 'a//k', '/lead', 'a b+c%2F', 'é', 'x '];
  for (const key of keys) await writeSmall(key);
  expect(server.requests).toEqual([
    'PUT /assets/a/../k',
    'PUT /assets/a//k',
    'PUT /assets//lead',
    'PUT /assets/a%20b%2Bc%252F',
    'PUT /assets/%C3%A9',
    'PUT /assets/x%20',
  ]);
});

test('one request for each small read and each small write', async () => {
  await writeSmall('x');
  const opened = await provider.open(BUCKET, 'x', { signal: NEVER_ABORTED });
  await readAll(opened.body);
  expect(server.requests).toEqual(['PUT /assets/x', 'GET /assets/x']);
});

test('metadata that no header can carry is refused before anything is sent', async () => {
  const metadata = { 'bad name': 'x' };
  expect(await codeOf(writeSmall('x', { metadata }))).toBe('invalid-input');
  expect(await codeOf(writeSmall('x', { headers: { contentType: 'a\r\nx-evil: 1' } }))).toBe('invalid-input');
  expect(server.requests).toEqual([]);
});

test('the storage class goes with a small write and with one in parts', async () => {
  await writeSmall('x', { storageClass: 'STANDARD_IA' });
  await writeLarge('y', { storageClass: 'GLACIER_IR' });
  await writeSmall('z');
  const classOf = (key: string) => stored(key)?.headers['x-amz-storage-class'];
  expect([classOf('x'), classOf('y'), classOf('z')]).toEqual(['STANDARD_IA', 'GLACIER_IR', undefined]);
});

describe('removing one version', () => {
  test('leaves another, and goes on where the service knows no conditions there', async () => {
    await writeSmall('x');
    expect(await codeOf(provider.remove(BUCKET, 'x', NEVER_ABORTED, '"another"'))).toBe('source-changed');
    expect(stored('x')).toBeDefined();
    server.quirks = { refuses: { times: 1, status: 501, code: 'NotImplemented', method: 'DELETE' } };
    await provider.remove(BUCKET, 'x', NEVER_ABORTED, `"${md5(bytesOf(100))}"`);
    expect(stored('x')).toBeUndefined();
  });
});
