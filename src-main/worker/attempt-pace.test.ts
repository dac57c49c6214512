/** Proves that an attempt goes by the cap where it moves bytes, and that waiting for the cap is no silence. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import type { Direction, Pace } from './pace.ts';
import { KEY, put, type Stage, setStage } from './staged-attempt.ts';

let stage: Stage;
beforeEach(() => {
  stage = setStage();
});
afterEach(() => stage.tearDown());

/** Passes what it is asked after `waitMs`, and keeps what it was asked. */
function slowPace(waitMs: number): { readonly pace: Pace; readonly taken: Record<Direction, number[]> } {
  const taken: Record<Direction, number[]> = { read: [], write: [] };
  const take = async (direction: Direction, bytes: number): Promise<void> => {
    taken[direction].push(bytes);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  };
  return { pace: { isCapped: true, take }, taken };
}

const sum = (figures: readonly number[]): number => figures.reduce((total, figure) => total + figure, 0);

test('every byte is asked for on both sides, also of an asset that rests in memory, in small pieces', async () => {
  put(stage.source, Buffer.alloc(300_000, 7));
  const { pace, taken } = slowPace(0);
  expect(await stage.run({ pace })).toMatchObject({ kind: 'completed' });
  expect(sum(taken.write)).toBe(300_000);
  expect(Math.max(...taken.write)).toBeLessThanOrEqual(64 * 1024);
  expect(sum(taken.read)).toBeGreaterThanOrEqual(300_000);
  expect(Buffer.from(stage.destination.get(KEY)?.bytes ?? []).equals(Buffer.alloc(300_000, 7))).toBe(true);
});

test('waiting longer than a stall for the cap ends nothing', async () => {
  put(stage.source, Buffer.alloc(1_000, 7));
  const { pace } = slowPace(150);
  const report = await stage.run({ pace, patience: { answerMs: 50, stallMs: 50 } });
  expect(report).toMatchObject({ kind: 'completed' });
});

test('what can never rest in the spool is refused before a byte of it is read', async () => {
  put(stage.source, Buffer.alloc(5_000, 7));
  const { pace, taken } = slowPace(0);
  const report = await stage.run({ pace, memorySpoolBytes: 100, order: { spoolRoomBytes: 4_000 } });
  expect(report).toMatchObject({ kind: 'failed', step: 'open', failure: { code: 'disk-full', retryable: false } });
  expect(taken.read).toEqual([]);
  expect(stage.spooled()).toEqual([]);
});

test('a source that sends without end is left for good when it sent as much as the spool holds', async () => {
  let sentBytes = 0;
  const open: Provider['open'] = async () => ({
    head: { key: KEY, sizeBytes: -1, headers: {}, metadata: {}, digests: {} },
    body: (async function* () {
      for (; sentBytes < 1_000_000; sentBytes += 1_000) yield Buffer.alloc(1_000);
    })(),
    close: () => undefined,
  });
  const order = { spoolRoomBytes: 4_000 };
  const report = await stage.run({ memorySpoolBytes: 100, order, source: { open }, policies: { overwrite: 'always' } });
  expect(report).toMatchObject({ kind: 'failed', failure: { code: 'too-large', retryable: false } });
  expect(sentBytes).toBeLessThan(10_000);
  expect(stage.spooled()).toEqual([]);
  expect(stage.destination.size).toBe(0);
});
