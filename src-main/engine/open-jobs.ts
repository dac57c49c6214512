/**
 * Owns how many jobs have work left, from the counters. Pure. Used where the house says how full it is, and whether a
 * cancelled migration still has something to cancel.
 */
import { OPEN_STATES, type StateCounts } from '../../src-shared/model/job-state.ts';
import type { StoredMigration } from '../store/records.ts';
import type { Store } from '../store/store.ts';

export function countOpen(counts: StateCounts): number {
  return OPEN_STATES.reduce((sum, state) => sum + counts[state], 0);
}

/** In the whole house. */
export function openJobs(store: Store): number {
  return store.queues().reduce((sum, { counts }) => sum + countOpen(counts), 0);
}

/** It was cancelled, and some of its jobs wait to be: a slice at a time. */
export function waitsForCancel({ intent, counts }: StoredMigration): boolean {
  return intent === 'cancel' && counts.pending + counts.scheduled + counts.paused > 0;
}
