/** Proves what a window is told, how often, and that it adds up. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Patch, ServerMessage } from '../../src-shared/contract/channel.ts';
import { type CoordinatorUnderTest, openCoordinatorUnderTest, REQUEST } from './coordinator-under-test.ts';
import { assetsNamed, COMPLETED, failed } from './fake-workers.ts';
import { houseState } from './house-view.ts';
import { createUpdateStream, type UpdateFeed, type UpdateStream } from './updates.ts';
import { steerJobs } from './verbs/steer-jobs.ts';
import { updateQueue } from './verbs/steer-queue.ts';
import { submitMigration } from './verbs/submit-migration.ts';

let test: CoordinatorUnderTest;
let stream: UpdateStream;
let heard: ServerMessage[];
let feed: UpdateFeed;

beforeEach(async () => {
  test = await openCoordinatorUnderTest();
  stream = createUpdateStream(test.coordinator, test.clock);
  heard = [];
  feed = stream.open((message) => heard.push(message));
});
afterEach(async () => {
  stream.stop();
  await test.close();
});

const patches = (): Patch[] => heard.flatMap((message) => (message.type === 'patch' ? [message.patch] : []));

async function submit(count: number): Promise<void> {
  const keys = Array.from({ length: count }, (_, index) => `photos/2026/11/asset-${index}.jpg`);
  test.workers.list = () => ({ assets: assetsNamed(...keys), position: null });
  await test.coordinator.call((desk) => submitMigration(desk, REQUEST));
  await test.clock.settle();
}

describe('the update stream', () => {
  it('is silent before it is asked, then begins with the whole picture', async () => {
    await submit(3);
    await test.clock.advance(1_000);
    expect(heard).toEqual([]);
    feed.subscribe();
    expect(heard).toMatchObject([{ type: 'snapshot', revision: 0, state: { stats: { processing: 3 } } }]);
  });

  it('numbers its patches without a gap, at most ten a second', async () => {
    feed.subscribe();
    await submit(200);
    for (let turn = 0; turn < 100; turn += 1) {
      test.workers.end(COMPLETED);
      await test.clock.advance(20);
    }
    const numbers = heard.flatMap((message) => (message.type === 'patch' ? [message.revision] : []));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(numbers.length).toBeGreaterThan(10);
    expect(numbers.length).toBeLessThanOrEqual(22);
  });

  it('leaves a reader with the picture that a new snapshot would show', async () => {
    feed.subscribe();
    await submit(40);
    for (let turn = 0; turn < 30; turn += 1) {
      test.workers.end(turn % 3 === 0 ? failed('permission-denied') : COMPLETED);
      await test.clock.advance(70);
    }
    await test.clock.advance(2_000);
    const last = <K extends keyof Patch>(field: K): Patch[K] | undefined =>
      patches().findLast((patch) => patch[field] !== undefined)?.[field];
    const now = houseState(test.coordinator);
    expect(last('stats')).toEqual(now.stats);
    expect(last('queues')).toEqual(now.queues);
    expect(last('migrations')).toEqual(now.migrations);
    const running = new Set<number>();
    for (const patch of patches()) {
      for (const { job } of patch.running ?? []) running.add(job.id);
      for (const id of patch.stopped ?? []) running.delete(id);
    }
    expect([...running].sort()).toEqual(now.running.map(({ job }) => job.id).sort());
  });

  it('keeps every patch below 64 KiB with 256 jobs running', async () => {
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { concurrency: 256 }));
    feed.subscribe();
    await submit(600);
    await test.clock.advance(3_000);
    for (let turn = 0; turn < 200; turn += 1) test.workers.end(COMPLETED);
    await test.clock.advance(3_000);
    const sizes = patches().map((patch) => JSON.stringify(patch).length);
    expect(Math.max(...sizes)).toBeLessThan(64 * 1024);
    const told = new Set(patches().flatMap((patch) => (patch.running ?? []).map(({ job }) => job.id)));
    expect(houseState(test.coordinator).running.every(({ job }) => told.has(job.id))).toBe(true);
  });

  it('tells a hidden window once a second', async () => {
    feed.subscribe();
    feed.setVisible(false);
    await submit(100);
    for (let turn = 0; turn < 50; turn += 1) {
      test.workers.end(COMPLETED);
      await test.clock.advance(100);
    }
    expect(patches().length).toBeLessThanOrEqual(7);
  });

  it('keeps watched rows fresh, and counts the others that came to match', async () => {
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { concurrency: 1 }));
    await submit(3);
    const [running] = test.workers.orders();
    const jobId = running?.order.jobId ?? 0;
    feed.subscribe();
    feed.watch({ viewId: 'list', filter: { states: ['failed'] }, jobIds: [jobId] });
    test.workers.end(failed('permission-denied'));
    await test.clock.advance(200);
    test.workers.end(failed('permission-denied'));
    await test.clock.advance(200);
    const views = patches().flatMap((patch) => patch.views ?? []);
    expect(views.flatMap(({ rows }) => rows).at(-1)).toMatchObject({ id: jobId, state: 'failed' });
    expect(views.at(-1)?.arrivals).toBe(1);
  });

  it('refuses a fifth view, and lets one go', () => {
    const watch = (viewId: string): boolean => feed.watch({ viewId, filter: {}, jobIds: [] });
    expect(['a', 'b', 'c', 'd', 'e'].map(watch)).toEqual([true, true, true, true, false]);
    feed.unwatch('a');
    expect(watch('e')).toBe(true);
  });

  it('is still when nothing moves', async () => {
    feed.subscribe();
    await submit(1);
    const { jobId } = test.workers.end(COMPLETED);
    await test.clock.advance(5_000);
    const before = heard.length;
    await test.clock.advance(60_000);
    // Workers' heartbeats alone tell nobody anything.
    expect(heard.length).toBe(before);
    await test.coordinator.call((desk) => steerJobs(desk, [jobId], 'cancel'));
  });
});
