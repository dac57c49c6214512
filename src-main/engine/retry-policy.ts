/**
 * Owns whether and when a failed attempt is tried again. Pure: takes chance as a value. Must not know where the job
 * is stored. Called by settle-attempt.ts.
 */
import type { Failure } from '../../src-shared/model/failure.ts';

/** Attempts that count before a job is given up. */
export const MAX_STRIKES = 5;
/** Workers that a job may take down before it is set aside: it is probably the cause. */
export const MAX_WORKER_LOSSES = 3;
const BASE_DELAY_MS = 1_000;
/** A disk that was full is asked again so often: work goes on within 5 s after somebody made room. */
const FULL_DISK_DELAY_MS = 4_000;
const MAX_DELAY_MS = 5 * 60_000;
/** A job that has only met trouble for so long is given up, also when none of it counted as a strike. */
export const MAX_TROUBLE_MS = 3 * 24 * 60 * 60_000;
/** However long a server asks us to stay away, we look again after an hour. */
const MAX_RETRY_AFTER_MS = 60 * 60_000;

export type RetryDecision =
  | { readonly retry: false }
  /** `isStrike: false`: throttling and a full disk hold the lane; they are not the job's fault. */
  | { readonly retry: true; readonly delayMs: number; readonly isStrike: boolean };

/** How long the lane of an account that said so is left alone: never shorter than it asked, an hour at most. */
export function heldMs(reason: Failure): number {
  const leastMs = reason.code === 'disk-full' ? FULL_DISK_DELAY_MS : BASE_DELAY_MS;
  return Math.min(MAX_RETRY_AFTER_MS, Math.max(leastMs, reason.retryAfterMs ?? 0));
}

/**
 * `strikes`: attempts that failed before this one and counted. `troubleMs`: how long ago the first of them failed.
 * `fraction`: a random number in [0, 1).
 * Back-off is exponential with full jitter (between half and all of it), so that a thousand jobs that failed together
 * do not come back together; the server's own Retry-After is a floor under it.
 */
export function decideRetry(reason: Failure, strikes: number, troubleMs: number, fraction: number): RetryDecision {
  const isHeld = reason.code === 'rate-limited' || reason.code === 'disk-full';
  if (!(reason.retryable || isHeld) || troubleMs >= MAX_TROUBLE_MS) return { retry: false };
  if (!isHeld && strikes + 1 >= MAX_STRIKES) return { retry: false };
  const ceilingMs =
    reason.code === 'disk-full' ? FULL_DISK_DELAY_MS : Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** strikes);
  const backOffMs = Math.round(ceilingMs / 2 + (ceilingMs / 2) * fraction);
  const askedMs = Math.min(MAX_RETRY_AFTER_MS, Math.max(0, reason.retryAfterMs ?? 0));
  return { retry: true, delayMs: Math.max(backOffMs, askedMs), isStrike: !isHeld };
}
