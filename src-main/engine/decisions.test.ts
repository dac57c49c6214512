/** Proves the pure decisions of the engine, by tables. */
import { describe, expect, it } from 'vitest';
import { failure } from '../../src-shared/model/failure.ts';
import { destinationKey, namedDestination } from './destination-key.ts';
import { locationOverlap } from './location-overlap.ts';
import { keepFirst, type Lane, type LaneOrder, pickNext } from './pick-next.ts';
import { countDeath, MAX_RESTARTS } from './restart-budget.ts';
import { decideRetry, MAX_STRIKES, MAX_TROUBLE_MS } from './retry-policy.ts';
import { decideSettlement } from './settle-attempt.ts';
import { forecast } from './throughput.ts';

describe('the next job', () => {
  const lane = (migrationId: number, changes: Partial<Lane> = {}): Lane => ({
    migrationId,
    queue: 'default',
    accounts: ['a', 'b'],
    pending: 1_000_000,
    running: 0,
    rank: 0,
    lastPick: 0,
    ...changes,
  });
  const berths = (free: number) => [{ name: 'default', priority: 0, free }];
  const NO_LIMITS = new Map<string, number>();

  it('is shared evenly between migrations, however long they are', () => {
    expect(pickNext(berths(4), [lane(1), lane(2, { pending: 3 })], NO_LIMITS, 100)).toEqual([1, 2, 1, 2]);
  });
  it('goes first to the migration with the fewest running', () => {
    expect(pickNext(berths(2), [lane(1, { running: 3 }), lane(2)], NO_LIMITS, 100)).toEqual([2, 2]);
  });
  it('goes, among equals, to the one that waited longest', () => {
    expect(pickNext(berths(1), [lane(1, { lastPick: 9 }), lane(2, { lastPick: 4 })], NO_LIMITS, 100)).toEqual([2]);
  });
  it('stops where the berths, the jobs or the workers end', () => {
    expect(pickNext(berths(0), [lane(1)], NO_LIMITS, 100)).toEqual([]);
    expect(pickNext(berths(9), [lane(1, { pending: 2 })], NO_LIMITS, 100)).toEqual([1, 1]);
    expect(pickNext(berths(9), [lane(1)], NO_LIMITS, 3)).toHaveLength(3);
  });
  it('goes first to the queue of higher priority, when workers are short', () => {
    const queues = [...berths(2), { name: 'video', priority: 5, free: 2 }];
    expect(pickNext(queues, [lane(1), lane(2, { queue: 'video' })], NO_LIMITS, 3)).toEqual([2, 2, 1]);
  });
  it('goes first to a job that somebody put first, once', () => {
    expect(pickNext(berths(3), [lane(1), lane(2, { rank: -1, running: 7 })], NO_LIMITS, 100)).toEqual([2, 1, 1]);
  });
  it('stops where an account has all it may have, and lets the others go on', () => {
    const lanes = [lane(1, { accounts: ['slow', 'b'] }), lane(2, { accounts: ['a', 'b'] })];
    expect(pickNext(berths(4), lanes, new Map([['slow', 1]]), 100)).toEqual([1, 2, 2, 2]);
    expect(pickNext(berths(4), lanes, new Map([['b', 0]]), 100)).toEqual([]);
  });
  it('falls on no other migrations when only as many are looked at as there are berths', () => {
    const running = [2, 0, 1, 0, 0, 3, 0, 1];
    const lanes = running.map((count, index) => lane(index + 1, { running: count, lastPick: (index * 5) % 8 }));
    for (const free of [1, 3, 5, 20]) {
      const kept: LaneOrder[] = [];
      const isCut = lanes.map((each) => keepFirst(kept, each, free)).includes(true);
      expect(isCut).toBe(free < lanes.length);
      const shortlist = lanes.filter(({ migrationId }) => kept.some((each) => each.migrationId === migrationId));
      expect(pickNext(berths(free), shortlist, NO_LIMITS, 100)).toEqual(pickNext(berths(free), lanes, NO_LIMITS, 100));
    }
  });
  it('stays in its own queue', () => {
    const queues = [...berths(1), { name: 'video', priority: 0, free: 1 }];
    expect(pickNext(queues, [lane(1), lane(2, { queue: 'video' })], NO_LIMITS, 100)).toEqual([1, 2]);
  });
});

describe('a retry', () => {
  it.each(['permission-denied', 'not-found', 'name-invalid', 'invalid-input', 'too-large'] as const)(
    'never comes for %s',
    (code) => {
      expect(decideRetry(failure(code, 'no'), 0, 0, 0.5)).toEqual({ retry: false });
    },
  );
  it('waits longer each time, between half and all of its ceiling, and at most five minutes', () => {
    const delays = [0, 1, 2, 3].map((strikes) => {
      const decision = decideRetry(failure('network', 'gone'), strikes, 0, 0);
      return decision.retry ? decision.delayMs : null;
    });
    expect(delays).toEqual([500, 1_000, 2_000, 4_000]);
    const slow = decideRetry(failure('rate-limited', 'slow'), 40, 0, 0.999);
    expect(slow.retry && slow.delayMs <= 300_000).toBe(true);
  });
  it('never comes before Retry-After, which is believed for an hour at most', () => {
    for (const [askedMs, leastMs] of [
      [90_000, 90_000],
      [1e12, 3_600_000],
      [-5, 500],
    ] as const) {
      const decision = decideRetry(failure('rate-limited', 'slow', { retryAfterMs: askedMs }), 0, 0, 0);
      expect(decision).toEqual({ retry: true, delayMs: leastMs, isStrike: false });
    }
  });
  it('ends after the last strike, which throttling never is', () => {
    expect(decideRetry(failure('timeout', 'slow'), MAX_STRIKES - 1, 0, 0)).toEqual({ retry: false });
    expect(decideRetry(failure('rate-limited', 'slow'), MAX_STRIKES * 9, 0, 0).retry).toBe(true);
  });
  it('waits for a full disk without counting, and looks again within five seconds', () => {
    const decision = decideRetry(failure('disk-full', 'full'), MAX_STRIKES * 9, 0, 0.999);
    expect(decision).toMatchObject({ retry: true, isStrike: false });
    expect(decision.retry && decision.delayMs < 5_000).toBe(true);
  });
  it('ends after three days of nothing but trouble, whatever the trouble was', () => {
    for (const code of ['rate-limited', 'disk-full', 'network'] as const) {
      expect(decideRetry(failure(code, 'no'), 0, MAX_TROUBLE_MS - 1, 0).retry).toBe(true);
      expect(decideRetry(failure(code, 'no'), 0, MAX_TROUBLE_MS, 0)).toEqual({ retry: false });
    }
  });
});

describe('what an attempt means for its job', () => {
  const at = { nowMs: 1_000, fraction: 0, workerPid: 7 };
  const job = { strikes: 0, workerLosses: 0, troubledSinceMs: null };

  it('is another time for a passing failure, with one strike', () => {
    const end = { kind: 'failed' as const, failure: failure('network', 'gone'), step: 'spool' as const };
    expect(decideSettlement(end, job, at)).toMatchObject({
      event: 'snooze',
      notBeforeMs: 1_500,
      strikes: 1,
      failedStep: 'spool',
    });
  });
  it('is the end for a lasting one', () => {
    const end = { kind: 'failed' as const, failure: failure('permission-denied', 'no'), step: 'open' as const };
    expect(decideSettlement(end, job, at)).toMatchObject({ event: 'fail', outcome: 'failed', notBeforeMs: null });
  });
  it('is nothing for one that was given back', () => {
    expect(decideSettlement({ kind: 'aborted', reason: 'shutdown' }, job, at)).toMatchObject({
      event: 'release',
      strikes: 0,
      workerLosses: 0,
    });
  });
  it('counts a lost worker only against a job that may have caused it', () => {
    const lost = { kind: 'worker-lost' as const, detail: 'ended' };
    expect(decideSettlement({ ...lost, isBlamed: false }, { ...job, workerLosses: 2 }, at)).toMatchObject({
      event: 'release',
      workerLosses: 0,
    });
    expect(decideSettlement({ ...lost, isBlamed: true }, job, at)).toMatchObject({ event: 'release', workerLosses: 1 });
    expect(decideSettlement({ ...lost, isBlamed: true }, { ...job, workerLosses: 2 }, at)).toMatchObject({
      event: 'fail',
      failure: { retryable: false },
    });
  });
});

describe('a destination key', () => {
  it.each([
    ['photos/2024/a b.jpg', 'photos/2024/', 'archive', 'archive/a b.jpg'],
    ['photos/2024/x', 'photos/20', 'archive', 'archive/2024/x'],
    ['a//b/../c', '', '', 'a//b/../c'],
    ['/lead', '', 'p/', 'p//lead'],
    ['elsewhere/x', 'photos/', 'p', 'p/elsewhere/x'],
    ['https://cdn.test/img/a%20b%2Fc.jpg?v=2#top', '', 'p', 'p/img/a b/c.jpg%3Fv=2'],
    ['https://cdn.test/100%.jpg', '', '', '100%.jpg'],
    ['https://cdn.test', '', 'p', 'p/'],
  ])('of %s under %s is put below %s', (key, source, destination, expected) => {
    expect(destinationKey(key, source, destination)).toBe(expected);
  });
  it('that somebody gave is taken as it is', () => {
    const ends = {
      source: { accountId: 'a', container: 'c', prefix: 'img/' },
      destination: { accountId: 'b', container: 'd', prefix: 'new' },
    };
    expect(namedDestination({ sourceKey: 'img/x', destinationKey: 'img/y' }, ends)).toBe('new/img/y');
  });
});

describe('a destination', () => {
  const place = (container: string, prefix = '', accountId = 'a') => ({ accountId, container, prefix });
  it.each([
    ['/a', '/b', 'none'],
    ['/a', '/a/', 'same'],
    ['/a', '/a/b', 'inside'],
    ['/a', '/ab', 'none'],
    ['/a/b', '/a', 'none'],
    ['/a/./b', '/a/b/c', 'inside'],
  ] as const)('of %s at %s is %s', (from, to, expected) => {
    expect(locationOverlap(place(from), place(to))).toBe(expected);
  });
  it('in the same bucket is inside when its keys would match the source prefix', () => {
    expect(locationOverlap(place('bucket', 'img'), place('bucket', 'img-copy'))).toBe('inside');
    expect(locationOverlap(place('bucket', 'img/'), place('bucket', 'img-copy'))).toBe('none');
    expect(locationOverlap(place('bucket', 'img/'), place('bucket', 'img/', 'b'))).toBe('none');
  });
});

describe('restarts', () => {
  it('are forgotten after half a minute', () => {
    let deaths: readonly number[] = [];
    for (let death = 0; death < 20; death += 1) deaths = countDeath(deaths, death * 10_000);
    expect(deaths.length).toBeLessThanOrEqual(MAX_RESTARTS);
    for (let death = 0; death < 6; death += 1) deaths = countDeath(deaths, 1_000_000 + death);
    expect(deaths.length).toBeGreaterThan(MAX_RESTARTS);
  });
});

describe('a forecast', () => {
  const samples = (rates: readonly number[]) =>
    rates.map((rate, index) => ({
      atMs: index * 1_000,
      readBytesPerSecond: rate,
      writtenBytesPerSecond: rate,
      jobsPerMinute: 60,
    }));
  it('is the time that the rest takes at the pace that was measured', () => {
    const even = samples(Array.from({ length: 30 }, () => 1_000));
    expect(forecast(even, { jobs: 5, bytes: 60_000 }, 0)).toEqual({ earliestAtMs: 60_000, latestAtMs: 60_000 });
  });
  it('is later at the latest when the pace is uneven', () => {
    const uneven = samples(Array.from({ length: 60 }, (_, index) => (index < 30 ? 200 : 1_000)));
    const told = forecast(uneven, { jobs: 1, bytes: 60_000 }, 0);
    expect(told?.latestAtMs).toBeGreaterThan(told?.earliestAtMs ?? Number.POSITIVE_INFINITY);
  });
  it('is none where nothing is left, nothing moves, or too little was seen', () => {
    expect(forecast(samples([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]), { jobs: 0, bytes: 0 }, 0)).toBeNull();
    expect(forecast(samples([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), { jobs: 1, bytes: 10 }, 0)).toBeNull();
    expect(forecast(samples([5, 5]), { jobs: 1, bytes: 10 }, 0)).toBeNull();
  });
});
