/**
 * Owns the restart intensity of OTP's supervisors: so many restarts in so long, then stop trying. Pure bookkeeping
 * over monotonic time. Used by the supervisor.
 */

/** Erlang's advice for worker pools: 5 restarts in 30 s. */
export const MAX_RESTARTS = 5;
export const RESTART_WINDOW_MS = 30_000;

/** Deaths that still count at `nowMs`, with this one. More than MAX_RESTARTS of them: degraded. */
export function countDeath(deathsMs: readonly number[], nowMs: number): readonly number[] {
  return [...deathsMs.filter((atMs) => nowMs - atMs < RESTART_WINDOW_MS), nowMs];
}
