/** Proves the gates: hours, rates, account limits, throttling, priorities, with a clock that the test moves. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CoordinatorUnderTest, openCoordinatorUnderTest, REQUEST } from './coordinator-under-test.ts';
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

describe('an account', () => {
  const MEDIA = {
    id: 'media',
    provider: 's3',
    name: 'media',
    options: { endpoint: 'http://127.0.0.1:1', region: 'eu', accessKeyId: 'x' },
    secretNames: ['secretAccessKey'],
  };
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
