/**
 * Owns how many jobs have work left, from the counters. Pure. Used where the house says how full it is.
 */
import { OPEN_STATES, type StateCounts } from '../../src-shared/model/job-state.ts';
import type { Store } from '../store/store.ts';

export function countOpen(counts: StateCounts): number {
  return OPEN_STATES.reduce((sum, state) => sum + counts[state], 0);
}

/** In the whole house. */
export function openJobs(store: Store): number {
  return store.queues().reduce((sum, { counts }) => sum + countOpen(counts), 0);
}
