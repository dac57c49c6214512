/** Proves that no measured time reads as "0.0 s". */
import { expect, test } from 'vitest';
import { formatSpan } from './format-span.ts';

test.each([
  [0, 'under 1 ms'],
  [0.4, 'under 1 ms'],
  [0.6, '1 ms'],
  [41.2, '41 ms'],
  [99.4, '99 ms'],
  [99.6, '0.1 s'],
  [1_400, '1.4 s'],
])('%d ms reads "%s"', (ms, words) => {
  expect(formatSpan(ms)).toBe(words);
});
