/**
 * Owns the hours in which a queue may start work: windows of local time in a named zone, correct across daylight
 * saving. Pure: takes the time. Read by the scheduler and by the forms of the window.
 */

/** ISO 8601: 1 is Monday, 7 Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** From `fromMinute` (included) to `toMinute` (not) after midnight. `to` at or before `from`: it ends the next day. */
export interface HoursWindow {
  readonly days: readonly Weekday[];
  readonly fromMinute: number;
  readonly toMinute: number;
}

export interface ActiveHours {
  /** IANA name, "Europe/Berlin". */
  readonly timeZone: string;
  readonly windows: readonly HoursWindow[];
}

const DAY_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;
/** The longest a window can be away: a week and the hour that daylight saving may add. */
const HORIZON_MS = 8 * DAY_MINUTES * MINUTE_MS;

/** False for a name that this system's time-zone database does not have. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export function isWithinHours(hours: ActiveHours, atMs: number): boolean {
  return isLocalMinuteOpen(hours.windows, localMinute(hours.timeZone, atMs));
}

/**
 * When the hours next open or close after `atMs`, to the minute; null when they never do (always open, or no window).
 * Looks at one point for each half hour, then at the minutes of the half hour in which it changed: every zone's
 * daylight saving moves by half hours, and windows shorter than that are found at their own edges.
 */
export function nextHoursChangeMs(hours: ActiveHours, atMs: number): number | null {
  const isOpen = isWithinHours(hours, atMs);
  const stepMs = shortestStepMinutes(hours.windows) * MINUTE_MS;
  const startMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  for (let beforeMs = startMs; beforeMs < startMs + HORIZON_MS; beforeMs += stepMs) {
    if (isWithinHours(hours, beforeMs + stepMs) === isOpen) continue;
    let foundMs = beforeMs + MINUTE_MS;
    while (isWithinHours(hours, foundMs) === isOpen) foundMs += MINUTE_MS;
    return foundMs;
  }
  return null;
}

/** Short enough that no window and no gap between two is stepped over; a divisor of half an hour keeps it cheap. */
function shortestStepMinutes(windows: readonly HoursWindow[]): number {
  const edges = windows.flatMap(({ fromMinute, toMinute }) => [fromMinute, toMinute]).sort((one, other) => one - other);
  let shortest = 30;
  for (const [index, edge] of edges.entries()) {
    const next = edges[index + 1] ?? (edges[0] ?? 0) + DAY_MINUTES;
    if (next > edge) shortest = Math.min(shortest, next - edge);
  }
  return shortest;
}

interface LocalMinute {
  readonly day: Weekday;
  readonly minute: number;
}

function isLocalMinuteOpen(windows: readonly HoursWindow[], { day, minute }: LocalMinute): boolean {
  const yesterday = (day === 1 ? 7 : day - 1) as Weekday;
  return windows.some(({ days, fromMinute, toMinute }) => {
    if (toMinute > fromMinute) return days.includes(day) && minute >= fromMinute && minute < toMinute;
    return (days.includes(day) && minute >= fromMinute) || (days.includes(yesterday) && minute < toMinute);
  });
}

const formats = new Map<string, Intl.DateTimeFormat>();
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function localMinute(timeZone: string, atMs: number): LocalMinute {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  let day = 1;
  let minute = 0;
  for (const part of format.formatToParts(atMs)) {
    if (part.type === 'weekday') day = WEEKDAYS.indexOf(part.value) + 1;
    if (part.type === 'hour') minute += Number(part.value) * 60;
    if (part.type === 'minute') minute += Number(part.value);
  }
  return { day: day as Weekday, minute };
}
