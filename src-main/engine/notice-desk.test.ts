/** Proves who is told what, and how often, over a real database; the sending itself is proven in src-main/worker/notices. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AttemptReport, NoticeOrder } from '../../src-shared/contract/worker-messages.ts';
import { NOTICE_QUEUE, type NoticeEvent, type NoticeRule } from '../../src-shared/model/notice-rule.ts';
import { type CoordinatorUnderTest, openCoordinatorUnderTest, REQUEST } from './coordinator-under-test.ts';
import { assetsNamed, COMPLETED, failed } from './fake-workers.ts';
import { saveSchedule } from './verbs/keep-schedules.ts';
import { retryFailed } from './verbs/steer-migration.ts';
import { updateQueue } from './verbs/steer-queue.ts';
import { submitMigration } from './verbs/submit-migration.ts';

const HOUR_MS = 60 * 60_000;
const FOR_GOOD = failed('not-found', { retryable: false });

let test: CoordinatorUnderTest;
/** Tokens of notices that were reported on. */
const ended = new Set<string>();
beforeEach(async () => {
  ended.clear();
  test = await openCoordinatorUnderTest();
});
afterEach(() => test.close());

async function addRule(events: readonly NoticeEvent[], change: Partial<NoticeRule> = {}): Promise<number> {
  const target = { channel: 'webhook', url: 'https://example.com/hooks', allowPrivate: false } as const;
  const rule = { name: 'Tell me', target, events, failedAtLeast: 1, enabled: true, hasSecret: false, ...change };
  return test.coordinator.call(({ store }) => store.saveNoticeRule(null, rule));
}

async function submit(...keys: readonly string[]): Promise<number> {
  test.workers.list = () => ({ assets: assetsNamed(...keys), position: null });
  const { migrationId } = await test.coordinator.call((desk) => submitMigration(desk, REQUEST));
  await test.clock.settle();
  return migrationId;
}

/** Gives the id of the job. */
async function end(key: string, report: AttemptReport): Promise<number> {
  const { jobId } = test.workers.end(report, key);
  await test.clock.settle();
  return jobId;
}

function inHand(): NoticeOrder[] {
  return test.workers
    .alive()
    .flatMap(({ received }) => received)
    .flatMap((message) => (message.type === 'notices' ? message.orders : []))
    .filter(({ token }) => !ended.has(token));
}

async function answer(report: AttemptReport, noticeId?: string): Promise<NoticeOrder> {
  const order = inHand().find((each) => noticeId === undefined || each.noticeId === noticeId);
  if (order === undefined) throw new Error('No such notice is in hand.');
  ended.add(order.token);
  for (const worker of test.workers.alive()) {
    const isIts = worker.received.some((message) => message.type === 'notices' && message.orders.includes(order));
    if (isIts) worker.say({ type: 'outcomes', items: [{ token: order.token, report }] });
  }
  await test.clock.settle();
  return order;
}

const queueCounts = () => test.coordinator.store.queue(NOTICE_QUEUE)?.counts;
const noticeJobs = (): number => Object.values(queueCounts() ?? {}).reduce((sum, count) => sum + count, 0);
const jobOf = ({ jobId }: { readonly jobId: number }) => test.coordinator.store.job(jobId);

describe('a migration that has finished', () => {
  it('makes one notice for each rule that asks for it, in the queue of notices', async () => {
    const one = await addRule(['migration-finished']);
    const two = await addRule(['migration-finished', 'schedule-failed']);
    await addRule(['migration-failing']);
    await addRule(['migration-finished'], { enabled: false });
    const id = await submit('a', 'b');
    await end('a', COMPLETED);
    expect(noticeJobs()).toBe(0);
    await end('b', COMPLETED);
    expect(noticeJobs()).toBe(2);
    expect(inHand().map(({ noticeId }) => Number.parseInt(noticeId, 10))).toEqual([one, two]);
    expect(inHand()[0]).toMatchObject({
      attempt: 1,
      secret: null,
      target: { channel: 'webhook' },
      notice: { kind: 'migration-finished', text: '2 of 2 moved.', migration: { id, state: 'completed' } },
    });
    expect(jobOf(inHand()[0] ?? { jobId: 0 })?.queue).toBe(NOTICE_QUEUE);
    await answer({ kind: 'delivered' });
    await answer({ kind: 'delivered' });
    await test.clock.advance(2 * HOUR_MS);
    expect(queueCounts()).toMatchObject({ completed: 2, pending: 0, running: 0, failed: 0 });
  });

  it('and finishes again after a retry is told again: it is news', async () => {
    await addRule(['migration-finished']);
    const id = await submit('a');
    const jobId = await end('a', FOR_GOOD);
    expect((await answer({ kind: 'delivered' })).notice.title).toMatch(/ended with failures$/);
    await test.clock.advance(1_000);
    await test.coordinator.call((desk) => retryFailed(desk, id, [jobId]));
    await test.clock.settle();
    await end('a', COMPLETED);
    expect((await answer({ kind: 'delivered' })).notice.title).toMatch(/is complete$/);
    expect(noticeJobs()).toBe(2);
  });

  it('with nothing in it, or whose source cannot be listed, is told as what it is', async () => {
    await addRule(['migration-finished']);
    await submit();
    expect((await answer({ kind: 'delivered' })).notice.title).toMatch(/found nothing to move$/);
    test.workers.list = () => ({ code: 'not-found', message: 'There is no folder.', hint: '', retryable: false });
    await test.coordinator.call((desk) => submitMigration(desk, REQUEST));
    await test.clock.settle();
    expect((await answer({ kind: 'delivered' })).notice.title).toMatch(/could not list its source$/);
  });

  it('is shown by the desktop', async () => {
    await addRule(['migration-finished'], { target: { channel: 'desktop' } });
    await submit('a');
    await end('a', COMPLETED);
    expect(test.notified).toEqual(['from → to is complete']);
    expect(queueCounts()).toMatchObject({ completed: 1 });
  });
});

describe('a migration that fails too often', () => {
  it('is not told again after the clean-up and a restart have forgotten the rest', async () => {
    await addRule(['migration-failing', 'migration-finished']);
    const id = await submit('a', 'b');
    await end('a', FOR_GOOD);
    await answer({ kind: 'delivered' });
    const notices = await test.coordinator.call((desk) => desk.store.noticeMigration());
    const laterMs = test.clock.wallMs() + 1;
    await test.coordinator.call((desk) => desk.store.pruneJobs(notices, laterMs, 100));
    test = await test.crash();
    await end('b', FOR_GOOD);
    const told = inHand().map(({ noticeId }) => noticeId);
    expect(told).toEqual([expect.stringContaining(`/migration-finished:${id}:`)]);
  });

  it('is told once, when it reaches the threshold, and to each rule at its own', async () => {
    const two = await addRule(['migration-failing'], { failedAtLeast: 2 });
    const three = await addRule(['migration-failing'], { failedAtLeast: 3 });
    const id = await submit('a', 'b', 'c', 'd');
    await end('a', FOR_GOOD);
    expect(noticeJobs()).toBe(0);
    await end('b', FOR_GOOD);
    expect(inHand().map(({ noticeId }) => noticeId)).toEqual([`${two}/migration-failing:${id}`]);
    expect((await answer({ kind: 'delivered' })).notice.title).toBe('from → to: 2 jobs have failed');
    await end('c', FOR_GOOD);
    await end('d', FOR_GOOD);
    expect(inHand().map(({ noticeId }) => noticeId)).toEqual([`${three}/migration-failing:${id}`]);
    expect(noticeJobs()).toBe(2);
  });

  it('is not told again after a retry, a change of the rules, or a crash', async () => {
    await addRule(['migration-failing']);
    const id = await submit('a', 'b', 'c');
    const jobId = await end('a', FOR_GOOD);
    await answer({ kind: 'delivered' });
    await test.coordinator.call((desk) => retryFailed(desk, id, [jobId]));
    await test.clock.settle();
    await end('a', FOR_GOOD);
    await addRule(['schedule-failed']);
    await end('b', FOR_GOOD);
    test = await test.crash();
    await end('c', FOR_GOOD);
    expect(noticeJobs()).toBe(1);
    expect(inHand()).toEqual([]);
  });

  it('that is a notice itself tells nobody', async () => {
    await addRule(['migration-failing', 'migration-finished']);
    await submit('a');
    await end('a', COMPLETED);
    await answer(failed('unsupported'));
    expect(queueCounts()).toMatchObject({ failed: 1 });
    expect(noticeJobs()).toBe(1);
  });
});

describe('a crash', () => {
  it('while a notice is under way sends the same one again, under the same id, and makes no second', async () => {
    await addRule(['migration-finished', 'migration-failing']);
    await submit('a');
    await end('a', FOR_GOOD);
    const before = inHand().map(({ noticeId }) => noticeId);
    expect(before).toHaveLength(2);
    test = await test.crash();
    expect(
      inHand()
        .map(({ noticeId }) => noticeId)
        .sort(),
    ).toEqual(before.sort());
    expect(noticeJobs()).toBe(2);
    await answer({ kind: 'delivered' });
    await answer({ kind: 'delivered' });
    test = await test.crash();
    expect(inHand()).toEqual([]);
    expect(queueCounts()).toMatchObject({ completed: 2 });
  });

  it('of the batch in which it finished leaves neither the end nor its notice, then both', async () => {
    await addRule(['migration-finished']);
    const id = await submit('a');
    vi.spyOn(test.coordinator.store, 'commit').mockImplementationOnce(() => {
      throw new Error('The disk is gone.');
    });
    await end('a', COMPLETED);
    expect(noticeJobs()).toBe(0);
    expect(test.coordinator.store.migration(id)?.finishedAtMs).toBeNull();
    await test.clock.advance(2_000);
    expect(test.coordinator.store.migration(id)?.finishedAtMs).not.toBeNull();
    expect(inHand()).toHaveLength(1);
    expect(noticeJobs()).toBe(1);
  });
});

describe('a receiver', () => {
  it('that is slow does not hold a transfer', async () => {
    for (let rule = 0; rule < 5; rule += 1) await addRule(['migration-finished']);
    await submit('a');
    await end('a', COMPLETED);
    expect(queueCounts()).toMatchObject({ running: 2, pending: 3 });
    const keys = Array.from({ length: 8 }, (_, index) => `later ${index}`);
    const id = await submit(...keys);
    expect(test.workers.orders()).toHaveLength(8);
    for (const key of keys) await end(key, COMPLETED);
    expect(test.coordinator.store.migration(id)?.counts.completed).toBe(8);
    expect(queueCounts()).toMatchObject({ running: 2 });
  });

  it('that fails is tried again, not before it asked for, and its attempts can be seen', async () => {
    await addRule(['migration-finished']);
    await submit('a');
    await end('a', COMPLETED);
    const first = await answer(failed('network'));
    await test.clock.advance(600);
    const second = await answer(failed('rate-limited', { retryAfterMs: 90_000 }));
    expect(second).toMatchObject({ attempt: 2, noticeId: first.noticeId, jobId: first.jobId });
    await test.clock.advance(89_000);
    expect(inHand()).toEqual([]);
    await test.clock.advance(2_000);
    expect((await answer({ kind: 'delivered' })).attempt).toBe(3);
    const job = jobOf(first);
    expect(job).toMatchObject({ state: 'completed' });
    expect(job?.history.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'completed']);
  });

  it('that asks to be left alone does not hold the notices of others', async () => {
    await addRule(['migration-finished'], { name: 'Throttled' });
    await submit('a');
    await end('a', COMPLETED);
    await answer(failed('rate-limited', { retryAfterMs: HOUR_MS }));
    const other = await addRule(['migration-finished'], { name: 'Other' });
    await submit('b');
    await end('b', COMPLETED);
    expect(inHand().map(({ noticeId }) => Number.parseInt(noticeId, 10))).toContain(other);
  });

  it('that never takes it is given up after five attempts, and the job says why', async () => {
    await addRule(['migration-finished']);
    await submit('a');
    await end('a', COMPLETED);
    const { jobId } = inHand()[0] ?? { jobId: 0 };
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await answer(failed('network'));
      await test.clock.advance(HOUR_MS);
    }
    expect(inHand()).toEqual([]);
    expect(jobOf({ jobId })).toMatchObject({ state: 'failed', failure: { code: 'network' } });
  });

  it('whose rule was removed gets nothing; the others do', async () => {
    const gone = await addRule(['migration-finished']);
    const kept = await addRule(['migration-finished']);
    await test.coordinator.call((desk) => updateQueue(desk, NOTICE_QUEUE, { paused: true }));
    await submit('a');
    await end('a', COMPLETED);
    await test.coordinator.call(({ store }) => store.removeNoticeRule(gone));
    await test.coordinator.call((desk) => updateQueue(desk, NOTICE_QUEUE, { paused: false }));
    await test.clock.settle();
    expect(inHand().map(({ noticeId }) => Number.parseInt(noticeId, 10))).toEqual([kept]);
    expect(queueCounts()).toMatchObject({ failed: 1, running: 1 });
    await submit('b');
    await end('b', COMPLETED);
    expect(noticeJobs()).toBe(3);
  });

  it('of a new rule is never taken for one that was removed', async () => {
    const gone = await addRule(['migration-finished']);
    await test.coordinator.call(({ store }) => store.removeNoticeRule(gone));
    expect(await addRule(['migration-finished'])).not.toBe(gone);
  });

  it('whose notice cannot even be put together is a failed job, not a lost berth', async () => {
    await addRule(['migration-finished']);
    await submit('a');
    vi.spyOn(test.coordinator.notices, 'noticeOf').mockImplementationOnce(() => {
      throw new Error('The database was closed.');
    });
    await end('a', COMPLETED);
    expect(queueCounts()).toMatchObject({ failed: 1, running: 0 });
  });
});

describe('a rule', () => {
  it('is tried by hand, also while it is off', async () => {
    const id = await addRule(['migration-finished'], { enabled: false });
    const { notices, store } = test.coordinator;
    const nowMs = test.clock.wallMs();
    const rule = store.noticeRules().find((each) => each.id === id);
    if (rule === undefined) throw new Error('It is gone.');
    const jobId = await test.coordinator.call(() => notices.test(rule, nowMs));
    await test.clock.settle();
    const order = await answer({ kind: 'delivered' });
    expect(order).toMatchObject({ jobId, notice: { kind: 'test', migration: null } });
    // Twice within a millisecond is still two tests.
    const again = await test.coordinator.call(() => notices.test(rule, nowMs));
    expect(again).not.toBe(jobId);
    expect(jobOf({ jobId: again })).not.toBeNull();
  });

  it('tells of a schedule whose run failed, with the reason', async () => {
    await addRule(['schedule-failed']);
    test.workers.list = () => ({ code: 'not-found', message: 'There is no folder.', hint: '', retryable: false });
    await test.coordinator.call((desk) =>
      saveSchedule(
        desk,
        {
          name: 'Nightly',
          task: { kind: 'migration', request: REQUEST, mode: 'changed' },
          timing: { kind: 'interval', everyMinutes: 60 },
          startAtMs: null,
          hours: null,
          missed: 'once',
        },
        test.clock.wallMs(),
      ),
    );
    await test.clock.advance(HOUR_MS);
    const { notice } = await answer({ kind: 'delivered' });
    expect(notice).toMatchObject({ kind: 'schedule-failed', title: 'Nightly failed' });
    expect(notice.text).toContain('There is no folder.');
    expect(noticeJobs()).toBe(1);
  });
});
