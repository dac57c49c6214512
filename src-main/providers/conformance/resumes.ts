/**
 * Owns the tests of going on with an interrupted write: what arrived is not sent again, other bytes never mix in, what
 * is given up is gone. Part of the suite.
 */
import { expect, test } from 'vitest';
import type { UploadNote } from '../provider.ts';
import {
  bufferBody,
  bytesOf,
  listKeys,
  md5,
  NEVER_ABORTED,
  type ProviderSetup,
  pieces,
  readKey,
  streamBody,
  type UnderTest,
  writeOptions,
} from './fixture.ts';

/** Several parts, wherever a provider writes in parts. */
const BODY_BYTES = 40 * 1024 * 1024 + 3;
/** More than one part of any provider, and less than two. */
const ARRIVED_BYTES = 17 * 1024 * 1024;

export function testResumes({ setup, capabilities }: UnderTest): void {
  test.runIf(capabilities.windowsFromBytes !== null)(
    'bytes that rest nowhere else are read once, and what was seen to arrive is never read again',
    async () => {
      const bytes = bytesOf(BODY_BYTES);
      const { mark, arrivedBytes } = await interrupt(setup(), 'resume/remote', bytes, 'the-same-bytes');
      let readBytes = 0;
      const body = streamBody(bytes, async function* (range) {
        for await (const piece of pieces(bytes, range)) {
          readBytes += piece.byteLength;
          yield piece;
        }
      });
      const { provider, container } = setup();
      const remote = { ...body, remoteName: 'the-same-bytes' };
      const result = await provider.write(container, 'resume/remote', remote, writeOptions({ note: noteOf(mark) }));
      expect(readBytes).toBe(BODY_BYTES - arrivedBytes);
      expect(result.vouches).toBe('etag');
      expect(md5(await readKey(setup(), 'resume/remote'))).toBe(md5(bytes));

      const other = bytesOf(BODY_BYTES);
      const second = await interrupt(setup(), 'resume/other', bytes, 'the-same-bytes');
      const changed = { ...streamBody(other), remoteName: 'other-bytes' };
      const options = writeOptions({ note: noteOf(second.mark) });
      await provider.write(container, 'resume/other', changed, options);
      expect(md5(await readKey(setup(), 'resume/other'))).toBe(md5(other));
      expect(await setup().leftovers()).toEqual([]);
    },
  );

  test('another process goes on where a write was interrupted', async () => {
    const bytes = bytesOf(BODY_BYTES);
    const { mark, arrivedBytes } = await interrupt(setup(), 'resume/on', bytes);
    const { another, container } = setup();
    const provider = another();
    const reports: number[] = [];
    const onProgress = (count: number) => reports.push(count);
    await provider.write(container, 'resume/on', streamBody(bytes), writeOptions({ note: noteOf(mark), onProgress }));
    await provider.close();
    expect(reports[0]).toBeGreaterThanOrEqual(arrivedBytes);
    expect(reports.at(-1)).toBe(BODY_BYTES);
    expect(md5(await readKey(setup(), 'resume/on'))).toBe(md5(bytes));
    expect(await setup().leftovers()).toEqual([]);
  });

  test('bytes that are others by now do not mix with those that arrived', async () => {
    const { mark } = await interrupt(setup(), 'resume/changed', bytesOf(BODY_BYTES));
    const bytes = bytesOf(BODY_BYTES - 1_000_000);
    const { provider, container } = setup();
    const options = writeOptions({ note: noteOf(mark) });
    await provider.write(container, 'resume/changed', streamBody(bytes), options);
    expect(md5(await readKey(setup(), 'resume/changed'))).toBe(md5(bytes));
    expect(await setup().leftovers()).toEqual([]);
  });

  test('a mark that nobody knows any more is no hindrance', async () => {
    const bytes = bytesOf(BODY_BYTES);
    const { mark } = await interrupt(setup(), 'resume/unknown', bytes);
    const { provider, container } = setup();
    await provider.giveUp?.(container, 'resume/unknown', mark, NEVER_ABORTED);
    await provider.write(container, 'resume/unknown', streamBody(bytes), writeOptions({ note: noteOf(mark) }));
    expect(md5(await readKey(setup(), 'resume/unknown'))).toBe(md5(bytes));
  });

  test('what is given up is gone, and giving up again is quiet', async () => {
    const { mark } = await interrupt(setup(), 'resume/given-up', bytesOf(BODY_BYTES));
    const { provider, container } = setup();
    for (let round = 0; round < 2; round += 1) {
      await provider.giveUp?.(container, 'resume/given-up', mark, NEVER_ABORTED);
      expect(await setup().leftovers()).toEqual([]);
    }
    await provider.write(container, 'resume/given-up', bufferBody(bytesOf(10)), writeOptions());
    await provider.giveUp?.(container, 'resume/given-up', mark, NEVER_ABORTED);
    expect(await readKey(setup(), 'resume/given-up')).toHaveLength(10);
  });
}

function noteOf(unfinished: string): UploadNote {
  return { unfinished, begun: async () => undefined };
}

/** Stops a write when at least one part arrived; under which mark it rests, and how much of it arrived. */
async function interrupt(
  { provider, container }: ProviderSetup,
  key: string,
  bytes: Uint8Array,
  remoteName?: string,
): Promise<{ readonly mark: string; readonly arrivedBytes: number }> {
  const stop = new AbortController();
  const reason = new Error('interrupted');
  const stopped = new Promise<never>((_, reject) => stop.signal.addEventListener('abort', () => reject(reason)));
  stopped.catch(() => undefined);
  let mark: string | null = null;
  let arrivedBytes = 0;
  const body = streamBody(bytes, async function* (range) {
    let at = range?.first ?? 0;
    for await (const piece of pieces(bytes, range)) {
      if (at + piece.byteLength > ARRIVED_BYTES) await stopped;
      yield piece;
      at += piece.byteLength;
    }
  });
  const options = writeOptions({
    signal: stop.signal,
    note: {
      unfinished: null,
      begun: async (given) => {
        mark = given;
      },
    },
    onProgress: (count) => {
      arrivedBytes = count;
      if (count >= 16 * 1024 * 1024) stop.abort(reason);
    },
  });
  const named = remoteName === undefined ? body : { ...body, remoteName };
  await expect(provider.write(container, key, named, options)).rejects.toBe(reason);
  expect(await provider.head(container, key, NEVER_ABORTED)).toBeNull();
  expect(await listKeys(provider, container, key)).toEqual([]);
  if (mark === null) throw new Error('The write began without noting its mark.');
  return { mark, arrivedBytes };
}
