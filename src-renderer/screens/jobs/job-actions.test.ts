/** Proves that the buttons promise exactly what the table of arrows allows, and that results are not embellished. */
import { expect, test } from 'vitest';
import { describeResult, describeStates, idsFor, inPortions } from './job-actions.ts';
import { jobRow } from './job-row.fixture.ts';

const selected = [
  jobRow({ id: 1, state: 'failed' }),
  jobRow({ id: 2, state: 'failed' }),
  jobRow({ id: 3, state: 'paused' }),
  jobRow({ id: 4, state: 'completed' }),
  jobRow({ id: 5, state: 'running' }),
];

test('each verb counts only the jobs it can change', () => {
  expect(idsFor('retry', selected)).toEqual([1, 2]);
  expect(idsFor('resume', selected)).toEqual([3]);
  expect(idsFor('pause', selected)).toEqual([5]);
  expect(idsFor('cancel', selected)).toEqual([3, 5]);
});

test('a selection is described by its states', () => {
  expect(describeStates(selected)).toBe('1 running, 1 paused, 1 completed, 2 failed');
  expect(describeStates([])).toBe('');
});

test('ids go out in portions that the command accepts, none lost', () => {
  const ids = Array.from({ length: 2_001 }, (_, at) => at + 1);
  const portions = inPortions(ids);
  expect(portions.map((portion) => portion.length)).toEqual([1_000, 1_000, 1]);
  expect(portions.flat()).toEqual(ids);
  expect(inPortions([])).toEqual([]);
});

test('a result says how many changed and why others did not', () => {
  expect(describeResult('retry', [{ changed: [1], refused: [] }])).toBe('1 job will run again.');
  expect(
    describeResult('cancel', [
      { changed: [1, 2], refused: [] },
      { changed: [3], refused: [{ id: 4, reason: 'It is completed.' }] },
    ]),
  ).toBe('3 jobs cancelled, 1 not: It is completed.');
});
