/**
 * Owns what a bandwidth cap is: bytes a second that may be read and as many that may be written, always or in some
 * hours of the week. Pure: takes the time. Read by every room.
 */
import { type ActiveHours, isWithinHours, nextHoursChangeMs } from './active-hours.ts';

export interface BandwidthCap {
  /** In each direction, over all that it holds for together. */
  readonly bytesPerSecond: number;
  /** It holds in these hours and not outside them; null: always. */
  readonly hours: ActiveHours | null;
}

/** Below the least a single request could not come through before somebody gives up on it. */
export const CAP_BOUNDS = { min: 1_024, max: 1_000_000_000_000 } as const;

/** null: nothing is capped at that time. */
export function cappedAt(cap: BandwidthCap | null, atMs: number): number | null {
  if (cap === null) return null;
  return cap.hours === null || isWithinHours(cap.hours, atMs) ? cap.bytesPerSecond : null;
}

/** When the cap next begins or ends to hold by its hours; null: never. */
export function nextCapChangeMs(cap: BandwidthCap | null, atMs: number): number | null {
  return cap?.hours == null ? null : nextHoursChangeMs(cap.hours, atMs);
}
