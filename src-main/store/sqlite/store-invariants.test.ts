/** Proves that the store counts the truth and keeps to the arrows. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { failure } from '../../../src-shared/model/failure.ts';
import type { SteerEvent } from '../../../src-shared/model/job-state.ts';
import { JOB_ARROWS, type JobState } from '../../../src-shared/model/job-state.ts';
import type { ClaimedJob } from '../records.ts';
import {
  countedJobs,
  MIGRATION,
  newJobs,
  openStoreUnderTest,
  type StoreUnderTest,
  settlement,
} from './store-under-test.ts';

let open: StoreUnderTest[] = [];
afterEach(async () => {
  await Promise.all(open.map((each) => each.close().catch(() => undefined)));
  open = [];
});
function fresh(): StoreUnderTest {
  const made = openStoreUnderTest();
  open.push(made);
  return made;
}

type Step =
  | { readonly kind: 'insert'; readonly count: number }
  | { readonly kind: 'claim' }
  | {
      readonly kind: 'settle';
      readonly event: 'complete' | 'skip' | 'fail' | 'snooze' | 'release';
      readonly right: boolean;
    }
  | { readonly kind: 'steer'; readonly event: SteerEvent; readonly job: number }
  | { readonly kind: 'order'; readonly job: number; readonly to: 'first' | 'last' | { readonly before: number } }
  | { readonly kind: 'rank'; readonly job: number; readonly rank: number }
  | { readonly kind: 'move'; readonly queue: 'default' | 'night' }
  | { readonly kind: 'cancelSlice' | 'releaseDue' | 'rollback' | 'reopen' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('claim' as const) }),
  fc.record({
    kind: fc.constant('settle' as const),
    event: fc.constantFrom(
      'complete' as const,
      'skip' as const,
      'fail' as const,
      'snooze' as const,
      'release' as const,
    ),
    right: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('steer' as const),
    event: fc.constantFrom<SteerEvent>('pause', 'resume', 'cancel', 'retry', 'skip', 'run-now'),
    job: fc.integer({ min: 1, max: 12 }),
  }),
  fc.record({
    kind: fc.constant('order' as const),
    job: fc.integer({ min: 1, max: 12 }),
    to: fc.oneof(
      fc.constantFrom('first' as const, 'last' as const),
      fc.record({ before: fc.integer({ min: 1, max: 12 }) }),
    ),
  }),
  fc.record({
    kind: fc.constant('rank' as const),
    job: fc.integer({ min: 1, max: 12 }),
    rank: fc.integer({ min: -2, max: 2 }),
  }),
  fc.record({ kind: fc.constant('move' as const), queue: fc.constantFrom('default' as const, 'night' as const) }),
  fc.record({
    kind: fc.constantFrom('cancelSlice' as const, 'releaseDue' as const, 'rollback' as const, 'reopen' as const),
  }),
);

/** Walks the steps on a real database beside a plain model of states, and compares after each. */
async function walk(steps: readonly Step[]): Promise<void> {
  let test = fresh();
  test.batch(() => test.store.insertQueue('night', 2));
  let migrationId = test.batch(() => test.store.insertMigration(MIGRATION));
  const model = new Map<number, JobState>();
  const running = new Map<number, ClaimedJob>();
  let made = 0;
  let tokens = 0;

  for (const next of steps) {
    const { store } = test;
    switch (next.kind) {
      case 'insert': {
        const ids = test.batch(() => store.insertJobs(migrationId, newJobs(made, next.count)));
        made += next.count;
        for (const id of ids) if (id !== null) model.set(id, 'pending');
        break;
      }
      case 'claim': {
        const [job] = store.readPending(migrationId, null, 1);
        if (job === undefined) break;
        tokens += 1;
        const token = `1.${tokens}`;
        const claimed = test.batch(() => store.claim(job, { token, startedAtMs: 5, endsAtMs: 9 }));
        expect(claimed).toEqual({ ...job, attempts: job.attempts + 1, token, startedAtMs: 5 });
        model.set(job.id, 'running');
        if (claimed !== null) running.set(job.id, claimed);
        break;
      }
      case 'settle': {
        const [job] = running.values();
        if (job === undefined) break;
        const claimed = next.right ? job : { ...job, token: 'not.this' };
        const notBeforeMs = next.event === 'snooze' ? 1 : null;
        const did = test.batch(() => store.settle(claimed, settlement({ event: next.event, notBeforeMs })));
        expect(did).toBe(next.right && model.get(job.id) === 'running');
        if (did) model.set(job.id, JOB_ARROWS[next.event].to);
        if (did || model.get(job.id) !== 'running') running.delete(job.id);
        break;
      }
      case 'steer': {
        const before = model.get(next.job);
        const answer = test.batch(() => store.steer(next.job, next.event));
        const allowed = before !== undefined && JOB_ARROWS[next.event].from.includes(before);
        expect(answer.changed).toBe(allowed);
        if (allowed) model.set(next.job, JOB_ARROWS[next.event].to);
        break;
      }
      case 'order':
        test.batch(() => store.reorder(next.job, next.to));
        break;
      case 'rank':
        test.batch(() => store.rank(next.job, next.rank));
        break;
      case 'move':
        test.batch(() => store.moveMigration(migrationId, next.queue));
        break;
      case 'cancelSlice':
        test.batch(() => store.cancelSlice(migrationId, 3));
        break;
      case 'releaseDue':
        test.batch(() => store.releaseDue(3));
        break;
      case 'rollback':
        store.begin(1);
        store.insertJobs(migrationId, newJobs(900, 2));
        store.steer(1, 'cancel');
        store.rollback();
        break;
      case 'reopen':
        test = await test.reopen();
        open = [test];
        migrationId = test.store.latestMigrations(1)[0]?.id ?? migrationId;
        break;
    }
    const counted = countedJobs(test.path);
    const queue = test.store.migration(migrationId)?.queue ?? '';
    expect(test.store.queue(queue)?.counts).toEqual(counted);
    const other = queue === 'default' ? 'night' : 'default';
    expect(Object.values(test.store.queue(other)?.counts ?? {}).every((count) => count === 0)).toBe(true);
    // Each pending job is read exactly once, in whatever order it is.
    const lane = test.store.readPending(migrationId, null, 1_000).map(({ id }) => id);
    expect(new Set(lane).size).toBe(lane.length);
    expect(lane).toHaveLength(counted.pending);
    expect(test.store.migration(migrationId)?.counts).toEqual(counted);
    for (const id of model.keys()) {
      const row = test.store.jobRow(id);
      // Slices choose their jobs themselves; what they chose is read back.
      if (next.kind === 'cancelSlice' || next.kind === 'releaseDue') {
        if (row !== null) model.set(id, row.state);
      } else expect(row?.state).toBe(model.get(id));
    }
  }
}

describe('the store', () => {
  it('counts the truth and allows only legal arrows, whatever is asked in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        await walk(steps);
        await Promise.all(open.map((each) => each.close()));
        open = [];
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('makes one job for a destination key, however often a listing repeats it', () => {
    const { store, batch } = fresh();
    const id = batch(() => store.insertMigration(MIGRATION));
    batch(() => store.insertJobs(id, newJobs(0, 3)));
    expect(batch(() => store.insertJobs(id, newJobs(1, 3)))).toEqual([null, null, expect.any(Number)]);
    expect(store.migration(id)?.counts.pending).toBe(4);
  });

  it('keeps every attempt, and changes nothing for one whose lease another holds', () => {
    const { store, batch } = fresh();
    const id = batch(() => store.insertMigration(MIGRATION));
    batch(() => store.insertJobs(id, newJobs(0, 1)));
    const [job] = store.readPending(id, null, 1);
    if (job === undefined) throw new Error('There is no job.');
    const first = { ...job, attempts: 1, token: '1.1', startedAtMs: 1 };
    batch(() => store.claim(job, { token: '1.1', startedAtMs: 1, endsAtMs: 2 }));
    batch(() => store.settle(first, settlement({ event: 'release', outcome: 'worker-lost', workerLosses: 1 })));
    const lease = { token: '1.2', startedAtMs: 3, endsAtMs: 4 };
    // What was read before the first attempt is old now.
    expect(batch(() => store.claim(job, lease))).toBeNull();
    expect(batch(() => store.claim({ ...job, attempts: 1, workerLosses: 1 }, lease))).not.toBeNull();
    expect(batch(() => store.settle(first, settlement({})))).toBe(false);
    expect(batch(() => store.settle({ ...first, attempts: 2, token: '1.2' }, settlement({})))).toBe(true);
    expect(store.job(job.id)?.history.map(({ number, outcome }) => [number, outcome])).toEqual([
      [1, 'worker-lost'],
      [2, 'completed'],
    ]);
  });

  it('sees a migration come to its end also in a batch that makes a queue', () => {
    const { store, batch } = fresh();
    const id = batch(() => store.insertMigration(MIGRATION));
    batch(() => store.insertJobs(id, newJobs(0, 1)));
    batch(() => store.updateMigration(id, { listing: 'done' }));
    store.begin(2_000_000);
    store.steer(1, 'cancel');
    store.insertQueue('night', 2);
    expect(store.touchedMigrations()).toMatchObject([{ migration: { id }, isFinishing: true }]);
    store.commit();
    expect(store.migration(id)?.finishedAtMs).toBe(2_000_000);
  });

  it('counts nothing against a job for the end of the app', () => {
    const { store, batch } = fresh();
    const id = batch(() => store.insertMigration(MIGRATION));
    batch(() => store.insertJobs(id, newJobs(0, 1)));
    const [job] = store.readPending(id, null, 1);
    if (job === undefined) throw new Error('There is no job.');
    const claimed = batch(() => store.claim(job, { token: '1.1', startedAtMs: 1, endsAtMs: 2 }));
    if (claimed === null) throw new Error('It was not claimed.');
    const lost = failure('worker-lost', 'The app ended.');
    batch(() => store.settle(claimed, settlement({ event: 'release', outcome: 'worker-lost', failure: lost })));
    expect(store.readPending(id, null, 1)[0]?.troubledSinceMs).toBeNull();
  });

  it('moves what is left of a migration that was cleaned up, with the right figures', async () => {
    const { store, batch } = fresh();
    batch(() => store.insertQueue('night', 2));
    const id = batch(() => store.insertMigration(MIGRATION));
    batch(() => store.insertJobs(id, newJobs(0, 3)));
    batch(() => store.updateMigration(id, { listing: 'done' }));
    batch(() => [1, 2].map((jobId) => store.steer(jobId, 'cancel')));
    batch(() => store.steer(3, 'skip'));
    expect(await store.prunableMigrations(3_000_000)).toEqual([id]);
    expect(batch(() => store.pruneJobs(id, 3_000_000, 2))).toBe(2);
    batch(() => store.moveMigration(id, 'night'));
    expect(store.queue('default')).toMatchObject({ totalBytes: 0, counts: { cancelled: 0, skipped: 0 } });
    expect(store.queue('night')).toMatchObject({ totalBytes: 10 });
    expect(batch(() => store.pruneJobs(id, 3_000_000, 2))).toBe(1);
    expect(await store.prunableMigrations(3_000_000)).toEqual([]);
  });

  it('notes attempts that were lost, for the next one to tidy up, but never in the place of a large write', () => {
    const { store, batch } = fresh();
    const id = batch(() => store.insertMigration(MIGRATION));
    batch(() => store.insertJobs(id, newJobs(0, 1)));
    function lose(token: string): number {
      const [job] = store.readPending(id, null, 1);
      if (job === undefined) throw new Error('There is no job.');
      const claimed = batch(() => store.claim(job, { token, startedAtMs: 1, endsAtMs: 2 }));
      if (claimed === null) throw new Error('It was not claimed.');
      batch(() => store.settle(claimed, settlement({ event: 'release', outcome: 'worker-lost' })));
      return job.id;
    }
    lose('1.1');
    const jobId = lose('1.2');
    expect(store.unfinishedUpload(jobId)).toBe('lost 1.1 1.2');
    const { accountId, container } = MIGRATION.destination;
    batch(() => store.noteUpload({ jobId, accountId, container, key: 'k', mark: 'upload-7' }));
    lose('1.3');
    expect(store.unfinishedUpload(jobId)).toBe('upload-7');
  });

  it('knows the settings as they are kept, also when a change was undone', () => {
    const { store, batch } = fresh();
    const before = store.settings();
    store.begin(5);
    store.changeSettings({ maxOpenJobs: 7 });
    expect(store.settings().maxOpenJobs).toBe(7);
    store.rollback();
    expect(store.settings()).toEqual(before);
    batch(() => store.changeSettings({ maxOpenJobs: 9 }));
    expect(store.settings()).toEqual({ ...before, maxOpenJobs: 9 });
  });

  it('announces what a commit made durable, and nothing of a batch that was undone', () => {
    const { store, batch } = fresh();
    const id = batch(() => store.insertMigration(MIGRATION));
    store.begin(5);
    store.insertJobs(id, newJobs(0, 2));
    store.rollback();
    store.begin(6);
    const [jobId] = store.insertJobs(id, newJobs(5, 1));
    if (typeof jobId !== 'number') throw new Error('No job was made.');
    store.steer(jobId, 'cancel');
    const committed = store.commit();
    expect([...committed.jobs]).toEqual([jobId]);
    expect(committed.outcomes).toMatchObject([{ jobId, state: 'cancelled', sourceKey: 'key 5', atMs: 6 }]);
  });
});
