/**
 * Proves that tags and ACLs go with every kind of write and with copies, and that a service that does not keep them is
 * found out. Each quirk was met on a real service.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  bufferBody,
  bytesOf,
  codeOf,
  md5,
  NEVER_ABORTED,
  readAll,
  streamBody,
  writeOptions,
} from '../conformance/fixture.ts';
import type { CopySource, WriteOptions } from '../provider.ts';
import { S3Client } from './s3-client.ts';
import { S3Provider } from './s3-provider.ts';
import { s3Settings } from './s3-settings.ts';
import { S3TestServer } from './s3-test-server.ts';

const TAGS = { team: 'web', 'a b': 'x=y/é@+' };
const WIRED = 'team=web&a%20b=x%3Dy%2F%C3%A9%40%2B';
/** Two parts. */
const LARGE = bytesOf(20 * 1024 * 1024);
const SMALL = bytesOf(1_000);
let server: S3TestServer;
let provider: S3Provider;

function makeProvider(service = 'other'): S3Provider {
  const { accessKeyId, secretAccessKey, region } = server.keys;
  const options = { service, endpoint: server.endpoint, region, accessKeyId };
  return new S3Provider(new S3Client(s3Settings({ options, secrets: { secretAccessKey } })), 8 * 1024 * 1024);
}

beforeEach(async () => {
  server = await S3TestServer.start();
  server.buckets.set('b', new Map());
  provider = makeProvider();
});
afterEach(async () => {
  await provider.close();
  await server.stop();
});

const small = (key: string, given: Partial<WriteOptions>, by = provider) =>
  by.write('b', key, bufferBody(SMALL), writeOptions(given));
const large = (key: string, given: Partial<WriteOptions>) =>
  provider.write('b', key, streamBody(LARGE), writeOptions(given));
const header = (key: string, name: string) => server.buckets.get('b')?.get(key)?.headers[name];
const tagsOf = (key: string) => provider.tags('b', key, NEVER_ABORTED);

async function copy(from: string, to: string, given: Partial<WriteOptions>) {
  const head = await provider.head('b', from, NEVER_ABORTED);
  if (head === null) throw new Error('The source is not there.');
  const source: CopySource = { provider, container: 'b', key: from, head };
  return provider.copyFrom(source, 'b', to, writeOptions(given));
}

describe('tags', () => {
  test('go in one header with a small write, and cost nothing more from the second on', async () => {
    await small('x', { tags: TAGS });
    expect(header('x', 'x-amz-tagging')).toBe(WIRED);
    expect(await tagsOf('x')).toEqual(TAGS);
    server.requests.length = 0;
    await small('y', { tags: TAGS });
    expect(server.requests).toEqual(['PUT /b/y']);
  });

  test('are none where none are asked for, without a request of their own', async () => {
    await small('x', {});
    expect(server.requests).toEqual(['PUT /b/x']);
    expect(await tagsOf('x')).toEqual({});
  });

  test.each(['usual', 'as-ceph'] as const)('are there after an upload in parts: %s', async (kind) => {
    if (kind === 'as-ceph') server.quirks = { tags: 'as-ceph' };
    await large('x', { tags: TAGS });
    expect(await tagsOf('x')).toEqual(TAGS);
  });

  test('of a source that has none by what is known of its service are not asked for', async () => {
    const swift = makeProvider('swift');
    expect(await swift.tags('b', 'x', NEVER_ABORTED)).toEqual({});
    await expect(small('x', { tags: TAGS }, swift)).rejects.toMatchObject({
      failure: { code: 'unsupported', message: 'OpenStack Swift keeps no tags.' },
    });
    expect(server.requests).toEqual([]);
    await swift.close();
  });

  test('that are answered with 501 are a lasting failure, which says what to leave out', async () => {
    server.quirks = { tags: 'refused' };
    for (const write of [small, large]) {
      await expect(write('x', { tags: TAGS, onlyIfAbsent: true })).rejects.toMatchObject({
        failure: { code: 'unsupported', retryable: false, hint: expect.stringContaining('asks for tags') },
      });
    }
    expect(server.buckets.get('b')?.size).toBe(0);
    // It says nothing about conditions: they are relied on as before.
    await small('y', { onlyIfAbsent: true });
    expect(await codeOf(small('y', { onlyIfAbsent: true }))).toBe('already-exists');
    await expect(tagsOf('y')).rejects.toMatchObject({ failure: { code: 'unsupported' } });
  });

  test('that are passed over without a word are found out: nothing stays, and nothing more is sent', async () => {
    server.quirks = { tags: 'ignored' };
    expect(await codeOf(small('x', { tags: TAGS, onlyIfAbsent: true }))).toBe('unsupported');
    expect(server.buckets.get('b')?.size).toBe(0);
    server.requests.length = 0;
    expect(await codeOf(small('y', { tags: TAGS }))).toBe('unsupported');
    expect(server.requests).toEqual([]);
    await small('z', {});
  });

  test('that are passed over take away nothing that somebody else put there meanwhile', async () => {
    server.quirks = { tags: 'ignored' };
    const bucket = server.buckets.get('b');
    const onProgress = () => {
      const ours = bucket?.get('x');
      if (ours !== undefined) bucket?.set('x', { ...ours, etag: 'theirs' });
    };
    expect(await codeOf(small('x', { tags: TAGS, onlyIfAbsent: true, onProgress }))).toBe('unsupported');
    expect(bucket?.get('x')?.etag).toBe('theirs');
  });

  test('that the key may not write say which right is missing', async () => {
    server.quirks = { refuses: { times: 1, status: 403, code: 'AccessDenied', method: 'PUT' } };
    await expect(small('x', { tags: TAGS })).rejects.toMatchObject({
      failure: { code: 'permission-denied', hint: expect.stringContaining('s3:PutObjectTagging') },
    });
  });

  test('that cannot be looked at are believed', async () => {
    server.quirks = { tags: 'ignored', refuses: { times: 1, status: 403, code: 'AccessDenied', method: 'GET' } };
    await small('x', { tags: TAGS });
  });

  test('of what Ceph lost are none', async () => {
    await small('x', { tags: TAGS });
    server.quirks = { losesTags: true };
    expect(await tagsOf('x')).toEqual({});
  });
});

describe('a copy inside the service', () => {
  beforeEach(() => small('from', { tags: TAGS, acl: 'public-read', metadata: { owner: 'web' } }));

  test.each([{}, TAGS, { team: 'other' }])('has the tags that it is given: %j', async (tags) => {
    expect(await copy('from', 'to', { tags })).toMatchObject({ vouches: 'checksum' });
    expect(await tagsOf('to')).toEqual(tags);
    expect((await provider.head('b', 'to', NEVER_ABORTED))?.metadata).toEqual({ owner: 'web' });
  });

  test('has the ACL that it is given, not that of the source', async () => {
    await copy('from', 'one', {});
    await copy('from', 'two', { acl: 'public-read' });
    expect([header('one', 'x-amz-acl'), header('two', 'x-amz-acl')]).toEqual([undefined, 'public-read']);
  });

  test('that has other tags than it was told proves nothing, and is not asked for again', async () => {
    server.quirks = { tags: 'as-ceph' };
    expect(await copy('from', 'one', { tags: TAGS })).toMatchObject({ vouches: 'checksum' });
    expect(await copy('from', 'two', { tags: { team: 'other' } })).toMatchObject({ vouches: null });
    expect(await copy('from', 'three', { tags: { team: 'other' } })).toBeNull();
    expect(await copy('from', 'four', {})).toMatchObject({ vouches: 'checksum' });
  });

  test('is told nothing of tags where the service has none', async () => {
    const swift = makeProvider('swift');
    const head = await swift.head('b', 'from', NEVER_ABORTED);
    if (head === null) throw new Error('The source is not there.');
    const source = { provider: swift, container: 'b', key: 'from', head };
    // The test's own service copies tags unless it is told not to.
    await swift.copyFrom(source, 'b', 'to', writeOptions());
    expect(await tagsOf('to')).toEqual(TAGS);
    await swift.close();
  });
});

describe('an ACL', () => {
  test('goes with every kind of write', async () => {
    await small('x', { acl: 'public-read' });
    await large('y', { acl: 'bucket-owner-full-control' });
    await small('z', {});
    const acls = ['x', 'y', 'z'].map((key) => header(key, 'x-amz-acl'));
    expect(acls).toEqual(['public-read', 'bucket-owner-full-control', undefined]);
    const opened = await provider.open('b', 'y', { signal: NEVER_ABORTED });
    expect(md5(await readAll(opened.body))).toBe(md5(LARGE));
  });

  test('that the service passes over without a word is found out', async () => {
    server.quirks = { ignoresAcl: true };
    expect(await codeOf(small('x', { acl: 'public-read', onlyIfAbsent: true }))).toBe('unsupported');
    expect(server.buckets.get('b')?.size).toBe(0);
    // Nobody but the owner reads it either way.
    await small('y', { acl: 'private' });
  });

  test('where the owner of the bucket owns everything is a lasting failure, also of a copy', async () => {
    await small('from', {});
    server.quirks = { refusesAcl: true };
    const failure = { code: 'unsupported', retryable: false, hint: expect.stringContaining('Leave the ACL out') };
    await expect(small('x', { acl: 'public-read' })).rejects.toMatchObject({ failure });
    await expect(large('x', { acl: 'public-read' })).rejects.toMatchObject({ failure });
    await expect(copy('from', 'x', { acl: 'public-read' })).rejects.toMatchObject({ failure });
  });
});
