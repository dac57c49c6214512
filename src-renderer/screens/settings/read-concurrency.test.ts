/** Proves that only what a queue accepts is read as a number. */
import { expect, test } from 'vitest';
import { readConcurrency } from './read-concurrency.ts';

test.each([
  ['1', 1],
  [' 256 ', 256],
  ['012', 12],
])('%j is %j', (typed, expected) => {
  expect(readConcurrency(typed)).toBe(expected);
});

test.each(['0', '257', '-1', '1.5', '1e2', '', 'ten', '99999999999999999999'])('%j is refused', (typed) => {
  expect(readConcurrency(typed)).toBeNull();
});
