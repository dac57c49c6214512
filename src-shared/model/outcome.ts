/**
 * Owns the announcement that a job came to rest. Must not drive control flow: it only tells. Made by the store's
 * commit; heard by GraphQL subscribers and the update stream.
 */
import type { Failure } from './failure.ts';
import type { JobState } from './job-state.ts';
import type { ProofRung } from './proof.ts';

/** Announced after commit, in commit order, once for each time the job comes to rest in one run of the app. */
export interface OutcomeEvent {
  readonly jobId: number;
  readonly migrationId: number;
  readonly state: Extract<JobState, 'completed' | 'skipped' | 'failed' | 'cancelled'>;
  readonly sourceKey: string;
  readonly destinationKey: string;
  readonly sizeBytes: number | null;
  readonly attempts: number;
  readonly proof: ProofRung | null;
  readonly failure: Failure | null;
  readonly atMs: number;
}
