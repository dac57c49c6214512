/**
 * Owns which of the four verbs a person can use on which jobs, read from the one table of arrows, and how many jobs
 * each would touch. Must not send anything. Called by the bulk bar and the detail pane.
 */
import type { BulkResult } from '../../../src-shared/contract/commands.ts';
import { MAX_IDS } from '../../../src-shared/contract/schemas.ts';
import type { JobRow } from '../../../src-shared/model/job.ts';
import { JOB_ARROWS, JOB_STATES, type JobState } from '../../../src-shared/model/job-state.ts';

export const JOB_VERBS = ['retry', 'resume', 'pause', 'cancel'] as const;
export type JobVerb = (typeof JOB_VERBS)[number];

export const VERB_LABELS: Readonly<Record<JobVerb, string>> = {
  retry: 'Retry',
  resume: 'Resume',
  pause: 'Pause',
  cancel: 'Cancel',
};

const VERB_PAST: Readonly<Record<JobVerb, string>> = {
  retry: 'will run again',
  resume: 'resumed',
  pause: 'paused',
  cancel: 'cancelled',
};

export function canDo(verb: JobVerb, state: JobState): boolean {
  return JOB_ARROWS[verb].from.includes(state);
}

/** The jobs that a verb applies to, in the order given. */
export function idsFor(verb: JobVerb, rows: Iterable<JobRow>): readonly number[] {
  return [...rows].filter((row) => canDo(verb, row.state)).map((row) => row.id);
}

/** "2 failed, 1 paused", in the order of the states; empty for no rows. */
export function describeStates(rows: Iterable<JobRow>): string {
  const counts = new Map<JobState, number>();
  for (const row of rows) counts.set(row.state, (counts.get(row.state) ?? 0) + 1);
  return JOB_STATES.filter((state) => counts.has(state))
    .map((state) => `${counts.get(state)} ${state}`)
    .join(', ');
}

/** Ids in the portions that one bulk command takes. */
export function inPortions(ids: readonly number[]): readonly (readonly number[])[] {
  const portions: (readonly number[])[] = [];
  for (let start = 0; start < ids.length; start += MAX_IDS) portions.push(ids.slice(start, start + MAX_IDS));
  return portions;
}

/** One sentence for what a bulk command did: never more than the house said. */
export function describeResult(verb: JobVerb, results: readonly BulkResult[]): string {
  const changed = results.reduce((sum, result) => sum + result.changed.length, 0);
  const refused = results.flatMap((result) => result.refused);
  const done = `${changed} ${changed === 1 ? 'job' : 'jobs'} ${VERB_PAST[verb]}`;
  const first = refused[0];
  return first === undefined ? `${done}.` : `${done}, ${refused.length} not: ${first.reason}`;
}
