/** Proves that the address, the filter and the counts on the tabs tell the same story. */
import { expect, test } from 'vitest';
import { JOB_STATES, NO_COUNTS } from '../../../src-shared/model/job-state.ts';
import { parseRoute } from '../../state/route.ts';
import { countersFor, countOf, jobsHref, readJobsAddress, STATE_TABS, toFilter } from './job-filter.ts';

test('every state stands under exactly one tab beside All', () => {
  const listed = STATE_TABS.flatMap((tab) => tab.states);
  expect([...listed].sort()).toEqual([...JOB_STATES].sort());
});

const read = (hash: string) => {
  const { id, query } = parseRoute(hash);
  return readJobsAddress(id, query);
};

test('an address survives being written and read, odd characters included', () => {
  const address = { tab: 'failed', migrationId: 3, queue: 'a&b=c', search: 'п/ %2F+#', jobId: 12 };
  expect(read(jobsHref(address))).toEqual(address);
});

test('a mistyped address opens the whole list', () => {
  const address = read('#/jobs/1e9?states=nonsense&migration=-1');
  expect(address).toEqual({ tab: 'all', migrationId: null, queue: null, search: '', jobId: null });
  expect(toFilter(address)).toEqual({});
});

test('a link may name a state, and opens the tab that holds it', () => {
  expect(read('#/jobs?states=scheduled').tab).toBe('waiting');
  expect(read('#/jobs?states=failed').tab).toBe('failed');
});

test('the filter carries what the address says and nothing else', () => {
  const address = read('#/jobs?states=waiting&migration=7&search=+img+');
  expect(toFilter(address)).toEqual({ states: ['pending', 'scheduled'], migrationId: 7, search: 'img' });
});

test('counts come from the counter that matches the filter, and from none when only a search could tell', () => {
  const all = { ...NO_COUNTS, failed: 5 };
  const migration = { ...NO_COUNTS, failed: 2 };
  const counters = { all, migration, queue: null };
  expect(countersFor(read('#/jobs'), counters)).toBe(all);
  expect(countersFor(read('#/jobs?migration=1'), counters)).toBe(migration);
  expect(countersFor(read('#/jobs?migration=1&queue=q'), counters)).toBeNull();
  expect(countersFor(read('#/jobs?search=x'), counters)).toBeNull();
});

test('the tabs beside All add up to All', () => {
  const counts = Object.fromEntries(JOB_STATES.map((state, at) => [state, at + 1])) as typeof NO_COUNTS;
  const [all, ...rest] = STATE_TABS.map((tab) => countOf(tab, counts));
  expect(rest.reduce((sum, count) => sum + count, 0)).toBe(all);
});
