/**
 * Owns what people do to single jobs: pause, resume, cancel, retry, for a handful of ids. Must not stop at the first
 * refusal: each id gets its own answer. Verbs of the coordinator.
 */
import type { BulkResult } from '../../../src-shared/contract/commands.ts';
import type { Desk } from '../desk.ts';

export type JobVerb = 'pause' | 'resume' | 'cancel' | 'retry';

/** Says for each id whether it changed, and if not, why. */
export function steerJobs(desk: Desk, jobIds: readonly number[], verb: JobVerb): BulkResult {
  const changed: number[] = [];
  const refused: { id: number; reason: string }[] = [];
  for (const id of new Set(jobIds)) {
    const attempt = desk.running.ofJob(id);
    const answer = desk.store.steer(id, verb);
    if (!answer.changed) {
      refused.push({ id, reason: answer.state === null ? 'There is no such job.' : `It is ${answer.state}.` });
      continue;
    }
    changed.push(id);
    if (answer.wasRunning && attempt !== null) {
      desk.onCommit(() => desk.dismiss(attempt.job.token, verb === 'cancel' ? 'cancel' : 'pause'));
    }
    if (verb === 'retry') reopen(desk, id);
  }
  return { changed, refused };
}

/** `priority` as people say it: higher first. Says for each id whether it changed, and if not, why. */
export function prioritizeJobs(desk: Desk, jobIds: readonly number[], priority: number): BulkResult {
  const changed: number[] = [];
  const refused: { id: number; reason: string }[] = [];
  for (const id of new Set(jobIds)) {
    if (desk.store.rank(id, -priority)) changed.push(id);
    else {
      const state = desk.store.jobRow(id)?.state;
      refused.push({ id, reason: state === undefined ? 'There is no such job.' : `It is ${state}.` });
    }
  }
  return { changed, refused };
}

/** A job that is set going again takes its cancelled migration along. */
function reopen(desk: Desk, jobId: number): void {
  const migrationId = desk.store.jobRow(jobId)?.migrationId;
  if (migrationId === undefined) return;
  if (desk.store.migration(migrationId)?.intent === 'cancel')
    desk.store.updateMigration(migrationId, { intent: 'run' });
}
