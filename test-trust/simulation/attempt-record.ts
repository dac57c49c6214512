/**
 * Owns what really happened outside the house, whatever the database says: which attempts were handed out, which
 * moved their bytes, how they failed. It outlives crashes of the house. Must not know the house. Written by the
 * simulated workers, read by the invariants.
 */
import type { Failure } from '../../src-shared/model/failure.ts';

export interface ReportedFailure {
  readonly token: string;
  readonly failure: Failure;
  readonly atMonotonicMs: number;
}

export class AttemptRecord {
  /** Every lease token that was ever handed out, with its job. */
  readonly handedOut = new Map<string, number>();
  /** Attempts that a living worker has in hand and nobody has called back: job → token. */
  readonly live = new Map<number, string>();
  /** Jobs whose bytes a worker has moved, or found there. */
  readonly moved = new Set<number>();
  /** The last failure that the house was told of, by job. */
  readonly failures = new Map<number, ReportedFailure>();
  /** Nothing may be started with these accounts before, by monotonic time: they said so. */
  readonly heldAccounts = new Map<string, number>();
  /** Failures in a row that count against a job, by job. */
  readonly strikes = new Map<number, number>();
  private readonly lastTokens = new Map<number, string>();
  /** Breaches that workers saw. */
  readonly breaches: string[] = [];

  handOut(jobId: number, token: string): void {
    if (this.handedOut.has(token)) this.breaches.push(`Lease token ${token} was handed out twice.`);
    this.handedOut.set(token, jobId);
    const other = this.live.get(jobId);
    if (other !== undefined) {
      this.breaches.push(`Job ${jobId} runs twice: as ${other} and as ${token}.`);
    }
    this.live.set(jobId, token);
    this.lastTokens.set(jobId, token);
  }

  isLive({ jobId, token }: { readonly jobId: number; readonly token: string }): boolean {
    return this.live.get(jobId) === token;
  }

  /** The worker ended it, died, or was told to drop it. */
  end(token: string): void {
    const jobId = this.handedOut.get(token);
    if (jobId !== undefined && this.live.get(jobId) === token) this.live.delete(jobId);
  }

  fail(jobId: number, token: string, failure: Failure, atMonotonicMs: number): void {
    this.failures.set(jobId, { token, failure, atMonotonicMs });
    if (isStrike(failure)) {
      this.strikes.set(jobId, (this.strikes.get(jobId) ?? 0) + 1);
    }
  }

  /** As long as the house lives: a new one has to find out again. */
  hold(accountId: string, untilMs: number): void {
    this.heldAccounts.set(accountId, Math.max(untilMs, this.heldAccounts.get(accountId) ?? 0));
  }

  /** Waits that were asked for are measured by the wall, which was moved. */
  forgetWaits(jobId?: number): void {
    for (const [id, failed] of this.failures) {
      if (jobId === undefined || id === jobId) this.failures.set(id, { ...failed, atMonotonicMs: -Infinity });
    }
  }

  /** The house ended before it wrote down what it was told: only what the database knows counts on. */
  rememberOnly(known: ReadonlyMap<number, { readonly strikes: number; readonly isRunning: boolean }>): void {
    this.heldAccounts.clear();
    for (const [jobId, { strikes, isRunning }] of known) {
      this.strikes.set(jobId, strikes);
      if (isRunning) this.failures.delete(jobId);
    }
  }

  /** Somebody stopped it while it ran: what that attempt said, perhaps just before, was not heard. */
  unsay(jobId: number): void {
    const failed = this.failures.get(jobId);
    if (failed === undefined || failed.token !== this.lastTokens.get(jobId)) return;
    this.failures.delete(jobId);
    if (isStrike(failed.failure)) this.strikes.set(jobId, (this.strikes.get(jobId) ?? 1) - 1);
  }

  /** Somebody set it going again: what it met before counts no more. */
  forgive(jobId: number): void {
    this.failures.delete(jobId);
    this.strikes.delete(jobId);
  }
}

/** Throttling and full disks are nobody's fault. */
function isStrike({ code }: Failure): boolean {
  return code !== 'rate-limited' && code !== 'disk-full';
}
