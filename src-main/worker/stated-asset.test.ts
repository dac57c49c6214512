/** Proves that what a list states of an asset holds of what is published, on every way that its bytes can take. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AttemptReport } from '../../src-shared/contract/worker-messages.ts';
import type { StatedAsset } from '../../src-shared/model/asset.ts';
import type { Provider } from '../providers/provider.ts';
import { KEY, memoryProvider, put, type Stage, setStage } from './staged-attempt.ts';

const SMALL = Buffer.from('some bytes');
const LARGE = Buffer.alloc(300_000, 'x');
const MEMORY_BYTES = 1_000;
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

function openUnsized(...pieces: Buffer[]): Provider['open'] {
  return async () => ({
    head: { key: KEY, sizeBytes: -1, headers: {}, metadata: {}, digests: {} },
    body: (async function* () {
      yield* pieces;
    })(),
    close: () => undefined,
  });
}

let stage: Stage;
beforeEach(() => {
  stage = setStage();
});
afterEach(() => stage.tearDown());

const run = (stated: StatedAsset, changes: Parameters<Stage['run']>[0] = {}): Promise<AttemptReport> =>
  stage.run({ memorySpoolBytes: MEMORY_BYTES, ...changes, order: { stated, ...changes.order } });

describe.each([
  ['in memory', SMALL],
  ['in a file, written while it arrives', LARGE],
])('of an asset %s', (_, bytes) => {
  const right = { sizeBytes: bytes.length, md5: md5(bytes), sha256: sha256(bytes) };

  test('what is right is moved', async () => {
    put(stage.source, bytes);
    expect(await run(right)).toMatchObject({ kind: 'completed', result: { digests: { md5: right.md5 } } });
    expect(stage.destination.get(KEY)?.bytes).toEqual(bytes);
  });

  test.each([
    ['md5', { ...right, md5: md5(Buffer.from('other')) }],
    ['sha256', { ...right, sha256: sha256(Buffer.from('other')) }],
    ['only an md5', { md5: md5(Buffer.from('other')) }],
    ['only a sha256', { sha256: sha256(Buffer.from('other')) }],
  ])('a wrong digest (%s) is found out before anything is published', async (__, stated) => {
    put(stage.source, bytes);
    const failure = { code: 'checksum-mismatch' };
    expect(await run(stated)).toMatchObject({ kind: 'failed', failure });
    expect(stage.destination.has(KEY)).toBe(false);
  });

  test.each([-1, 1])('a size that is wrong by %i is refused for good', async (by) => {
    put(stage.source, bytes);
    const failure = { code: 'source-changed', retryable: false };
    expect(await run({ sizeBytes: bytes.length + by })).toMatchObject({ kind: 'failed', failure });
    expect(stage.destination.has(KEY)).toBe(false);
  });

  test('a source that does not say its size is measured', async () => {
    expect(await run(right, { source: { open: openUnsized(bytes) } })).toMatchObject({ kind: 'completed' });
    const longer = { open: openUnsized(bytes, bytes) };
    const policies = { overwrite: 'always' } as const;
    expect(await run(right, { source: longer, policies })).toMatchObject({ failure: { code: 'source-changed' } });
    expect(stage.destination.get(KEY)?.bytes).toEqual(bytes);
  });
});

test('where nothing marks the end of the bytes, what the list states is the only proof that all came', async () => {
  const open: Provider['open'] = async (...args) => ({ ...(await openUnsized(SMALL)(...args)), endsUnmarked: true });
  const unknown = await stage.run({ source: { open } });
  expect(unknown).toMatchObject({ kind: 'failed', failure: { code: 'unsupported', retryable: false } });
  expect(stage.destination.has(KEY)).toBe(false);
  expect(await run({ sizeBytes: SMALL.length + 1 }, { source: { open } })).toMatchObject({ kind: 'failed' });
  expect(await run({ sha256: sha256(SMALL) }, { source: { open } })).toMatchObject({ kind: 'completed' });
});

test('a source that vouches for another digest is not even read to its end', async () => {
  put(stage.source, SMALL, { digests: { md5: md5(SMALL) } });
  expect(await run({ md5: md5(Buffer.from('other')) })).toMatchObject({
    failure: { code: 'checksum-mismatch', retryable: false },
  });
});

test('what is there already under the stated digest stays, without a byte read', async () => {
  put(stage.source, SMALL);
  put(stage.destination, SMALL, { digests: { md5: md5(SMALL) } });
  const open = vi.fn<Provider['open']>();
  expect(await run({ md5: md5(SMALL) }, { source: { open } })).toMatchObject({
    kind: 'skipped',
    reason: expect.stringContaining('same md5'),
  });
  expect(open).not.toHaveBeenCalled();
});

test('a look-alike that is not what the list states is no reason to skip', async () => {
  put(stage.source, SMALL);
  put(stage.destination, SMALL);
  expect(await run({ md5: md5(Buffer.from('other')) })).toMatchObject({ failure: { code: 'checksum-mismatch' } });
});

test('a source that could be read again is read once, and a service does not copy by itself', async () => {
  put(stage.source, LARGE);
  const inner = await memoryProvider();
  const capabilities = { ...inner.descriptor.capabilities, rereads: true };
  const copyFrom = vi.fn<NonNullable<Provider['copyFrom']>>();
  const report = await run(
    { md5: md5(Buffer.from('other')) },
    {
      order: { sizeBytes: LARGE.length },
      source: { descriptor: { ...inner.descriptor, capabilities } },
      destination: { copyFrom },
    },
  );
  expect(report).toMatchObject({ failure: { code: 'checksum-mismatch' } });
  expect(copyFrom).not.toHaveBeenCalled();
  expect(stage.destination.has(KEY)).toBe(false);
});
