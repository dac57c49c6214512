/** Proves that whatever waits for a person is called out once, with its way on, until that person has put it aside. */
import { expect, test } from 'vitest';
import { NO_COUNTS } from '../../../src-shared/model/job-state.ts';
import { NOTICE_QUEUE } from '../../../src-shared/model/notice-rule.ts';
import { houseOf, migrationOf, queueView } from './house.fixture.ts';
import { needsOf } from './needs.ts';

const ids = (...of: Parameters<typeof needsOf>) => needsOf(...of).map(({ id }) => id);

test('jobs that were paused one by one need somebody, beside others that run', () => {
  const needs = needsOf(houseOf({ running: 1, pending: 4, paused: 3 }), []);
  expect(needs).toMatchObject([
    { title: '3 paused jobs', text: 'Photos', action: { kind: 'resume-migration', migrationId: 1 } },
  ]);
});

test('a paused migration says how many jobs wait, paused ones included', () => {
  const counts = { ...NO_COUNTS, pending: 2, scheduled: 1, paused: 4 };
  const house = houseOf(counts, { migrations: [migrationOf({ intent: 'pause', counts })] });
  expect(needsOf(house, [])).toMatchObject([{ title: 'Photos is paused', text: '7 jobs wait' }]);
});

test('a pause of everything is called out although every job was paused before', () => {
  expect(needsOf(houseOf({ paused: 5 }, { paused: true }), []).find(({ id }) => id === 'house')?.text).toBe(
    '5 jobs wait',
  );
  expect(ids(houseOf({ completed: 5 }, { paused: true }), [])).toEqual([]);
});

test('a queue that is paused with jobs that wait for their time needs somebody', () => {
  const counts = { ...NO_COUNTS, scheduled: 1 };
  const house = houseOf(counts, { queues: [queueView({ paused: true, counts })] });
  expect(needsOf(house, [])).toMatchObject([{ id: 'queue default', text: '1 job waits' }]);
});

test('failures that a person has seen are not called out again until there are more of them', () => {
  const [seen] = needsOf(houseOf({ failed: 2, completed: 1 }), []);
  const aside = [seen?.seenAs ?? ''];
  expect(ids(houseOf({ failed: 2, completed: 1 }), aside)).toEqual([]);
  expect(ids(houseOf({ failed: 3, completed: 1 }), aside)).toEqual(['failed 1']);
});

test('what holds work up cannot be put aside', () => {
  const needs = needsOf(houseOf({ paused: 2 }, { paused: true }), ['', 'house', 'paused 1']);
  expect(needs.map(({ seenAs }) => seenAs)).toEqual([null, null]);
});

test('notices that could not be sent are told as such, apart from failed jobs', () => {
  const notices = queueView({ name: NOTICE_QUEUE, counts: { ...NO_COUNTS, failed: 1 } });
  const house = houseOf({ completed: 1 }, { queues: [notices] });
  expect(needsOf(house, [])).toMatchObject([
    { title: '1 notice could not be sent', action: { href: '#/jobs?states=failed&queue=notices' } },
  ]);
});
