/**
 * Owns what an attempt's report means for its job. Pure. Must not write. Called by the coordinator.
 */
import type { AttemptReport } from '../../src-shared/contract/worker-messages.ts';
import { type Failure, failure } from '../../src-shared/model/failure.ts';
import type { JobSettlement, PendingJob } from '../store/records.ts';
import { decideRetry, MAX_WORKER_LOSSES } from './retry-policy.ts';

/** What the supervisor adds to the worker's own words: the process died with the attempt in it. */
export type AttemptEnd =
  | AttemptReport
  /** `isBlamed`: the job may have caused it. */
  | { readonly kind: 'worker-lost'; readonly detail: string; readonly isBlamed: boolean };

const NOTHING: Omit<JobSettlement, 'event' | 'outcome' | 'workerPid'> = {
  failure: null,
  failedStep: null,
  result: null,
  skipReason: null,
  notBeforeMs: null,
  strikes: 0,
  workerLosses: 0,
  forgetVersion: false,
};

/** `nowMs` is the wall clock; `fraction` a random number in [0, 1). */
export function decideSettlement(
  end: AttemptEnd,
  job: Pick<PendingJob, 'strikes' | 'workerLosses' | 'troubledSinceMs'>,
  at: { readonly nowMs: number; readonly fraction: number; readonly workerPid: number | null },
): JobSettlement {
  const base = { ...NOTHING, workerPid: at.workerPid };
  switch (end.kind) {
    case 'completed':
      return { ...base, event: 'complete', outcome: 'completed', result: end.result };
    case 'delivered':
      return { ...base, event: 'complete', outcome: 'completed' };
    case 'skipped':
      return { ...base, event: 'skip', outcome: 'skipped', result: end.result, skipReason: end.reason };
    case 'aborted':
      return { ...base, event: 'release', outcome: 'released' };
    case 'worker-lost':
      return settleLoss(base, job, end);
    case 'failed': {
      // A clock that was set back makes no trouble last.
      const troubleMs = Math.max(0, at.nowMs - (job.troubledSinceMs ?? at.nowMs));
      // At this step nothing was written yet: it is refused because it can never fit, however often it is tried.
      const isRefused = end.failure.code === 'disk-full' && end.step === 'open';
      const decision = isRefused
        ? ({ retry: false } as const)
        : decideRetry(end.failure, job.strikes, troubleMs, at.fraction);
      const forgetVersion = end.failure.code === 'source-changed';
      const failed = { ...base, failure: end.failure, failedStep: end.step, forgetVersion };
      if (!decision.retry) return { ...failed, event: 'fail', outcome: 'failed', strikes: 1 };
      return {
        ...failed,
        event: 'snooze',
        outcome: 'failed',
        strikes: decision.isStrike ? 1 : 0,
        notBeforeMs: at.nowMs + decision.delayMs,
      };
    }
  }
}

/** A lost worker's job runs again at once, unless it has taken too many workers with it. */
function settleLoss(
  base: Omit<JobSettlement, 'event' | 'outcome'>,
  job: Pick<PendingJob, 'workerLosses'>,
  { detail, isBlamed }: { readonly detail: string; readonly isBlamed: boolean },
): JobSettlement {
  const isQuarantined = isBlamed && job.workerLosses + 1 >= MAX_WORKER_LOSSES;
  const reason: Failure = isQuarantined
    ? failure('worker-lost', `${MAX_WORKER_LOSSES} workers ended while they ran this job. ${detail}`, {
        hint: 'The job was set aside so that the others can go on. Retry it alone and look at the log.',
        retryable: false,
      })
    : failure('worker-lost', detail, { hint: 'The job runs again by itself.' });
  return {
    ...base,
    event: isQuarantined ? 'fail' : 'release',
    outcome: 'worker-lost',
    failure: reason,
    workerLosses: isBlamed ? 1 : 0,
  };
}
