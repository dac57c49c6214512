/** Proves the gates: hours, rates, account limits, throttling, priorities, with a clock that the test moves. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ToWorker } from '../../src-shared/contract/worker-messages.ts';
import { type Failure, failure } from '../../src-shared/model/failure.ts';
import { type CoordinatorUnderTest, openCoordinatorUnderTest, REQUEST } from './coordinator-under-test.ts';
import { explainJob } from './explain-job.ts';
import { assetsNamed, COMPLETED, failed } from './fake-workers.ts';
import { queueViews } from './house-view.ts';
import { limitAccount, saveAccount } from './verbs/keep-account.ts';
import { prioritizeJobs } from './verbs/steer-jobs.ts';
import { createQueue, removeQueue, updateQueue } from './verbs/steer-queue.ts';
import { enqueueJobs, submitMigration } from './verbs/submit-migration.ts';

let test: CoordinatorUnderTest;
beforeEach(async () => {
  test = await openCoordinatorUnderTest();
});
afterEach(() => test.close());

type PaceMessage = Extract<ToWorker, { type: 'pace' }>;

const HOUR_MS = 3_600_000;
const inHand = (): string[] => test.workers.orders().map(({ order }) => order.source.key);
const gate = () => queueViews(test.coordinator)[0]?.gate;
async function submit(...keys: string[]): Promise<void> {
  test.workers.list = () => ({ assets: assetsNamed(...keys), position: null });
  await test.coordinator.call((desk) => submitMigration(desk, REQUEST));
  await test.clock.settle();
}

describe('a queue', () => {
  it('with active hours waits for them, says when they open, and opens by itself', async () => {
    const nowMs = test.clock.wallMs();
    const minute = Math.floor((nowMs % (24 * HOUR_MS)) / 60_000);
    const hours = {
      timeZone: 'UTC',
      windows: [
        { days: [1, 2, 3, 4, 5, 6, 7] as const, fromMinute: (minute + 60) % 1_440, toMinute: (minute + 120) % 1_440 },
      ],
    };
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { hours }));
    await submit('a');
    expect(inHand()).toEqual([]);
    expect(gate()).toMatchObject({ state: 'closed' });
    expect((gate()?.untilMs ?? 0) - nowMs).toBeLessThanOrEqual(HOUR_MS);
    await test.clock.advance(HOUR_MS);
    expect(inHand()).toEqual(['a']);
  });

  it('with a rate starts no more than that, and goes on by itself', async () => {
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { startsPerMinute: 60 }));
    await submit('a', 'b', 'c', 'd');
    expect(inHand()).toEqual(['a']);
    expect(gate()).toMatchObject({ state: 'limited', reason: 'At most 60 starts a minute' });
    await test.clock.advance(1_000);
    expect(inHand()).toEqual(['a', 'b']);
    await test.clock.advance(2_000);
    expect(inHand()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('can be made, is filled apart from the others, and is removed only when nothing was ever in it', async () => {
    await test.coordinator.call((desk) => createQueue(desk, 'video', 1));
    await expect(test.coordinator.call((desk) => createQueue(desk, 'video', 1))).rejects.toMatchObject({
      failure: { code: 'already-exists' },
    });
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { paused: true }));
    const { selection: _, ...rest } = REQUEST;
    await test.coordinator.call((desk) =>
      enqueueJobs(desk, { ...rest, queue: 'video', assets: [{ sourceKey: 'v1' }, { sourceKey: 'v2' }] }),
    );
    await test.clock.settle();
    expect(inHand()).toEqual(['v1']);
    await expect(test.coordinator.call((desk) => removeQueue(desk, 'video'))).rejects.toMatchObject({
      failure: { field: 'queue' },
    });
    test.workers.list = () => ({ assets: [], position: null });
    await test.coordinator.call((desk) => createQueue(desk, 'once', 1));
    await test.coordinator.call((desk) => submitMigration(desk, { ...REQUEST, queue: 'once' }));
    await test.clock.settle();
    await expect(test.coordinator.call((desk) => removeQueue(desk, 'once'))).rejects.toMatchObject({
      failure: { code: 'invalid-input', field: 'queue' },
    });
    await test.coordinator.call((desk) => createQueue(desk, 'empty', 1));
    await test.coordinator.call((desk) => removeQueue(desk, 'empty'));
    expect(test.coordinator.store.queues().map(({ name }) => name)).toEqual(['default', 'notices', 'once', 'video']);
  });
});

const MEDIA = {
  id: 'media',
  provider: 's3',
  name: 'media',
  options: { endpoint: 'http://127.0.0.1:1', region: 'eu', accessKeyId: 'x' },
  secretNames: ['secretAccessKey'],
};

describe('an account', () => {
  const request = { ...REQUEST, destination: { accountId: 'media', container: 'bucket', prefix: '' } };
  async function submitToMedia(): Promise<void> {
    await test.coordinator.call((desk) => saveAccount(desk, MEDIA));
    test.workers.list = () => ({ assets: assetsNamed('a', 'b', 'c'), position: null });
  }

  it('has no more attempts than its limit, and more as soon as that is raised', async () => {
    await submitToMedia();
    await test.coordinator.call((desk) => limitAccount(desk, 'media', 1));
    await test.coordinator.call((desk) => submitMigration(desk, request));
    await test.clock.settle();
    expect(inHand()).toEqual(['a']);
    await test.coordinator.call((desk) => limitAccount(desk, 'media', null));
    await test.clock.settle();
    expect(inHand()).toEqual(['a', 'b', 'c']);
  });

  it('that asks to be left alone is left alone by all of its jobs', async () => {
    await submitToMedia();
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { concurrency: 1 }));
    await test.coordinator.call((desk) => submitMigration(desk, request));
    await test.clock.settle();
    test.workers.end(failed('rate-limited', { retryAfterMs: 30_000 }));
    await test.clock.advance(29_000);
    expect(inHand()).toEqual([]);
    await test.clock.advance(2_000);
    expect(inHand()).toHaveLength(1);
  });

  it('that says so while it is listed is left alone by its jobs too, and is listed again when it may be', async () => {
    await submitToMedia();
    const listed: number[] = [];
    test.workers.list = () => {
      listed.push(test.clock.monotonicMs());
      if (listed.length > 1) return { assets: assetsNamed('listed'), position: null };
      return failure('rate-limited', 'Too many.', { retryAfterMs: 30_000 });
    };
    const fromMedia = { ...request, source: { ...request.destination, prefix: 'from/' } };
    await test.coordinator.call((desk) => submitMigration(desk, fromMedia));
    await test.clock.settle();
    const { selection: _, ...rest } = request;
    await test.coordinator.call((desk) => enqueueJobs(desk, { ...rest, assets: [{ sourceKey: 'named' }] }));
    await test.clock.advance(29_000);
    expect(inHand()).toEqual([]);
    expect(listed).toHaveLength(1);
    await test.clock.advance(2_000);
    expect(inHand().sort()).toEqual(['listed', 'named']);
    expect((listed[1] ?? 0) - (listed[0] ?? 0)).toBeGreaterThanOrEqual(30_000);
  });

  it('that was told to slow down takes fewer at once, says so, and takes more again while that moves more', async () => {
    await submitToMedia();
    const keys = Array.from({ length: 400 }, (_, index) => `key ${String(index).padStart(3, '0')}`);
    test.workers.list = () => ({ assets: assetsNamed(...keys), position: null });
    await test.coordinator.call((desk) => submitMigration(desk, request));
    await test.clock.settle();
    expect(inHand()).toHaveLength(8);
    test.workers.end(failed('rate-limited', { retryAfterMs: 30_000 }));
    await test.clock.settle();
    const held = explainJob(test.coordinator, 20);
    expect(held.gates).toContainEqual(expect.objectContaining({ state: 'throttled' }));
    expect(held.gates[0]?.untilMs).toBe(test.clock.wallMs() + 30_000);
    for (let left = inHand().length; left > 0; left -= 1) test.workers.end(COMPLETED);
    await test.clock.advance(29_900);
    expect(inHand()).toEqual([]);
    await test.clock.advance(200);
    expect(inHand()).toHaveLength(5);
    expect(explainJob(test.coordinator, 100).summary).toBe('The lane of media is 5 wide for now: It was rate-limited.');
    expect(test.coordinator.lanes.views()).toEqual([
      { accountId: 'media', width: 5, reason: 'It was rate-limited', heldUntilMs: null },
    ]);
    for (let second = 0; second < 6; second += 1) {
      for (let left = inHand().length; left > 0; left -= 1) test.workers.end(COMPLETED);
      await test.clock.advance(1_000);
    }
    expect(inHand().length).toBeGreaterThan(5);
  });
});

describe('the spool', () => {
  const MIB = 1024 * 1024;
  const WEB = { accountId: 'http', container: 'https://from.example', prefix: '' };
  const URLS = { ...REQUEST, source: WEB, destination: { accountId: 'media', container: 'bucket', prefix: '' } };
  beforeEach(() => test.coordinator.call((desk) => saveAccount(desk, MEDIA)));
  const fromWeb = async (...sizes: number[]): Promise<void> => {
    const assets = sizes.map((sizeBytes, index) => ({ sourceKey: `${index}`, sizeBytes }));
    await test.coordinator.call((desk) => enqueueJobs(desk, { ...URLS, assets }));
    await test.clock.settle();
  };
  const budget = (spoolBudgetBytes: number) =>
    test.coordinator.call((desk) => desk.store.changeSettings({ spoolBudgetBytes }));

  it('has its room set aside before an attempt starts; what does not fit waits and says for what', async () => {
    await budget(100 * MIB);
    await fromWeb(60 * MIB, 60 * MIB, 30 * MIB);
    expect(inHand()).toEqual(['0']);
    expect(explainJob(test.coordinator, 2).gates).toEqual([
      { state: 'no-space', reason: 'Waiting for spool space: it needs 60 MiB and 40 MiB are free', untilMs: null },
    ]);
    test.workers.end(COMPLETED);
    await test.clock.settle();
    expect(inHand()).toEqual(['1', '2']);
  });

  it('lets small assets pass, and lets no other large one take the room that the first in line waits for', async () => {
    await budget(100 * MIB);
    await fromWeb(80 * MIB);
    await fromWeb(50 * MIB);
    await fromWeb(20 * MIB, MIB);
    expect(test.workers.orders().map(({ order }) => order.sizeBytes)).toEqual([80 * MIB]);
    await fromWeb(MIB);
    expect(test.workers.orders().map(({ order }) => order.sizeBytes)).toEqual([80 * MIB, MIB]);
    test.workers.end(COMPLETED);
    await test.clock.settle();
    expect(test.workers.orders().map(({ order }) => order.sizeBytes)).toContain(50 * MIB);
  });

  it.each([
    ['a source that reads again', { ...URLS, source: REQUEST.source }],
    ['a destination that stages', { ...URLS, destination: REQUEST.destination }],
  ])('is not needed by %s', async (_, ends) => {
    await budget(100 * MIB);
    const assets = [80, 80, 80].map((size, index) => ({ sourceKey: `${index}`, sizeBytes: size * MIB }));
    await test.coordinator.call((desk) => enqueueJobs(desk, { ...ends, assets }));
    await test.clock.settle();
    expect(inHand()).toHaveLength(3);
  });

  it('takes what can never fit alone, tells the worker how much room there is, and does not try what it refused again', async () => {
    await budget(100 * MIB);
    await fromWeb(200 * MIB, 50 * MIB);
    expect(inHand()).toEqual(['0']);
    expect(test.workers.orders()[0]?.order.spoolRoomBytes).toBe(100 * MIB);
    const { failure: reason } = failed('disk-full') as { failure: Failure };
    test.workers.end({ kind: 'failed', failure: reason, step: 'open' });
    await test.clock.advance(60_000);
    expect(inHand()).toEqual(['1']);
    expect(test.coordinator.store.jobRow(1)).toMatchObject({ state: 'failed', failure: { code: 'disk-full' } });
  });

  it('keeps memory in bounds, whatever the queues allow', async () => {
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { concurrency: 100 }));
    await fromWeb(...Array.from({ length: 60 }, () => 8 * MIB));
    // 128 MiB for each of two workers.
    expect(inHand()).toHaveLength(32);
  });
});

describe('a bandwidth cap', () => {
  const paces = () =>
    test.workers
      .alive()
      .map(({ received }) => received.findLast(({ type }) => type === 'pace') as PaceMessage | undefined);
  const sum = (of: (pace: PaceMessage) => number | null) =>
    paces().reduce((total, pace) => total + (pace === undefined ? 0 : (of(pace) ?? 0)), 0);

  it('reaches workers before the attempts it holds for, in shares that make up the whole', async () => {
    await test.coordinator.call((desk) => {
      desk.store.changeSettings({ bandwidthCap: { bytesPerSecond: 1_000_000, hours: null } });
      updateQueue(desk, 'default', { bandwidthCap: { bytesPerSecond: 300_000, hours: null } });
    });
    await submit('a', 'b', 'c', 'd', 'e');
    for (const { received } of test.workers.alive()) {
      const types = received.map(({ type }) => type).filter((type) => type === 'pace' || type === 'attempts');
      expect(types[0]).toBe('pace');
    }
    expect(sum(({ house }) => house)).toBeCloseTo(1_000_000);
    expect(sum(({ queues }) => queues.default ?? 0)).toBeCloseTo(300_000);
    test.workers.end(COMPLETED);
    await test.clock.settle();
    expect(sum(({ house }) => house)).toBeCloseTo(1_000_000);
  });

  it('can be changed and lifted while attempts run', async () => {
    await submit('a', 'b');
    expect(paces()).toEqual([undefined, undefined]);
    const cap = (bytesPerSecond: number) => ({ bandwidthCap: { bytesPerSecond, hours: null } });
    await test.coordinator.call((desk) => desk.store.changeSettings(cap(50_000)));
    expect(sum(({ house }) => house)).toBeCloseTo(50_000);
    await test.coordinator.call((desk) => desk.store.changeSettings({ bandwidthCap: null }));
    expect(paces()).toMatchObject([{ house: null }, { house: null }]);
    expect(inHand()).toEqual(['a', 'b']);
  });

  it('holds in its hours only, and begins and ends by the clock', async () => {
    const minute = Math.floor((test.clock.wallMs() % (24 * HOUR_MS)) / 60_000);
    const window = { fromMinute: (minute + 30) % 1_440, toMinute: (minute + 60) % 1_440 };
    const hours = { timeZone: 'UTC', windows: [{ days: [1, 2, 3, 4, 5, 6, 7] as const, ...window }] };
    await submit('a');
    await test.coordinator.call((desk) =>
      updateQueue(desk, 'default', { bandwidthCap: { bytesPerSecond: 9_000, hours } }),
    );
    expect(sum(({ queues }) => queues.default ?? 0)).toBe(0);
    await test.clock.advance(31 * 60_000);
    expect(sum(({ queues }) => queues.default ?? 0)).toBe(9_000);
    await test.clock.advance(31 * 60_000);
    expect(sum(({ queues }) => queues.default ?? 0)).toBe(0);
  });
});

describe('a job', () => {
  it('that is put first runs before the others, and the others keep their order', async () => {
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { concurrency: 1 }));
    await submit('a', 'b', 'c', 'd');
    const last = test.coordinator.store.readPending(1, null, 9).at(-1);
    await test.coordinator.call((desk) => prioritizeJobs(desk, [last?.id ?? 0], 10));
    const ran: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      ran.push(test.workers.end(COMPLETED).source.key);
      await test.clock.settle();
    }
    expect(ran).toEqual(['a', 'd', 'b', 'c']);
  });

  it('that has ended, or never was, cannot be put first', async () => {
    await submit('a');
    const { jobId } = test.workers.end(COMPLETED);
    await test.clock.settle();
    const answer = await test.coordinator.call((desk) => prioritizeJobs(desk, [jobId, 999], 1));
    expect(answer.refused).toEqual([
      { id: jobId, reason: 'It is completed.' },
      { id: 999, reason: 'There is no such job.' },
    ]);
  });
});
