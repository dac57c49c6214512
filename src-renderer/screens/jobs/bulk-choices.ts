/**
 * Owns which bulk verbs a list of jobs can be offered, by the table of arrows. Pure. Used by all-matching.tsx.
 */
import { BULK_VERBS, type BulkVerb } from '../../../src-shared/model/bulk.ts';
import { JOB_ARROWS, JOB_STATES } from '../../../src-shared/model/job-state.ts';
import type { Choice } from '../../parts/select.tsx';
import type { JobFilter } from './job-filter.ts';

export const BULK_LABELS: Readonly<Record<BulkVerb, string>> = {
  retry: 'Retry',
  resume: 'Resume',
  pause: 'Pause',
  skip: 'Leave out',
  cancel: 'Cancel',
};

/** The verbs that at least one state of the list allows, by the table of arrows. */
export function bulkChoices({ states }: JobFilter): readonly Choice<BulkVerb>[] {
  const shown = states === undefined || states.length === 0 ? JOB_STATES : states;
  return BULK_VERBS.filter((verb) => shown.some((state) => JOB_ARROWS[verb].from.includes(state))).map((verb) => ({
    value: verb,
    label: BULK_LABELS[verb],
    detail: JOB_ARROWS[verb].from.filter((state) => shown.includes(state)).join(', '),
  }));
}
