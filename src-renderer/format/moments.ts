/** Owns how points in time read: clocks, days, how long ago. Pure: takes the time. Used by every screen. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

/** "21:03". */
export function formatClock(atMs: number): string {
  return clock.format(atMs);
}

/** "21:03" today, "19 Nov 21:03" this year, with the year before that. */
export function formatMoment(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const now = new Date(nowMs);
  if (at.toDateString() === now.toDateString()) return formatClock(atMs);
  const date = at.getFullYear() === now.getFullYear() ? day.format(atMs) : dayOfYear.format(atMs);
  return `${date} ${formatClock(atMs)}`;
}

/** "just now", "2 min ago", "yesterday", "5 d ago". */
export function formatAgo(atMs: number, nowMs: number): string {
  const ago = nowMs - atMs;
  if (ago < MINUTE) return 'just now';
  if (ago < HOUR) return `${Math.floor(ago / MINUTE)} min ago`;
  if (ago < DAY) return `${Math.floor(ago / HOUR)} h ago`;
  return ago < 2 * DAY ? 'yesterday' : `${Math.floor(ago / DAY)} d ago`;
}
