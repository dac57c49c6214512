/** Proves the coordinator over a real database, with workers and a clock that the test moves. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KEEP_CONTENT } from '../../src-shared/model/content-rules.ts';
import { failure } from '../../src-shared/model/failure.ts';
import { KEEP_NAMES } from '../../src-shared/model/naming.ts';
import { NO_FILTER } from '../../src-shared/model/selection.ts';
import { type CoordinatorUnderTest, openCoordinatorUnderTest, REQUEST } from './coordinator-under-test.ts';
import { assetsNamed, COMPLETED, failed } from './fake-workers.ts';
import { saveAccount } from './verbs/keep-account.ts';
import { steerJobs } from './verbs/steer-jobs.ts';
import { retryFailed, steerMigration } from './verbs/steer-migration.ts';
import { pauseHouse, updateQueue } from './verbs/steer-queue.ts';
import { enqueueJobs, submitMigration } from './verbs/submit-migration.ts';

let test: CoordinatorUnderTest;
beforeEach(async () => {
  test = await openCoordinatorUnderTest();
});
afterEach(() => test.close());

async function submitThree(): Promise<number> {
  test.workers.list = () => ({ assets: assetsNamed('a', 'b', 'c'), position: null });
  const { migrationId } = await test.coordinator.call((desk) => submitMigration(desk, REQUEST));
  await test.clock.settle();
  return migrationId;
}
const counts = (id: number) => test.coordinator.store.migration(id)?.counts;
const keysInHand = (): string[] => test.workers.orders().map(({ order }) => order.source.key);

describe('a migration', () => {
  it('is acknowledged before any work, and its jobs run in their order', async () => {
    let listed = 0;
    test.workers.list = () => {
      listed += 1;
      return { assets: assetsNamed('a', 'b', 'c'), position: null };
    };
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { concurrency: 1 }));
    const { migrationId } = await test.coordinator.call((desk) => submitMigration(desk, REQUEST));
    expect(listed).toBe(0);
    await test.clock.settle();
    const ran: string[] = [];
    for (let job = 0; job < 3; job += 1) {
      ran.push(test.workers.end(COMPLETED).source.key);
      await test.clock.settle();
    }
    expect(ran).toEqual(['a', 'b', 'c']);
    expect(test.coordinator.store.migration(migrationId)?.finishedAtMs).not.toBeNull();
    expect(test.outcomes.map(({ state }) => state)).toEqual(['completed', 'completed', 'completed']);
  });

  it('is listed page by page, and a crash goes on where the listing was', async () => {
    test.workers.list = (position) =>
      position === null
        ? { assets: assetsNamed('a', 'b'), position: 'after b' }
        : { code: 'network', message: 'gone', hint: '', retryable: true };
    await test.coordinator.call((desk) => submitMigration(desk, REQUEST));
    await test.clock.settle();
    const asked: (string | null)[] = [];
    test = await test.crash((workers) => {
      workers.list = (position) => {
        asked.push(position);
        return { assets: assetsNamed('c'), position: null };
      };
    });
    expect(asked).toEqual(['after b']);
    expect(keysInHand()).toEqual(['a', 'b', 'c']);
  });

  it('counts what its filter leaves out, page by page, also after a crash', async () => {
    test.workers.list = (position) =>
      position === null
        ? { assets: assetsNamed('a.jpg', 'b.txt', 'c.txt'), position: 'after c' }
        : { code: 'network', message: 'gone', hint: '', retryable: true };
    const selection = { kind: 'listing', filter: { ...NO_FILTER, include: ['*.jpg'] } } as const;
    const { migrationId } = await test.coordinator.call((desk) => submitMigration(desk, { ...REQUEST, selection }));
    await test.clock.settle();
    expect(test.coordinator.store.migration(migrationId)?.leftOut).toBe(2);
    test = await test.crash((workers) => {
      workers.list = () => ({ assets: assetsNamed('d.jpg', 'e.txt'), position: null });
    });
    expect(keysInHand()).toEqual(['a.jpg', 'd.jpg']);
    expect(test.coordinator.store.migration(migrationId)).toMatchObject({ leftOut: 3, listing: 'done' });
  });

  it('refuses the second asset that would get the same key, on whatever page, and again when it is retried', async () => {
    test.workers.list = (position) =>
      position === null
        ? { assets: assetsNamed('A.jpg', 'b.jpg', 'a.jpg'), position: 'next' }
        : { assets: assetsNamed('B.jpg', 'b.jpg', '日本'), position: null };
    const policies = { ...REQUEST.policies, naming: { ...KEEP_NAMES, letters: 'slug' } } as const;
    const { migrationId } = await test.coordinator.call((desk) => submitMigration(desk, { ...REQUEST, policies }));
    await test.clock.settle();
    expect(keysInHand()).toEqual(['A.jpg', 'b.jpg']);
    // One that a listing repeats is no other asset.
    expect(counts(migrationId)).toMatchObject({ running: 2, failed: 3, pending: 0 });
    const refused = test.outcomes.map(({ sourceKey, failure }) => [sourceKey, failure?.code, failure?.message]);
    expect(refused).toEqual(
      expect.arrayContaining([
        ['a.jpg', 'already-exists', 'a.jpg and A.jpg would both become a.jpg.'],
        ['B.jpg', 'already-exists', 'B.jpg and b.jpg would both become b.jpg.'],
        ['日本', 'name-invalid', expect.stringContaining('日本')],
      ]),
    );
    const failedIds = await test.coordinator.store.matchingIds({ migrationId, states: ['failed'] });
    await test.coordinator.call((desk) => retryFailed(desk, migrationId, failedIds));
    await test.clock.advance(1_000);
    expect(counts(migrationId)).toMatchObject({ running: 2, failed: 3, pending: 0 });
    expect(test.outcomes).toHaveLength(6);
  });

  it('tells the workers what the rules make of each asset', async () => {
    test.workers.list = () => ({ assets: assetsNamed('a.html', 'b.jpg'), position: null });
    const content = { ...KEEP_CONTENT, cacheControl: [{ glob: '*.html', value: 'no-cache' }] };
    const policies = { ...REQUEST.policies, content };
    await test.secrets.write('media', { secretAccessKey: 'key' });
    const options = { endpoint: 'http://127.0.0.1:1', region: 'eu', accessKeyId: 'x' };
    const account = { id: 'media', provider: 's3', name: 'Media', options, secretNames: ['secretAccessKey'] };
    await test.coordinator.call((desk) => saveAccount(desk, account));
    const destination = { accountId: 'media', container: 'bucket', prefix: '' };
    await test.coordinator.call((desk) => submitMigration(desk, { ...REQUEST, destination, policies }));
    await test.clock.settle();
    expect(test.workers.orders().map(({ order }) => order.content.headers)).toEqual([{ cacheControl: 'no-cache' }, {}]);
  });

  it('starts nothing while it is paused, lets what runs end, and goes on', async () => {
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { concurrency: 1 }));
    const id = await submitThree();
    await test.coordinator.call((desk) => steerMigration(desk, id, 'pause'));
    test.workers.end(COMPLETED);
    await test.clock.settle();
    expect(keysInHand()).toEqual([]);
    expect(counts(id)).toMatchObject({ completed: 1, pending: 2 });
    await test.coordinator.call((desk) => steerMigration(desk, id, 'resume'));
    await test.clock.settle();
    expect(keysInHand()).toEqual(['b']);
  });

  it('is held by its queue and by the house in the same way', async () => {
    await test.coordinator.call((desk) => pauseHouse(desk, true));
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { paused: true }));
    await submitThree();
    await test.coordinator.call((desk) => pauseHouse(desk, false));
    await test.clock.settle();
    expect(keysInHand()).toEqual([]);
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { paused: false }));
    await test.clock.settle();
    expect(keysInHand()).toEqual(['a', 'b', 'c']);
  });

  it('is cancelled as a whole: what runs is aborted, what waits never starts', async () => {
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { concurrency: 1 }));
    const id = await submitThree();
    await test.coordinator.call((desk) => steerMigration(desk, id, 'cancel'));
    await test.clock.settle();
    expect(keysInHand()).toEqual([]);
    expect(counts(id)).toMatchObject({ cancelled: 3, pending: 0, running: 0 });
    expect(test.outcomes.map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });

  it('shows a listing that failed for good, and lists again when asked', async () => {
    test.workers.list = () => ({ code: 'not-found', message: 'There is no folder.', hint: '', retryable: false });
    const { migrationId } = await test.coordinator.call((desk) => submitMigration(desk, REQUEST));
    await test.clock.settle();
    expect(test.coordinator.store.migration(migrationId)).toMatchObject({
      listing: 'failed',
      listingFailure: { code: 'not-found' },
    });
    test.workers.list = () => ({ assets: assetsNamed('a'), position: null });
    await test.coordinator.call((desk) => retryFailed(desk, migrationId, []));
    await test.clock.settle();
    expect(keysInHand()).toEqual(['a']);
  });

  it('that is still being cancelled takes no job back; the others would go on with it', async () => {
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { concurrency: 1 }));
    const id = await submitThree();
    const [running] = test.workers.orders();
    const jobId = running?.order.jobId ?? 0;
    const answer = await test.coordinator.call((desk) => {
      steerMigration(desk, id, 'cancel');
      expect(() => retryFailed(desk, id, [jobId])).toThrow('still being cancelled');
      return steerJobs(desk, [jobId], 'retry');
    });
    expect(answer.refused).toEqual([{ id: jobId, reason: 'Its migration is still being cancelled.' }]);
    await test.clock.settle();
    expect(counts(id)).toMatchObject({ cancelled: 3 });
    await test.coordinator.call((desk) => steerJobs(desk, [jobId], 'retry'));
    await test.clock.settle();
    expect(keysInHand()).toEqual(['a']);
  });

  it('is listed while others wait for sources that do not answer', async () => {
    test.workers.list = () => ({ ...failure('network', 'Nobody answers.'), retryAfterMs: 3_600_000 });
    for (let source = 0; source < 6; source += 1) {
      await test.coordinator.call((desk) => submitMigration(desk, REQUEST));
    }
    await test.clock.advance(1_000);
    await submitThree();
    expect(keysInHand()).toEqual(['a', 'b', 'c']);
  });

  it('of a million assets does not hold up one of three', async () => {
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { concurrency: 2 }));
    const many = Array.from({ length: 50 }, (_, index) => ({ sourceKey: `large ${index}` }));
    const { selection: _, ...rest } = REQUEST;
    await test.coordinator.call((desk) => enqueueJobs(desk, { ...rest, assets: many }));
    await test.coordinator.call((desk) =>
      enqueueJobs(desk, {
        ...rest,
        destination: { ...rest.destination, container: '/other' },
        assets: [{ sourceKey: 'small 1' }, { sourceKey: 'small 2' }],
      }),
    );
    await test.clock.settle();
    test.workers.end(COMPLETED);
    await test.clock.settle();
    expect(keysInHand()).toContain('small 1');
  });
});

describe('an attempt', () => {
  it('that failed for a passing reason is tried again after its back-off, and not before Retry-After', async () => {
    await submitThree();
    test.workers.end(failed('network'), 'b');
    await test.clock.advance(400);
    expect(keysInHand()).toEqual(['a', 'c']);
    await test.clock.advance(200);
    expect(keysInHand()).toEqual(['a', 'b', 'c']);
    test.workers.end(failed('rate-limited', { retryAfterMs: 90_000 }), 'a');
    await test.clock.advance(89_000);
    expect(keysInHand()).toEqual(['b', 'c']);
    await test.clock.advance(1_500);
    // Its account takes one at a time since it said so.
    expect(keysInHand()).toEqual(['b', 'c']);
    for (const key of ['b', 'c']) test.workers.end(COMPLETED, key);
    await test.clock.settle();
    expect(keysInHand()).toEqual(['a']);
  });

  it('that failed for good is not tried again until somebody retries it', async () => {
    const id = await submitThree();
    const { jobId } = test.workers.end(failed('permission-denied'), 'a');
    await test.clock.advance(3_600_000);
    expect(counts(id)).toMatchObject({ failed: 1 });
    await test.coordinator.call((desk) => steerJobs(desk, [jobId], 'retry'));
    await test.clock.settle();
    expect(keysInHand()).toContain('a');
    expect(test.coordinator.store.job(jobId)?.history).toHaveLength(1);
  });

  it('gives up after five strikes', async () => {
    const id = await submitThree();
    for (let strike = 1; strike <= 5; strike += 1) {
      test.workers.end(failed('network'), 'a');
      await test.clock.advance(strike < 5 ? 60_000 : 0);
    }
    expect(counts(id)).toMatchObject({ failed: 1 });
  });

  it('whose worker died runs again at once on another', async () => {
    await submitThree();
    const [first] = test.workers.orders();
    first?.worker.die();
    await test.clock.advance(100);
    expect(keysInHand()).toEqual(['a', 'b', 'c']);
    expect(test.workers.alive()).toHaveLength(2);
  });

  it('that has to wait, because workers died over it, leaves its berth to other migrations', async () => {
    const { selection: _, ...rest } = REQUEST;
    const enqueue = (...keys: readonly string[]) =>
      test.coordinator.call((desk) => enqueueJobs(desk, { ...rest, assets: keys.map((sourceKey) => ({ sourceKey })) }));
    await test.coordinator.call((desk) => updateQueue(desk, 'default', { concurrency: 4 }));
    await enqueue('a', 'b');
    await enqueue('c');
    await test.clock.settle();
    // Now all three are suspects, of which each worker runs one.
    for (const worker of test.workers.alive()) worker.die();
    await test.clock.advance(100);
    expect(keysInHand()).toEqual(['a', 'c']);
    await enqueue('free 1', 'free 2');
    await test.clock.settle();
    expect(keysInHand()).toEqual(['a', 'c', 'free 1', 'free 2']);
  });

  it('that took three workers with it is set aside with its history, and the others go on', async () => {
    const id = await submitThree();
    let jobId = 0;
    for (let loss = 1; loss <= 3; loss += 1) {
      const victim = test.workers.orders().find(({ order }) => order.source.key === 'a');
      jobId = victim?.order.jobId ?? 0;
      victim?.worker.die();
      // Apart enough that the pool itself stays healthy.
      await test.clock.advance(31_000);
    }
    expect(test.coordinator.store.job(jobId)).toMatchObject({ state: 'failed', failure: { code: 'worker-lost' } });
    expect(test.coordinator.store.job(jobId)?.history).toHaveLength(3);
    expect(counts(id)?.failed).toBe(1);
  });

  it('that was cancelled changes nothing any more, whatever its worker still says', async () => {
    const id = await submitThree();
    const [running] = test.workers.orders();
    if (running === undefined) throw new Error('Nothing runs.');
    const { worker, order } = running;
    await test.coordinator.call((desk) => steerJobs(desk, [order.jobId], 'cancel'));
    worker.say({ type: 'outcomes', items: [{ token: order.token, report: COMPLETED }] });
    await test.clock.settle();
    expect(counts(id)).toMatchObject({ cancelled: 1, completed: 0 });
  });

  it('that ended in the moment it was cancelled does not count as finished', async () => {
    await submitThree();
    const [running] = test.workers.orders();
    const cancelling = test.coordinator.call((desk) => steerJobs(desk, [running?.order.jobId ?? 0], 'cancel'));
    test.workers.end(COMPLETED, running?.order.source.key);
    await cancelling;
    expect(test.coordinator.throughput.sample(0, 60_000).jobsPerMinute).toBe(0);
    expect(test.coordinator.running.size).toBe(2);
  });

  it('that an earlier run left running is back in the queue before anything is dispatched', async () => {
    const id = await submitThree();
    test = await test.crash();
    expect(keysInHand()).toEqual(['a', 'b', 'c']);
    expect(counts(id)).toMatchObject({ running: 3 });
    const [order] = test.workers.orders();
    expect(test.coordinator.store.job(order?.order.jobId ?? 0)?.history).toMatchObject([{ outcome: 'worker-lost' }]);
  });

  it('takes the new version when its source changed', async () => {
    test.workers.list = () => ({ assets: [{ key: 'a', sizeBytes: 10, versionToken: 'old' }], position: null });
    await test.coordinator.call((desk) => submitMigration(desk, REQUEST));
    await test.clock.settle();
    expect(test.workers.end(failed('source-changed')).versionToken).toBe('old');
    await test.clock.advance(5_000);
    expect(test.workers.orders()[0]?.order.versionToken).toBeNull();
  });
});

describe('the pool', () => {
  it('is degraded after more than five deaths in thirty seconds, says so, and starts again when told', async () => {
    test.workers.areStillborn = true;
    for (const worker of test.workers.alive()) worker.die();
    await test.clock.advance(10_000);
    expect(test.coordinator.supervisor.view().state).toBe('degraded');
    const before = test.workers.spawned;
    await test.clock.advance(120_000);
    expect(test.workers.spawned).toBe(before);
    test.workers.areStillborn = false;
    test.coordinator.supervisor.resume();
    await test.clock.advance(1_000);
    expect(test.coordinator.supervisor.view().state).toBe('healthy');
  });

  it('ends a worker that is silent, and its jobs run again within five seconds', async () => {
    await submitThree();
    const silent = test.workers.alive()[0];
    if (silent !== undefined) silent.beats = false;
    await test.clock.advance(5_000);
    expect(silent?.isDead).toBe(true);
    expect(keysInHand()).toEqual(['a', 'b', 'c']);
  });

  it('does not blame workers for the silence of a machine that slept', async () => {
    await submitThree();
    const pids = test.workers.alive().map(({ pid }) => pid);
    await test.clock.sleep(8 * 3_600_000);
    expect(test.workers.alive().map(({ pid }) => pid)).toEqual(pids);
  });
});
