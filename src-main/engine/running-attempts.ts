/**
 * Owns the attempts that run now, with their live progress. Memory only: the database knows the same jobs as
 * `running` with the same tokens. Must not decide anything. Written by the coordinator after commit.
 */
import type { JobProgress } from '../../src-shared/model/job.ts';
import type { ClaimedJob } from '../store/records.ts';

export interface RunningAttempt {
  readonly job: ClaimedJob;
  readonly startedMonotonicMs: number;
  progress: JobProgress | null;
}

export class RunningAttempts {
  private readonly byToken = new Map<string, RunningAttempt>();
  private readonly tokens = new Map<number, string>();

  get size(): number {
    return this.byToken.size;
  }

  /** Again for the same token changes nothing but its beginning. */
  add(job: ClaimedJob, startedMonotonicMs: number): void {
    this.byToken.set(job.token, { job, startedMonotonicMs, progress: null });
    this.tokens.set(job.id, job.token);
  }

  get(token: string): RunningAttempt | null {
    return this.byToken.get(token) ?? null;
  }

  ofJob(jobId: number): RunningAttempt | null {
    const token = this.tokens.get(jobId);
    return token === undefined ? null : this.get(token);
  }

  remove(token: string): void {
    const attempt = this.byToken.get(token);
    if (attempt === undefined) return;
    this.byToken.delete(token);
    // A newer attempt of the same job may have taken its place.
    if (this.tokens.get(attempt.job.id) === token) this.tokens.delete(attempt.job.id);
  }

  all(): Iterable<RunningAttempt> {
    return this.byToken.values();
  }
}
