/**
 * Owns asking for a job by reference: where it stands, or how it ended, with some patience. Must not start anything.
 * Called by the api.
 */
import type { JobAnswer } from '../../src-shared/contract/commands.ts';
import { fail } from '../../src-shared/model/failure.ts';
import { isOpen } from '../../src-shared/model/job-state.ts';
import type { Clock } from '../ports.ts';
import type { Coordinator } from './coordinator.ts';

/** Resolves when the job has ended, at the latest after `waitMs`. Rejects with FailureError `not-found`. */
export async function awaitJob(
  coordinator: Coordinator,
  clock: Clock,
  jobId: number,
  waitMs: number,
): Promise<JobAnswer> {
  const now = (): Promise<JobAnswer> =>
    coordinator.call(({ store }) => {
      const job = store.job(jobId);
      if (job === null) fail('not-found', `There is no job ${jobId}.`, { field: 'jobId' });
      return isOpen(job.state) ? { done: false, state: job.state } : { done: true, state: job.state, job };
    });
  let ended: () => void = () => undefined;
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  // Listens before it looks: an end between the two is not missed.
  const stopListening = coordinator.onCommitted(({ outcomes }) => {
    if (outcomes.some((outcome) => outcome.jobId === jobId)) ended();
  });
  const stopTimer = clock.after(waitMs, ended);
  try {
    const first = await now();
    if (first.done || waitMs === 0) return first;
    await end;
    return await now();
  } finally {
    stopListening();
    stopTimer();
  }
}
