/**
 * Owns the proof that uploads in chunks survive broken connections and crashes, and that bytes of two versions never
 * become one object.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bytesOf, codeOf, md5, NEVER_ABORTED, pieces, streamBody, writeOptions } from '../conformance/fixture.ts';
import type { Provider, WriteOptions } from '../provider.ts';
import { createGcs } from './gcs-provider.ts';
import { GcsTestServer } from './gcs-test-server.ts';

const MIB = 1024 * 1024;
/** Three chunks. */
const BYTES = bytesOf(32 * MIB + 3);
let server: GcsTestServer;
let provider: Provider;

beforeEach(async () => {
  server = await GcsTestServer.start();
  server.objects.buckets.set('assets', new Map());
  provider = createGcs(server.account());
});
afterEach(async () => {
  await provider.close();
  await server.stop();
});

const stored = () => server.objects.buckets.get('assets')?.get('x');
const md5Stored = () => md5(stored()?.bytes ?? Buffer.alloc(0));
const write = (given: Partial<WriteOptions> = {}, bytes = BYTES) =>
  provider.write('assets', 'x', streamBody(bytes), writeOptions(given));
const chunksSent = () => server.requests.filter((line) => line.startsWith('PUT ')).length;

/** Stops after the first chunk; gives the mark of what is left. */
async function interrupted(given: Partial<WriteOptions> = {}, bytes = BYTES): Promise<string> {
  const stop = new AbortController();
  let mark = '';
  const note = {
    unfinished: null,
    begun: async (begun: string) => {
      mark = begun;
    },
  };
  const onProgress = (count: number) => {
    if (count >= 16 * MIB) stop.abort(new Error('interrupted'));
  };
  await expect(write({ ...given, note, onProgress, signal: stop.signal }, bytes)).rejects.toThrow('interrupted');
  expect(server.openSessions()).toEqual(['x']);
  server.requests.length = 0;
  return mark;
}

const noteOf = (unfinished: string) => ({ unfinished, begun: async () => undefined });

describe('broken connections', () => {
  test('a chunk that breaks goes on where it arrived', async () => {
    server.setQuirks({ brokenChunks: 2 });
    const reports: number[] = [];
    expect((await write({ onProgress: (count) => reports.push(count) })).vouches).toBe('checksum');
    expect(md5Stored()).toBe(md5(BYTES));
    expect(reports.some((count) => count > 0 && count < 16 * MIB)).toBe(true);
    expect(reports).toEqual([...reports].sort((a, b) => a - b));
  });

  test('that never get better end the write, and nothing is left', async () => {
    server.setQuirks({ brokenChunks: 1_000, keepsLessBytes: 64 * MIB });
    expect(await codeOf(write())).toBe('network');
    expect(server.openSessions()).toEqual([]);
    expect(stored()).toBeUndefined();
  });

  test('an object whose answer is lost is found out to be there', async () => {
    server.setQuirks({ losesCompletion: true });
    const result = await write({ onlyIfAbsent: true });
    expect(result).toEqual({ versionToken: stored()?.generation, vouches: 'checksum' });
  });
});

test('a service that keeps less than was sent gets the rest again', async () => {
  server.setQuirks({ keepsLessBytes: 5 * MIB });
  await write();
  expect(md5Stored()).toBe(md5(BYTES));
});

test('a service that keeps nothing of a chunk is not asked for ever', async () => {
  server.setQuirks({ keepsLessBytes: 16 * MIB });
  expect(await codeOf(write())).toBe('network');
});

test.each([true, false])('throttling keeps the session where it is noted: %s', async (isNoted) => {
  server.setQuirks({ slowChunks: 1 });
  const note = { unfinished: null, begun: async () => undefined };
  await expect(write({ note: isNoted ? note : null })).rejects.toMatchObject({
    failure: { code: 'rate-limited', retryAfterMs: 7_000 },
  });
  expect(server.openSessions()).toEqual(isNoted ? ['x'] : []);
});

test('a session that is forgotten in the middle is a failure that another try mends', async () => {
  const onProgress = (count: number) => {
    if (count >= 16 * MIB) server.uploads.sessions.clear();
  };
  await expect(write({ onProgress })).rejects.toMatchObject({ failure: { code: 'network', retryable: true } });
});

test('where something is already, nothing is sent', async () => {
  server.objects.make('assets', 'x', bytesOf(5), { name: 'x' }, null);
  expect(await codeOf(write({ onlyIfAbsent: true }))).toBe('already-exists');
  expect(server.requests.filter((line) => line.includes('/upload/'))).toEqual([]);
});

test('what appears in the meantime stays, and the session cannot be gone on with', async () => {
  const note = { unfinished: null, begun: async () => undefined };
  const onProgress = (count: number) => {
    if (count >= 16 * MIB && stored() === undefined)
      server.objects.make('assets', 'x', bytesOf(5), { name: 'x' }, null);
  };
  expect(await codeOf(write({ onlyIfAbsent: true, note, onProgress }))).toBe('already-exists');
  expect(stored()?.bytes.byteLength).toBe(5);
  expect(server.openSessions()).toEqual([]);
});

test('a note that cannot be taken leaves no session', async () => {
  const note = { unfinished: null, begun: () => Promise.reject(new Error('the disk is full')) };
  await expect(write({ note })).rejects.toThrow('the disk is full');
  expect(chunksSent()).toBe(0);
});

describe('another try', () => {
  test('sends only what did not arrive', async () => {
    const mark = await interrupted();
    await write({ note: noteOf(mark) });
    expect(md5Stored()).toBe(md5(BYTES));
    expect(server.requests.some((line) => line.includes('uploadType=resumable&fields'))).toBe(false);
  });

  test('with other bytes of the same size begins anew, and the half old object is never there', async () => {
    const old = await write({}, bytesOf(17 * MIB));
    const mark = await interrupted();
    const bytes = bytesOf(BYTES.byteLength);
    const generations = new Set<string | undefined>();
    const onProgress = () => generations.add(stored()?.generation);
    const result = await write({ note: noteOf(mark), onProgress }, bytes);
    expect(result.vouches).toBe('checksum');
    expect(md5Stored()).toBe(md5(bytes));
    expect([...generations]).toEqual([old.versionToken, result.versionToken]);
    expect(server.openSessions()).toEqual([]);
  });

  test('with other bytes at a service that checks no digests ends with the new ones all the same', async () => {
    const mark = await interrupted();
    server.setQuirks({ ignoresDigests: true });
    const bytes = bytesOf(BYTES.byteLength);
    expect((await write({ note: noteOf(mark), onlyIfAbsent: false }, bytes)).vouches).toBe('checksum');
    expect(md5Stored()).toBe(md5(bytes));
    expect(server.requests.filter((line) => line.includes('?generation='))).toHaveLength(1);
  });

  test.each<[string, Partial<WriteOptions>]>([
    ['other headers', { headers: { contentType: 'text/css' } }],
    ['other metadata', { metadata: { a: 'b' } }],
    ['another time of change', { modifiedAtMs: 5 }],
    ['another condition', { onlyIfAbsent: true }],
  ])('with %s does not go on with the old session, which is cancelled', async (_, given) => {
    const mark = await interrupted();
    await write({ ...given, note: noteOf(mark) });
    expect(md5Stored()).toBe(md5(BYTES));
    expect(server.requests[0]).toMatch(/^DELETE .*upload_id=/);
    expect(server.uploads.cancelled.size).toBe(1);
  });

  test.each([false, true])(
    'finds the object that an earlier one finished (only if absent: %s)',
    async (onlyIfAbsent) => {
      const mark = await interrupted({ onlyIfAbsent });
      await write({ onlyIfAbsent, note: noteOf(mark) });
      server.requests.length = 0;
      const result = await write({ onlyIfAbsent, note: noteOf(mark) });
      expect(result).toEqual({ versionToken: stored()?.generation, vouches: 'checksum' });
      expect(chunksSent()).toBe(1);
    },
  );

  test('replaces in one step what an earlier one finished with other bytes', async () => {
    const mark = await interrupted();
    await write({ note: noteOf(mark) });
    const bytes = bytesOf(BYTES.byteLength);
    await write({ note: noteOf(mark) }, bytes);
    expect(md5Stored()).toBe(md5(bytes));
    expect(server.requests.filter((line) => line.includes('?generation='))).toEqual([]);
  });

  test('writes anew where somebody else has written since', async () => {
    const mark = await interrupted();
    await write({ note: noteOf(mark) });
    await write({}, bytesOf(17 * MIB));
    await write({ note: noteOf(mark) });
    expect(md5Stored()).toBe(md5(BYTES));
  });

  test('begins anew where the service will not speak of the old session', async () => {
    const mark = await interrupted();
    await write({ note: noteOf(`${mark}&odd=1`) });
    expect(server.requests[0]).toContain('odd=1');
    expect(md5Stored()).toBe(md5(BYTES));
  });

  test.each(['', 'nonsense', 'a b c', 'x https://elsewhere.example/upload'])(
    'with the mark %j, which is none of ours, begins anew',
    async (mark) => {
      await write({ note: noteOf(mark) });
      await provider.giveUp?.('assets', 'x', mark, NEVER_ABORTED);
      expect(md5Stored()).toBe(md5(BYTES));
    },
  );
});

test('giving up a finished upload leaves its object', async () => {
  const mark = await interrupted();
  await write({ note: noteOf(mark) });
  await provider.giveUp?.('assets', 'x', mark, NEVER_ABORTED);
  expect(md5Stored()).toBe(md5(BYTES));
});

test('a spool that changes between hashing and sending is refused before anybody sees it', async () => {
  let opened = 0;
  const body = streamBody(BYTES, (range) => {
    opened += 1;
    return pieces(opened > 1 ? bytesOf(BYTES.byteLength) : BYTES, range);
  });
  const { generation } = server.objects.make('assets', 'x', bytesOf(5), { name: 'x' }, null);
  expect(await codeOf(provider.write('assets', 'x', body, writeOptions()))).toBe('checksum-mismatch');
  expect(stored()?.generation).toBe(generation);
  expect(server.openSessions()).toEqual([]);
});

test('no message shows the address of a session, which is the permission to write to it', async () => {
  const mark = await interrupted();
  const [id = ''] = server.uploads.sessions.keys();
  expect(mark).toContain(id);
  server.setQuirks({ slowChunks: 1 });
  const thrown = await write({ note: noteOf(mark) }).catch((error: unknown) => error);
  expect(thrown).toHaveProperty('failure.code', 'rate-limited');
  expect(JSON.stringify(thrown)).not.toContain(id);
});
