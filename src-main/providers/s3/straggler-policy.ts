/**
 * Owns when a part of an upload straggles, judged by how long its siblings took. Pure. Called by straggler.ts.
 */

/** A sending that lasts less than this may still be the line. */
const LEAST_LATE_MS = 5_000;
/** How many times longer than usual. */
const LATE_FACTOR = 4;
/** Fewer do not tell what is usual. */
const LEAST_SIBLINGS = 3;

/** From when on a sending straggles; null: its siblings do not tell yet. Pure. */
export function lateAfterMs(siblingsMs: readonly number[]): number | null {
  if (siblingsMs.length < LEAST_SIBLINGS) return null;
  const sorted = [...siblingsMs].sort((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return Math.max(LEAST_LATE_MS, median * LATE_FACTOR);
}
