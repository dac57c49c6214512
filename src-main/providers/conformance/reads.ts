/**
 * Owns the tests of reading: exact bytes, ranges, versions, missing keys. Part of the suite.
 */
import { describe, expect, test } from 'vitest';
import { bytesOf, codeOf, md5, NEVER_ABORTED, put, readAll, readKey, type UnderTest } from './fixture.ts';

const SIZES = [0, 1, 16_384, 65_536, 65_537, 3 * 1024 * 1024 + 1];

export function testReads({ setup, capabilities }: UnderTest): void {
  test.each(SIZES)('%i bytes arrive as they are', async (size) => {
    const bytes = bytesOf(size);
    await put(setup(), `sizes/${size}.bin`, bytes);
    const { provider, container } = setup();
    const opened = await provider.open(container, `sizes/${size}.bin`, { signal: NEVER_ABORTED });
    expect(opened.head.sizeBytes).toBe(size);
    expect(md5(await readAll(opened.body))).toBe(md5(bytes));
    expect((await provider.head(container, `sizes/${size}.bin`, NEVER_ABORTED))?.sizeBytes).toBe(size);
  });

  test('what a provider vouches for is the digest of the bytes', async () => {
    const bytes = bytesOf(5_000);
    await put(setup(), 'digest.bin', bytes);
    const head = await setup().provider.head(setup().container, 'digest.bin', NEVER_ABORTED);
    if (head?.digests.md5 !== undefined) expect(head.digests.md5).toBe(md5(bytes));
    if (capabilities.bestProof === 'checksum') expect(head?.digests.md5).toBeDefined();
  });

  describe.runIf(capabilities.rangeReads)('ranges', () => {
    test.each([
      [0, 0],
      [0, 99_999],
      [1, 70_000],
      [65_536, 65_536],
      [99_999, 99_999],
    ])('bytes %i to %i', async (first, last) => {
      const bytes = bytesOf(100_000);
      await put(setup(), 'range.bin', bytes);
      const opened = await setup().provider.open(setup().container, 'range.bin', {
        range: { first, last },
        signal: NEVER_ABORTED,
      });
      expect(opened.head.sizeBytes).toBe(100_000);
      expect(md5(await readAll(opened.body))).toBe(md5(bytes.subarray(first, last + 1)));
    });

    test('a range that the asset does not have any more is source-changed', async () => {
      await put(setup(), 'shrunk.bin', bytesOf(10));
      expect(await codeOf(readKey(setup(), 'shrunk.bin', { first: 5, last: 10 }))).toBe('source-changed');
      expect(await codeOf(readKey(setup(), 'shrunk.bin', { first: 50, last: 60 }))).toBe('source-changed');
    });
  });

  test('another version than the one that was listed is source-changed', async () => {
    const { provider, container } = setup();
    await put(setup(), 'version.bin', bytesOf(1_000));
    const before = await provider.head(container, 'version.bin', NEVER_ABORTED);
    expect(before?.versionToken).toBeDefined();
    await put(setup(), 'version.bin', bytesOf(1_001));
    const options = { ifVersion: before?.versionToken ?? '', signal: NEVER_ABORTED };
    const reading = async () => readAll((await provider.open(container, 'version.bin', options)).body);
    expect(await codeOf(reading())).toBe('source-changed');
  });

  test('a key that is not there: head is null, open is not-found', async () => {
    const { provider, container } = setup();
    expect(await provider.head(container, 'missing.bin', NEVER_ABORTED)).toBeNull();
    expect(await provider.head(container, 'missing/folder/x.bin', NEVER_ABORTED)).toBeNull();
    expect(await codeOf(readKey(setup(), 'missing.bin'))).toBe('not-found');
    expect(await codeOf(readKey(setup(), 'missing/folder/x.bin'))).toBe('not-found');
  });

  test('an asset that is closed before its end can be opened again', async () => {
    await put(setup(), 'closed.bin', bytesOf(300_000));
    const { provider, container } = setup();
    for (let round = 0; round < 20; round += 1) {
      const opened = await provider.open(container, 'closed.bin', { signal: NEVER_ABORTED });
      opened.close();
      opened.close();
    }
    expect(await readKey(setup(), 'closed.bin')).toHaveLength(300_000);
  });

  test('an abort in the middle ends reading with its reason', async () => {
    await put(setup(), 'abort.bin', bytesOf(3 * 1024 * 1024));
    const { provider, container } = setup();
    const stop = new AbortController();
    const reason = new Error('enough');
    const opened = await provider.open(container, 'abort.bin', { signal: stop.signal });
    const reading = async () => {
      for await (const chunk of opened.body) if (chunk.byteLength > 0) stop.abort(reason);
    };
    await expect(reading()).rejects.toBe(reason);
  });
}
