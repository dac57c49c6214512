/** Proves when an attempt leaves the copying to the destination, and that it falls back to moving the bytes itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Provider, WriteResult } from '../providers/provider.ts';
import { KEY, memoryProvider, put, type Stage, setStage } from './staged-attempt.ts';

let stage: Stage;
beforeEach(() => {
  stage = setStage();
  put(stage.source, Buffer.from('some bytes'), { versionToken: 'v1' });
});
afterEach(() => stage.tearDown());

const VOUCHED: WriteResult = { versionToken: 'c1', digests: { md5: 'd' }, vouches: 'checksum' };

function copying(result: WriteResult | null) {
  return vi.fn<NonNullable<Provider['copyFrom']>>(async () => result);
}

test('a copy that the destination vouches for is completed without a byte passing here', async () => {
  const copyFrom = copying(VOUCHED);
  const open = vi.fn<Provider['open']>();
  const report = await stage.run({ source: { open }, destination: { copyFrom } });
  expect(report).toMatchObject({
    kind: 'completed',
    result: { proof: 'checksum', spool: 'none', sizeBytes: 10, digests: { md5: 'd' }, destinationVersion: 'c1' },
  });
  expect(open).not.toHaveBeenCalled();
});

test('what the listing said is enough to ask for it', async () => {
  const head = vi.fn<Provider['head']>();
  const copyFrom = copying(VOUCHED);
  await stage.run({ source: { head }, destination: { copyFrom }, order: { sizeBytes: 10, versionToken: 'v1' } });
  expect(head).not.toHaveBeenCalled();
  expect(copyFrom.mock.calls[0]?.[0].head).toEqual({ key: KEY, sizeBytes: 10, versionToken: 'v1' });
});

test('a destination that cannot is given the bytes', async () => {
  const report = await stage.run({ destination: { copyFrom: copying(null) } });
  expect(report).toMatchObject({ kind: 'completed', result: { spool: 'memory' } });
  expect(stage.destination.get(KEY)?.bytes.toString()).toBe('some bytes');
});

test.each([
  ['goes on', 'completed', (step: number) => step],
  ['gets no further', 'failed', () => 1],
] as const)('a copy in steps that %s has %s', async (_, kind, bytesAfter) => {
  const copyFrom: Provider['copyFrom'] = async (_source, _container, _key, { onProgress, signal }) => {
    for (let step = 1; step <= 8; step += 1) {
      await sleep(50, undefined, { signal });
      onProgress(bytesAfter(step));
    }
    return VOUCHED;
  };
  expect(await stage.run({ destination: { copyFrom }, patience: { copyMs: 200 } })).toMatchObject({ kind });
});

test('a copy that nobody vouches for is replaced by the bytes', async () => {
  const copyFrom: Provider['copyFrom'] = async () => {
    put(stage.destination, Buffer.from('whatever it copied'));
    return { versionToken: null, vouches: null };
  };
  expect(await stage.run({ destination: { copyFrom } })).toMatchObject({ kind: 'completed' });
  expect(stage.destination.get(KEY)?.bytes.toString()).toBe('some bytes');
});

test('under "never" nothing is copied there: what appears just now is not replaced', async () => {
  const copyFrom = copying(VOUCHED);
  await stage.run({ destination: { copyFrom }, policies: { overwrite: 'never' } });
  expect(copyFrom).not.toHaveBeenCalled();
});

test.each([{ headers: { cacheControl: 'no-cache' } }, { metadata: 'drop' as const }, { storageClass: 'STANDARD_IA' }])(
  'nothing is copied there that would keep what is to be changed: %j',
  async (change) => {
    const copyFrom = copying(VOUCHED);
    const content = { ...stage.order.content, ...change };
    expect(await stage.run({ destination: { copyFrom }, order: { content } })).toMatchObject({ kind: 'completed' });
    expect(copyFrom).not.toHaveBeenCalled();
  },
);

test('a copy is given the tags and the ACL that are asked for', async () => {
  const copyFrom = copying(VOUCHED);
  put(stage.source, Buffer.from('some bytes'), { versionToken: 'v1' }, { own: 'x', team: 'other' });
  const change = { tags: 'keep', setTags: { team: 'web' }, acl: 'public-read' } as const;
  const content = { ...stage.order.content, ...change };
  expect(await stage.run({ destination: { copyFrom }, order: { content } })).toMatchObject({ kind: 'completed' });
  expect(copyFrom.mock.calls[0]?.[3]).toMatchObject({ tags: { own: 'x', team: 'web' }, acl: 'public-read' });
});

test('a source that changed while it was asked for is no copy', async () => {
  const clock = vi.spyOn(performance, 'now');
  let nowMs = 0;
  clock.mockImplementation(() => {
    nowMs += 600;
    return nowMs;
  });
  const copyFrom: Provider['copyFrom'] = async () => {
    put(stage.source, Buffer.from('other bytes'), { versionToken: 'v2' });
    return VOUCHED;
  };
  const provider = await memoryProvider();
  const report = await stage.run({ source: provider, destination: { copyFrom } });
  clock.mockRestore();
  expect(report).toMatchObject({ kind: 'failed', failure: { code: 'source-changed' } });
});
