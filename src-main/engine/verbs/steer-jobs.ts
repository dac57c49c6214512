/**
 * Owns what people do to single jobs: pause, resume, cancel, retry, skip, run now, priority and order, for a handful of
 * ids. Must not stop at the first refusal: each id gets its own answer. Verbs of the coordinator; bulks use steerJob.
 */

import type { BulkResult } from '../../../src-shared/contract/commands.ts';
import type { AbortReason } from '../../../src-shared/contract/worker-messages.ts';
import type { SteerEvent } from '../../../src-shared/model/job-state.ts';
import type { StoredMigration } from '../../store/records.ts';
import type { Desk } from '../desk.ts';
import { waitsForCancel } from '../open-jobs.ts';

const ABORTS: Partial<Record<SteerEvent, AbortReason>> = { pause: 'pause', cancel: 'cancel', skip: 'cancel' };

/** null: it changed; otherwise why it did not, in a sentence. */
export function steerJob(desk: Desk, jobId: number, event: SteerEvent): string | null {
  const attempt = desk.running.ofJob(jobId);
  const cancelled = event === 'retry' ? cancelledMigration(desk, jobId) : null;
  if (cancelled !== null && waitsForCancel(cancelled)) return 'Its migration is still being cancelled.';
  const answer = desk.store.steer(jobId, event);
  if (!answer.changed) return answer.state === null ? 'There is no such job.' : `It is ${answer.state}.`;
  const reason = ABORTS[event];
  if (answer.wasRunning && attempt !== null && reason !== undefined) {
    desk.onCommit(() => desk.dismiss(attempt.job.token, reason));
  }
  // A job that is set going again takes its cancelled migration along.
  if (cancelled !== null) desk.store.updateMigration(cancelled.id, { intent: 'run' });
  return null;
}

/** Says for each id whether it changed, and if not, why. */
export function steerJobs(desk: Desk, jobIds: readonly number[], event: SteerEvent): BulkResult {
  return each(jobIds, (id) => steerJob(desk, id, event));
}

/** `priority` as people say it: higher first. */
export function prioritizeJobs(desk: Desk, jobIds: readonly number[], priority: number): BulkResult {
  return each(jobIds, (id) => (desk.store.rank(id, -priority) ? null : whyNot(desk, id)));
}

/** In the given order: first or last in their migration, or before another job of it. */
export function reorderJobs(
  desk: Desk,
  jobIds: readonly number[],
  to: 'first' | 'last' | { readonly before: number },
): BulkResult {
  // The last one to be put first is the first.
  const inOrder = to === 'first' ? [...jobIds].reverse() : jobIds;
  return each(inOrder, (id) => {
    switch (desk.store.reorder(id, to)) {
      case 'done':
        return null;
      case 'not-waiting':
        return whyNot(desk, id);
      case 'not-beside':
        return 'The other job does not wait in the same migration.';
      case 'no-room':
        return 'There is no place left between the two; put it first or last.';
    }
  });
}

function each(jobIds: readonly number[], change: (id: number) => string | null): BulkResult {
  const changed: number[] = [];
  const refused: { id: number; reason: string }[] = [];
  for (const id of new Set(jobIds)) {
    const reason = change(id);
    if (reason === null) changed.push(id);
    else refused.push({ id, reason });
  }
  return { changed, refused };
}

function whyNot(desk: Desk, jobId: number): string {
  const state = desk.store.jobRow(jobId)?.state;
  return state === undefined ? 'There is no such job.' : `It is ${state}.`;
}

function cancelledMigration({ store }: Desk, jobId: number): StoredMigration | null {
  const migrationId = store.migrationIdOf(jobId);
  const migration = migrationId === null ? null : store.migration(migrationId);
  return migration?.intent === 'cancel' ? migration : null;
}
