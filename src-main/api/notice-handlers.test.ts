/** Proves that notices stand apart from the jobs of the house, and that a rule which is off or gone tells nobody more. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Params } from '../../src-shared/contract/commands.ts';
import { NO_COUNTS } from '../../src-shared/model/job-state.ts';
import { NOTICE_QUEUE } from '../../src-shared/model/notice-rule.ts';
import { COMPLETED } from '../engine/fake-workers.ts';
import { type HouseUnderTest, openHouseUnderTest } from './house-under-test.ts';

const RULE = {
  name: 'Tell me',
  target: { channel: 'desktop' },
  events: ['migration-finished'],
} as const satisfies Params<'notice.save'>;

let under: HouseUnderTest;
beforeEach(async () => {
  under = await openHouseUnderTest();
});
afterEach(() => under.close());

/** Rules with a notice each that waits in the paused queue, told of a migration of one job. */
async function waitingNotices(count: number): Promise<number[]> {
  const rules = [];
  for (let each = 0; each < count; each += 1) rules.push((await under.do('notice.save', RULE)).id);
  await under.do('queue.pause', { queue: NOTICE_QUEUE });
  await under.submit(['a']);
  under.test.workers.end(COMPLETED, 'a');
  await under.test.clock.settle();
  return rules;
}

const statesByRule = async (): Promise<Record<string, string>> => {
  const { rows } = await under.do('job.list', { filter: { queue: NOTICE_QUEUE } });
  return Object.fromEntries(rows.map(({ destinationKey, state }) => [destinationKey.split(':')[0], state]));
};

it('are no jobs of the house: lists, counts and bulks of all jobs leave them out, those of their queue do not', async () => {
  await waitingNotices(2);
  const all = await under.do('job.list', {});
  expect(all).toMatchObject({ rows: [{ sourceKey: 'a' }], total: { count: 1 } });
  expect((await under.do('job.list', { filter: { search: 'migration-finished' } })).total.count).toBe(0);
  expect(await under.do('job.count', {})).toEqual({ ...NO_COUNTS, completed: 1 });
  expect((await under.do('stats.get', {})).counts).toEqual({ ...NO_COUNTS, completed: 1 });
  expect((await under.do('bulk.start', { verb: 'cancel', filter: {} })).total).toBe(0);
  expect((await under.do('job.list', { filter: { queue: NOTICE_QUEUE } })).total.count).toBe(2);
  expect(await under.do('job.count', { queue: NOTICE_QUEUE })).toMatchObject({ pending: 2 });
});

it('cannot be joined by a migration that moves into their queue', async () => {
  const { migrationId } = await under.enqueue(['a']);
  await expect(under.do('migration.move', { migrationId, queue: NOTICE_QUEUE })).rejects.toMatchObject({
    failure: { code: 'not-found', field: 'queue' },
  });
});

it('are recalled when their rule is turned off: those of others wait on, and a test goes out', async () => {
  // Eleven, so that one id begins with another.
  const rules = await waitingNotices(11);
  const [off = 0] = rules;
  const { jobId } = await under.do('notice.test', { ruleId: off });
  await under.do('notice.save', { ...RULE, id: off, enabled: false });
  const states = await statesByRule();
  expect(states[`${off}/migration-finished`]).toBe('cancelled');
  expect(rules.slice(1).map((id) => states[`${id}/migration-finished`])).toEqual(Array(10).fill('pending'));
  expect((await under.do('job.get', { jobId })).state).toBe('pending');
});

it('are recalled with their tests when their rule is removed', async () => {
  const [gone = 0] = await waitingNotices(1);
  const { jobId } = await under.do('notice.test', { ruleId: gone });
  await under.do('notice.remove', { ruleId: gone });
  expect(await statesByRule()).toEqual({ [`${gone}/migration-finished`]: 'cancelled', [`${gone}/test`]: 'cancelled' });
  expect((await under.do('job.get', { jobId })).failure).toBeNull();
});
