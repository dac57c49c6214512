/** Owns how the lane of an account that was told to slow down reads. Pure. Used by the accounts and queues screens. */
import type { LaneView } from '../../src-shared/model/house.ts';
import { formatMoment } from '../format/moments.ts';

/** "takes 3 jobs at once for now: the server is busy". */
export function laneInWords({ width, reason, heldUntilMs }: LaneView, nowMs: number): string {
  const jobs = width === 1 ? 'one job' : `${width} jobs`;
  if (heldUntilMs === null) return `takes ${jobs} at once for now: ${reason}`;
  const after = width === null ? '' : `, then takes ${jobs} at once`;
  return `is left alone until ${formatMoment(heldUntilMs, nowMs)}${after}: ${reason}`;
}
