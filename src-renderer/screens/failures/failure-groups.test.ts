/** Proves that failed jobs are grouped by what a person would mend at once, and that no job is left out. */
import { expect, test } from 'vitest';
import { failure } from '../../../src-shared/model/failure.ts';
import { jobRow } from '../jobs/job-row.fixture.ts';
import { groupFailures, keepOrder } from './failure-groups.ts';

const failed = (id: number, migrationId: number, code: 'network' | 'not-found', message: string) =>
  jobRow({
    id,
    migrationId,
    state: 'failed',
    updatedAtMs: id,
    failedStep: id % 2 === 0 ? 'upload' : 'open',
    failure: failure(code, message, { hint: `mend ${message}` }),
  });

test('groups by migration and code, largest first', () => {
  const groups = groupFailures([
    failed(1, 1, 'network', 'reset'),
    failed(2, 1, 'not-found', 'gone'),
    failed(3, 2, 'network', 'reset'),
    failed(4, 2, 'network', 'refused'),
    failed(6, 2, 'network', 'refused'),
  ]);
  expect(groups.map((group) => [group.id, group.jobIds])).toEqual([
    ['2 network', [6, 4, 3]],
    ['1 not-found', [2]],
    ['1 network', [1]],
  ]);
});

test('a group tells its most frequent message with the hint that belongs to it, and where most broke', () => {
  const [group] = groupFailures([
    failed(1, 1, 'network', 'reset'),
    failed(2, 1, 'network', 'refused'),
    failed(4, 1, 'network', 'refused'),
  ]);
  expect(group).toMatchObject({ message: 'refused', hint: 'mend refused', messages: 2, step: 'upload', latestAtMs: 4 });
});

test('a failed job without a recorded failure is shown, not dropped', () => {
  const [group] = groupFailures([jobRow({ id: 9, state: 'failed' })]);
  expect(group).toMatchObject({ code: 'unexpected', jobIds: [9], message: 'No reason was recorded.', step: null });
});

test('a later look keeps the order on screen and puts new groups behind', () => {
  const groups = groupFailures([
    failed(1, 1, 'network', 'a'),
    failed(2, 2, 'network', 'b'),
    failed(3, 2, 'network', 'b'),
    failed(4, 3, 'network', 'c'),
  ]);
  expect(keepOrder(groups, ['1 network', '2 network']).map((group) => group.id)).toEqual([
    '1 network',
    '2 network',
    '3 network',
  ]);
});
