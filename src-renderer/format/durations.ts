/** Owns how lengths of time read. Pure. Used by every screen. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "0.2 s", "41 s", "3 min 31 s", "2 h 36 min", "4 d 3 h". */
export function formatDuration(ms: number): string {
  const amount = Math.max(0, ms);
  if (amount < 9_950) return `${(amount / SECOND).toFixed(1)} s`;
  if (amount < MINUTE - 500) return `${Math.round(amount / SECOND)} s`;
  if (amount < HOUR) return pair(Math.round(amount / SECOND) * SECOND, MINUTE, 'min', SECOND, 's');
  if (amount < DAY) return pair(Math.round(amount / MINUTE) * MINUTE, HOUR, 'h', MINUTE, 'min');
  return pair(Math.round(amount / HOUR) * HOUR, DAY, 'd', HOUR, 'h');
}

function pair(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.round((ms % large) / small);
  const whole = `${Math.floor(ms / large)} ${largeName}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`;
}
