/**
 * Owns how the end of an attempt is told to telemetry. Pure. Called by the coordinator.
 */
import type { TelemetryEvent } from '../../src-shared/model/telemetry-event.ts';
import type { RunningAttempt } from './running-attempts.ts';
import type { AttemptEnd } from './settle-attempt.ts';

export function attemptEvent(
  { job, startedMonotonicMs }: RunningAttempt,
  end: AttemptEnd,
  nowMonotonicMs: number,
): TelemetryEvent {
  return {
    kind: 'attempt',
    jobId: job.id,
    migrationId: job.migrationId,
    outcome: end.kind,
    tookMs: nowMonotonicMs - startedMonotonicMs,
    sizeBytes: end.kind === 'completed' ? end.result.sizeBytes : 0,
    failureCode: end.kind === 'failed' ? end.failure.code : end.kind === 'worker-lost' ? 'worker-lost' : null,
  };
}
