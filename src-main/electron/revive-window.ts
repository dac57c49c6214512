/**
 * Owns when a crashed window is loaded again by itself. Pure. Asked by open-window.ts.
 */

const MOST_CRASHES = 3;
const WITHIN_MS = 60_000;

/** False once there were more than three crashes in a minute; `crashesMs` holds the latest one too. */
export function mayRevive(crashesMs: readonly number[], nowMs: number): boolean {
  return crashesMs.filter((atMs) => nowMs - atMs < WITHIN_MS).length <= MOST_CRASHES;
}
