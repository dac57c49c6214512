/** Proves that a crashed window comes back by itself, but not for ever. */
import { expect, test } from 'vitest';
import { mayRevive } from './revive-window.ts';

test.each([
  ['the first crash', [0], 0, true],
  ['three in a minute', [0, 20_000, 40_000], 40_000, true],
  ['four in a minute', [0, 20_000, 40_000, 59_000], 59_000, false],
  ['four, the first a minute ago', [0, 20_000, 40_000, 60_000], 60_000, true],
])('%s', (_name, crashesMs, nowMs, revives) => {
  expect(mayRevive(crashesMs, nowMs)).toBe(revives);
});
