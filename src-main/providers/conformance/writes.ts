/**
 * Owns the tests of writing: atomic for readers, nothing left behind, new keys kept apart, headers kept. Part of the
 * suite.
 */
import { describe, expect, test } from 'vitest';
import type { WriteBody } from '../provider.ts';
import {
  bufferBody,
  bytesOf,
  codeOf,
  listKeys,
  md5,
  NEVER_ABORTED,
  type ProviderSetup,
  pieces,
  put,
  readKey,
  streamBody,
  type UnderTest,
  writeOptions,
} from './fixture.ts';

const HEADERS = {
  contentType: 'text/css; charset=utf-8',
  cacheControl: 'public, max-age=31536000, immutable',
  contentDisposition: 'attachment; filename="a b.css"',
  contentEncoding: 'gzip',
  contentLanguage: 'de',
  expires: 'Thu, 01 Dec 2033 16:00:00 GMT',
};
const METADATA = { owner: 'web-team', 'mixed-case': 'Value With Capitals', title: 'Größe 90 % – déjà vu' };
/** In characters that every service with tags takes. */
const TAGS = { team: 'web', 'cost centre': '47/11 + x=y_z:-.', empty: '' };
/** More than one part, where a provider writes in parts. */
const STREAMED_BYTES = 20 * 1024 * 1024 + 5;

export function testWrites({ setup, capabilities }: UnderTest): void {
  /** A write in parts or chunks asks the body for one range after the other, and never for more than was promised. */
  const readsByRanges = capabilities.multipart || capabilities.resumesWrites;

  test.each([0, 1, 16_384, 1_000_000])('%i bytes in one piece', async (size) => {
    const bytes = bytesOf(size);
    const { provider, container } = setup();
    const result = await provider.write(container, `write/${size}`, bufferBody(bytes), writeOptions());
    expect(md5(await readKey(setup(), `write/${size}`))).toBe(md5(bytes));
    if (capabilities.bestProof === 'checksum') expect(result.vouches).toBe('checksum');
    const head = await provider.head(container, `write/${size}`, NEVER_ABORTED);
    expect(head?.versionToken).toBe(result.versionToken);
  });

  test('a large body comes in pieces and reports its progress', async () => {
    const bytes = bytesOf(STREAMED_BYTES);
    const reports: number[] = [];
    const onProgress = (count: number) => reports.push(count);
    const { provider, container } = setup();
    const result = await provider.write(container, 'streamed', streamBody(bytes), writeOptions({ onProgress }));
    expect(md5(await readKey(setup(), 'streamed'))).toBe(md5(bytes));
    expect(reports.at(-1)).toBe(STREAMED_BYTES);
    expect(reports).toEqual([...reports].sort((a, b) => a - b));
    if (capabilities.bestProof === 'checksum') expect(['checksum', 'etag']).toContain(result.vouches);
  });

  test.each([2_000_000, STREAMED_BYTES])('a reader sees the old asset until all %i bytes are there', async (size) => {
    const { provider, container } = setup();
    const before = bytesOf(3_000_000);
    const after = bytesOf(size);
    await put(setup(), 'atomic', before);
    const gate = Promise.withResolvers<void>();
    const half = Promise.withResolvers<void>();
    const body = streamBody(after, async function* (range) {
      let count = 0;
      for await (const piece of pieces(after, range)) {
        yield piece;
        count += piece.byteLength;
        if (count > 1_000_000 && (range === undefined || range.first > 0)) {
          half.resolve();
          await gate.promise;
        }
      }
    });
    const writing = provider.write(container, 'atomic', body, writeOptions());
    await Promise.race([half.promise, writing]);
    expect(md5(await readKey(setup(), 'atomic'))).toBe(md5(before));
    expect(await listKeys(provider, container, 'atomic')).toEqual(['atomic']);
    gate.resolve();
    await writing;
    expect(md5(await readKey(setup(), 'atomic'))).toBe(md5(after));
  });

  describe('only where nothing is', () => {
    test('an asset that is there stays as it is', async () => {
      const { provider, container } = setup();
      const before = bytesOf(100);
      await put(setup(), 'there', before);
      const options = writeOptions({ onlyIfAbsent: true });
      expect(await codeOf(provider.write(container, 'there', bufferBody(bytesOf(5)), options))).toBe('already-exists');
      expect(await readKey(setup(), 'there')).toEqual(before);
      expect(await setup().leftovers()).toEqual([]);
    });

    test('of eight writers at once exactly one wins', async () => {
      const { provider, container, keepsNewKeysApart } = setup();
      if (!keepsNewKeysApart) return;
      for (let round = 0; round < 5; round += 1) {
        const bodies = Array.from({ length: 8 }, () => bytesOf(50_000));
        const key = `race-${md5(bytesOf(8))}`;
        const codes = await Promise.all(
          bodies.map((bytes) =>
            codeOf(provider.write(container, key, bufferBody(bytes), writeOptions({ onlyIfAbsent: true }))),
          ),
        );
        expect(codes.filter((code) => code === 'none')).toHaveLength(1);
        expect(codes.filter((code) => code === 'already-exists')).toHaveLength(7);
        expect(md5(await readKey(setup(), key))).toBe(md5(bodies[codes.indexOf('none')] ?? Buffer.alloc(0)));
      }
    });

    test('a large one too', async () => {
      const { provider, container } = setup();
      await put(setup(), 'there-large', bytesOf(10));
      const options = writeOptions({ onlyIfAbsent: true });
      const writing = provider.write(container, 'there-large', streamBody(bytesOf(STREAMED_BYTES)), options);
      expect(await codeOf(writing)).toBe('already-exists');
      expect(await readKey(setup(), 'there-large')).toHaveLength(10);
      expect(await setup().leftovers()).toEqual([]);
    });
  });

  describe('leaves nothing behind', () => {
    test('when it is aborted in the middle', async () => {
      const stop = new AbortController();
      const reason = new Error('enough');
      const bytes = bytesOf(STREAMED_BYTES);
      const body = streamBody(bytes, async function* (range) {
        let count = 0;
        for await (const piece of pieces(bytes, range)) {
          yield piece;
          count += piece.byteLength;
          if (count > 500_000) stop.abort(reason);
        }
      });
      const { provider, container } = setup();
      const options = writeOptions({ signal: stop.signal });
      await expect(provider.write(container, 'aborted/x', body, options)).rejects.toBe(reason);
      await expectNothing(setup(), 'aborted/x');
    });

    test.each(['short', 'long'])('when the body is too %s', async (kind) => {
      const promised = bytesOf(STREAMED_BYTES);
      const given = kind === 'short' ? promised.subarray(0, 5_000_000) : Buffer.concat([promised, promised]);
      const { provider, container } = setup();
      const body = streamBody(promised, (range) =>
        pieces(given, range && { ...range, last: Math.min(range.last, given.byteLength - 1) }),
      );
      const isCutByRange = kind === 'long' && readsByRanges;
      const code = await codeOf(provider.write(container, `${kind}/x`, body, writeOptions()));
      expect(isCutByRange ? ['none', 'checksum-mismatch'] : ['checksum-mismatch']).toContain(code);
      if (code !== 'none') await expectNothing(setup(), `${kind}/x`);
    });

    test('when a buffer is shorter than it says', async () => {
      const body: WriteBody = { ...bufferBody(bytesOf(10)), sizeBytes: 11 };
      const { provider, container } = setup();
      expect(await codeOf(provider.write(container, 'short-buffer', body, writeOptions()))).toBe('checksum-mismatch');
      await expectNothing(setup(), 'short-buffer');
    });

    test('when the spool cannot be read', async () => {
      const broken = new Error('the spool is gone');
      const bytes = bytesOf(STREAMED_BYTES);
      const body = streamBody(bytes, async function* () {
        yield bytes.subarray(0, 100);
        throw broken;
      });
      const { provider, container } = setup();
      await expect(provider.write(container, 'broken/x', body, writeOptions())).rejects.toThrow(broken.message);
      await expectNothing(setup(), 'broken/x');
    });

    test.runIf(capabilities.bestProof === 'checksum')('when other bytes arrive than were hashed', async () => {
      const body: WriteBody = { ...bufferBody(bytesOf(10_000)), digests: bufferBody(bytesOf(10_000)).digests };
      const { provider, container } = setup();
      expect(await codeOf(provider.write(container, 'damaged', body, writeOptions()))).toBe('checksum-mismatch');
      await expectNothing(setup(), 'damaged');
    });
  });

  test.runIf(capabilities.wholeChecksumUpToBytes !== null)(
    'bytes are checked against what the source vouches for',
    async () => {
      const bytes = bytesOf(10_000);
      const { provider, container } = setup();
      for (const body of [bufferBody(bytes), streamBody(bytes)]) {
        const other = { ...body, vouchedMd5: md5(bytesOf(10_000)) };
        expect(await codeOf(provider.write(container, 'vouched', other, writeOptions()))).toBe('checksum-mismatch');
        await expectNothing(setup(), 'vouched');
        const same = { ...body, vouchedMd5: md5(bytes) };
        expect((await provider.write(container, 'vouched', same, writeOptions())).vouches).toBe('checksum');
        await provider.remove(container, 'vouched', NEVER_ABORTED);
      }
    },
  );

  test.runIf(capabilities.keepsContentHeaders)('content headers come back', async () => {
    const { provider, container } = setup();
    await provider.write(container, 'headers', bufferBody(bytesOf(10)), writeOptions({ headers: HEADERS }));
    expect((await provider.head(container, 'headers', NEVER_ABORTED))?.headers).toEqual(keptHeaders(setup()));
    const opened = await provider.open(container, 'headers', { signal: NEVER_ABORTED });
    opened.close();
    expect(opened.head.headers).toEqual(keptHeaders(setup()));
  });

  test.runIf(capabilities.keepsMetadata)('user metadata comes back', async () => {
    const { provider, container } = setup();
    await provider.write(container, 'metadata', bufferBody(bytesOf(10)), writeOptions({ metadata: METADATA }));
    expect((await provider.head(container, 'metadata', NEVER_ABORTED))?.metadata).toEqual(METADATA);
  });

  test.runIf(capabilities.keepsModifiedTime)('the time of change comes back', async () => {
    const { provider, container } = setup();
    const modifiedAtMs = Date.UTC(2019, 4, 17, 8, 30, 15);
    await provider.write(container, 'dated', bufferBody(bytesOf(10)), writeOptions({ modifiedAtMs }));
    expect((await provider.head(container, 'dated', NEVER_ABORTED))?.modifiedAtMs).toBe(modifiedAtMs);
  });

  test.runIf(readsByRanges && capabilities.keepsMetadata)(
    'headers and metadata come back from a large one',
    async () => {
      const { provider, container } = setup();
      const options = writeOptions({ headers: HEADERS, metadata: METADATA });
      await provider.write(container, 'headers-large', streamBody(bytesOf(STREAMED_BYTES)), options);
      const head = await provider.head(container, 'headers-large', NEVER_ABORTED);
      expect(head?.headers).toEqual(keptHeaders(setup()));
      expect(head?.metadata).toEqual(METADATA);
    },
  );

  describe.runIf(capabilities.tagCharacters !== undefined)('tags', () => {
    test.each([
      ['a small one', bufferBody(bytesOf(10))],
      ['a large one', streamBody(bytesOf(STREAMED_BYTES))],
    ])('come back from %s, or are refused', async (name, body) => {
      const { provider, container, tagsNotKept } = setup();
      const key = `tags/${name}`;
      const writing = provider.write(container, key, body, writeOptions({ tags: TAGS, onlyIfAbsent: true }));
      if (tagsNotKept === true) {
        expect(await codeOf(writing)).toBe('unsupported');
        return expectNothing(setup(), key);
      }
      await writing;
      expect(await provider.tags?.(container, key, NEVER_ABORTED)).toEqual(TAGS);
    });

    test('of a copy that is vouched for are those that it was given', async () => {
      const { provider, container, tagsNotKept } = setup();
      if (tagsNotKept === true) return;
      await provider.write(container, 'tags/from', bufferBody(bytesOf(10)), writeOptions({ tags: TAGS }));
      const head = await provider.head(container, 'tags/from', NEVER_ABORTED);
      if (head === null) throw new Error('What was written is not there.');
      const source = { provider, container, key: 'tags/from', head };
      for (const tags of [TAGS, { team: 'other' }]) {
        const copied = await provider.copyFrom?.(source, container, 'tags/to', writeOptions({ tags }));
        if (copied?.vouches !== 'checksum') continue;
        expect(await provider.tags?.(container, 'tags/to', NEVER_ABORTED)).toEqual(tags);
      }
    });

    test('are none where none were given, also where some were before', async () => {
      const { provider, container, tagsNotKept } = setup();
      if (tagsNotKept !== true) {
        await provider.write(container, 'untagged', bufferBody(bytesOf(10)), writeOptions({ tags: TAGS }));
      }
      await provider.write(container, 'untagged', bufferBody(bytesOf(10)), writeOptions());
      expect(await provider.tags?.(container, 'untagged', NEVER_ABORTED)).toEqual({});
    });
  });

  test('removing is quiet about what is not there and leaves the rest', async () => {
    const { provider, container } = setup();
    await put(setup(), 'remove/1', bytesOf(10));
    await put(setup(), 'remove/2', bytesOf(10));
    for (let round = 0; round < 2; round += 1) await provider.remove(container, 'remove/1', NEVER_ABORTED);
    await provider.remove(container, 'remove/never-there/x', NEVER_ABORTED);
    expect(await provider.head(container, 'remove/1', NEVER_ABORTED)).toBeNull();
    expect(await readKey(setup(), 'remove/2')).toHaveLength(10);
  });

  test('removing one version removes it, and says so when it is refused for another', async () => {
    const { provider, container } = setup();
    const versionNow = async () => (await provider.head(container, 'remove/3', NEVER_ABORTED))?.versionToken;
    await put(setup(), 'remove/3', bytesOf(10));
    const before = await versionNow();
    await put(setup(), 'remove/3', bytesOf(20));
    // What the service does not compare, nobody does here.
    const code = await codeOf(provider.remove(container, 'remove/3', NEVER_ABORTED, before));
    if (code !== 'none') expect([code, (await readKey(setup(), 'remove/3')).length]).toEqual(['source-changed', 20]);
    await put(setup(), 'remove/3', bytesOf(30));
    await provider.remove(container, 'remove/3', NEVER_ABORTED, await versionNow());
    expect(await provider.head(container, 'remove/3', NEVER_ABORTED)).toBeNull();
  });

  test('a container that is not there is not-found', async () => {
    const { provider, missingContainer } = setup();
    const writing = provider.write(missingContainer, 'x', bufferBody(bytesOf(10)), writeOptions());
    expect(await codeOf(writing)).toBe('not-found');
  });
}

function keptHeaders({ headersNotKept = [] }: ProviderSetup): Partial<typeof HEADERS> {
  const kept: Partial<typeof HEADERS> = { ...HEADERS };
  for (const name of headersNotKept) delete kept[name];
  return kept;
}

async function expectNothing(setup: ProviderSetup, key: string): Promise<void> {
  expect(await setup.provider.head(setup.container, key, NEVER_ABORTED)).toBeNull();
  expect(await listKeys(setup.provider, setup.container, key)).toEqual([]);
  expect(await setup.leftovers()).toEqual([]);
}
