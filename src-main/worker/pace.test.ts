/** Proves that a worker keeps to its shares of the caps, whoever waits, and that a change reaches those that wait. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WorkerPace } from './pace.ts';
import { TokenBucket } from './token-bucket.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = new AbortController().signal;

/** Takes `bytes` again and again; tells how many passed. */
function keepTaking(take: (bytes: number) => Promise<void>, bytes: number): { passedBytes: number } {
  const count = { passedBytes: 0 };
  void (async () => {
    for (;;) {
      await take(bytes);
      count.passedBytes += bytes;
    }
  })();
  return count;
}

describe('a token bucket', () => {
  test('lets through what its rate allows, and saves up next to nothing while nobody asks', async () => {
    const bucket = new TokenBucket(1_000_000);
    await vi.advanceTimersByTimeAsync(60_000);
    const count = keepTaking((bytes) => bucket.take(bytes, never), 10_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(count.passedBytes).toBeGreaterThanOrEqual(1_000_000);
    expect(count.passedBytes).toBeLessThanOrEqual(1_060_000);
  });

  test('a new rate holds for those that wait already', async () => {
    const bucket = new TokenBucket(1_000);
    const count = keepTaking((bytes) => bucket.take(bytes, never), 100_000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(count.passedBytes).toBe(0);
    bucket.setRate(1_000_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(count.passedBytes).toBeGreaterThanOrEqual(900_000);
    expect(count.passedBytes).toBeLessThanOrEqual(1_100_000);
  });

  test('without a cap everything that waits passes at once', async () => {
    const bucket = new TokenBucket(1);
    const passed = bucket.take(1_000_000, never);
    bucket.setRate(Number.POSITIVE_INFINITY);
    await expect(passed).resolves.toBeUndefined();
  });

  test('who is aborted leaves with the reason, and costs those behind nothing', async () => {
    const bucket = new TokenBucket(1_000);
    const stop = new AbortController();
    const first = bucket.take(1_000_000, stop.signal);
    let passed = false;
    void bucket.take(500, never).then(() => {
      passed = true;
    });
    const gone = expect(first).rejects.toThrow('enough');
    stop.abort(new Error('enough'));
    await gone;
    await vi.advanceTimersByTimeAsync(500);
    expect(passed).toBe(true);
  });
});

describe('the pace of a worker', () => {
  test('asks nobody to wait until there is a cap, and lets go when there is none any more', async () => {
    const worker = new WorkerPace();
    const pace = worker.of('default');
    expect(pace.isCapped).toBe(false);
    await pace.take('read', 1e9, never);
    worker.change({ house: 1_000, queues: {} });
    expect(pace.isCapped).toBe(true);
    const passed = pace.take('read', 1e9, never);
    worker.change({ house: null, queues: {} });
    await expect(passed).resolves.toBeUndefined();
    expect(pace.isCapped).toBe(false);
  });

  test('holds the cap of the house over all queues, the cap of a queue over its own, and each direction apart', async () => {
    const worker = new WorkerPace();
    worker.change({ house: 100_000, queues: { slow: 20_000 } });
    const taking = (queue: string, direction: 'read' | 'write') =>
      keepTaking((bytes) => worker.of(queue).take(direction, bytes, never), 1_000);
    const slow = taking('slow', 'read');
    const fast = taking('fast', 'read');
    const written = taking('fast', 'write');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(slow.passedBytes).toBeGreaterThanOrEqual(190_000);
    expect(slow.passedBytes).toBeLessThanOrEqual(202_000);
    expect(slow.passedBytes + fast.passedBytes).toBeGreaterThanOrEqual(990_000);
    expect(slow.passedBytes + fast.passedBytes).toBeLessThanOrEqual(1_010_000);
    expect(written.passedBytes).toBeGreaterThanOrEqual(990_000);
  });
});
