/** Proves what a migration is called once nothing of it is open: completed only when all that was asked for arrived. */
import { expect, it } from 'vitest';
import { NO_COUNTS, type StateCounts } from './job-state.ts';
import { type DisplayState, deriveDisplayState } from './migration.ts';
import { NO_REMOVALS } from './source-removal.ts';

it.each<[string, Partial<StateCounts>, DisplayState]>([
  ['all arrived or were there', { completed: 7, skipped: 2 }, 'completed'],
  ['some were cancelled', { completed: 7, cancelled: 493 }, 'incomplete'],
  ['some failed', { completed: 7, failed: 1 }, 'incomplete'],
  ['all were cancelled', { cancelled: 500 }, 'cancelled'],
  ['there was nothing', {}, 'empty'],
])('where %s', (_, counts, state) => {
  const facts = { intent: 'run', listing: 'done', removals: NO_REMOVALS } as const;
  expect(deriveDisplayState({ ...facts, counts: { ...NO_COUNTS, ...counts } })).toBe(state);
});
