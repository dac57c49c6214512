/** Owns how a measured length of time reads when it may be very short: small assets move in milliseconds. Pure. */
import { formatDuration } from '../format/durations.ts';

/** "under 1 ms", "41 ms", then as formatDuration: "0.2 s", "3 min 31 s". */
export function formatSpan(ms: number): string {
  if (ms < 0.5) return 'under 1 ms';
  return ms < 99.5 ? `${Math.round(ms)} ms` : formatDuration(ms);
}
