/**
 * Proves that a source goes only while it and its copy are what was recorded, and that an attempt of a move never takes
 * one asset for two.
 */
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RemovalOrder } from '../../src-shared/contract/worker-messages.ts';
import type { MigrationPolicies } from '../../src-shared/model/migration.ts';
import type { ApartNote } from './apart-note.ts';
import { removeSource } from './remove-source.ts';
import { type Changes, KEY, memoryProvider, put, type Stage, setStage } from './staged-attempt.ts';

const BYTES = randomBytes(1_000);
const OTHER = randomBytes(1_000);

let stage: Stage;
beforeEach(() => {
  stage = setStage();
});
afterEach(() => stage.tearDown());

describe('deleting a source', () => {
  function order(): RemovalOrder {
    const { source, destination } = stage.order;
    return { source, sourceVersion: 's1', destination, destinationVersion: 'd1' };
  }

  async function remove(changes: Pick<Changes, 'source' | 'destination'> = {}) {
    const ends = {
      source: await memoryProvider(changes.source),
      destination: await memoryProvider(changes.destination),
    };
    return removeSource(ends, order(), {
      signal: new AbortController().signal,
      patience: { answerMs: 5_000, graceMs: 100 },
    });
  }

  beforeEach(() => {
    put(stage.source, BYTES, { versionToken: 's1' });
    put(stage.destination, BYTES, { versionToken: 'd1' });
  });

  test('leaves the copy alone', async () => {
    expect(await remove()).toBeNull();
    expect(stage.source.has(KEY)).toBe(false);
    expect(stage.destination.get(KEY)?.bytes).toEqual(BYTES);
  });

  test('that was done before and not recorded is done', async () => {
    await remove();
    expect(await remove()).toBeNull();
  });

  test.each([
    ['the source is another version', () => put(stage.source, OTHER, { versionToken: 's2' }), 'source-changed'],
    ['the source has no version any more', () => put(stage.source, OTHER), 'source-changed'],
    ['the copy is gone', () => stage.destination.delete(KEY), 'copy-changed'],
    ['the copy is another version', () => put(stage.destination, OTHER, { versionToken: 'd2' }), 'copy-changed'],
  ])('is not done when %s', async (_, change, because) => {
    change();
    const before = stage.source.get(KEY)?.bytes;
    expect(await remove()).toBe(because);
    expect(stage.source.get(KEY)?.bytes).toEqual(before);
  });

  test('is refused by the service when the source changes after the last look', async () => {
    const inner = await memoryProvider();
    const head: typeof inner.head = async (...asked) => {
      const there = await inner.head(...asked);
      put(stage.source, OTHER, { versionToken: 's2' });
      return there;
    };
    expect(await remove({ destination: { head } })).toBe('source-changed');
    expect(stage.source.get(KEY)?.bytes).toEqual(OTHER);
  });

  test('that fails says how, and leaves the source', async () => {
    const head = vi.fn().mockRejectedValue(new Error('down'));
    await expect(remove({ destination: { head } })).rejects.toThrow('down');
    expect(stage.source.has(KEY)).toBe(true);
  });
});

describe('an attempt of a move', () => {
  async function move(policies: Partial<MigrationPolicies> = {}, changes: Changes = {}) {
    const seen = vi.fn(async () => undefined);
    const apart: ApartNote = { isApart: changes.order?.isApart ?? false, seen, confirm: () => undefined };
    const all = { afterCopy: 'delete-source', minimumProof: 'etag', ...policies } as const;
    return { report: await stage.run({ ...changes, policies: all, apart }), seen };
  }

  test('sees two assets where nothing is, before it writes', async () => {
    put(stage.source, BYTES, { versionToken: 's1' });
    const inner = await memoryProvider();
    const order: string[] = [];
    const write: typeof inner.write = (...asked) => {
      order.push('write');
      return inner.write(...asked);
    };
    const apart: ApartNote = {
      isApart: false,
      async seen() {
        order.push('seen');
      },
      confirm: () => undefined,
    };
    const policies = { afterCopy: 'delete-source', minimumProof: 'etag' } as const;
    const report = await stage.run({ policies, apart, destination: { write } });
    expect(report).toMatchObject({ kind: 'completed', result: { proof: 'checksum', sourceVersion: 's1' } });
    expect(order).toEqual(['seen', 'write']);
    expect(stage.source.has(KEY)).toBe(true);
  });

  test.each(['if-different', 'if-newer', 'always'] as const)(
    'sees two assets where other bytes are: %s',
    async (overwrite) => {
      put(stage.source, BYTES, { versionToken: 's1', modifiedAtMs: 9_000 });
      put(stage.destination, Buffer.from('short'), { versionToken: 'd1', modifiedAtMs: 1_000 });
      const { report, seen } = await move({ overwrite });
      expect(report.kind).toBe('completed');
      expect(seen).toHaveBeenCalledOnce();
    },
  );

  test.each(['never', 'if-newer', 'if-different', 'always'] as const)(
    'takes an asset that is its own destination for one, and loses nothing: %s',
    async (overwrite) => {
      put(stage.source, BYTES, { versionToken: 's1' });
      const { report, seen } = await move({ overwrite }, { order: { destination: stage.order.source } });
      expect(['skipped', 'completed']).toContain(report.kind);
      expect(seen).not.toHaveBeenCalled();
      expect(stage.source.get(KEY)?.bytes).toEqual(BYTES);
    },
  );

  test('is not misled by one asset that changes between two looks', async () => {
    put(stage.source, BYTES, { versionToken: 's1' });
    const inner = await memoryProvider();
    let looks = 0;
    const head: typeof inner.head = async (...asked) => {
      const there = await inner.head(...asked);
      looks += 1;
      if (looks === 1) put(stage.source, Buffer.concat([BYTES, OTHER]), { versionToken: 's2' });
      return there;
    };
    const { seen } = await move({}, { destination: { head }, order: { destination: stage.order.source } });
    expect(seen).not.toHaveBeenCalled();
  });

  test('is not misled by one asset that was missing for a while', async () => {
    const same = { order: { destination: stage.order.source } };
    const gone = await move({}, same);
    expect(gone.report).toMatchObject({ kind: 'failed', failure: { code: 'not-found' } });
    expect(gone.seen).not.toHaveBeenCalled();

    const inner = await memoryProvider();
    const open: typeof inner.open = (...asked) => {
      put(stage.source, BYTES, { versionToken: 's1' });
      return inner.open(...asked);
    };
    const head: typeof inner.head = async (...asked) => {
      const there = await inner.head(...asked);
      put(stage.source, BYTES, { versionToken: 's1' });
      return there;
    };
    const back = await move({}, { ...same, source: { open }, destination: { head } });
    expect(back.seen).not.toHaveBeenCalled();
  });

  test('does not take what a list states of its source for what the source is', async () => {
    const md5 = createHash('md5').update(BYTES).digest('hex');
    put(stage.destination, BYTES, { versionToken: 'd1', digests: { md5 } });
    put(stage.source, OTHER, { versionToken: 's2' });
    const { report } = await move({}, { order: { isApart: true, stated: { md5 } } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'checksum-mismatch' } });
  });

  test('takes what an earlier attempt wrote before it was lost for its own', async () => {
    put(stage.source, BYTES, { versionToken: 's1' });
    await move();
    const again = await move({}, { order: { isApart: true } });
    expect(again.report).toMatchObject({ kind: 'completed', result: { proof: 'checksum', sourceVersion: 's1' } });
    const unseen = await move();
    expect(unseen.report).toMatchObject({ kind: 'skipped', reason: 'already there, same bytes' });

    const md5 = createHash('md5').update(BYTES).digest('hex');
    put(stage.source, BYTES, { versionToken: 's1', digests: { md5 } });
    const never = await move({ overwrite: 'never' }, { order: { isApart: true } });
    expect(never.report.kind).toBe('completed');
  });

  test('leaves other bytes under "never", also after an earlier attempt was lost', async () => {
    put(stage.source, BYTES, { versionToken: 's1' });
    put(stage.destination, Buffer.from('a rival'), { versionToken: 'd1' });
    const { report } = await move({ overwrite: 'never' }, { order: { isApart: true } });
    expect(report).toMatchObject({ kind: 'skipped', reason: 'already there, left as it is' });
    expect(stage.destination.get(KEY)?.bytes.toString()).toBe('a rival');
  });
});
