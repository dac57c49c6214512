/**
 * Owns active hours as they are typed and read: times of day, days of the week, and a sentence about them. Pure.
 * Called by the hours field and wherever hours are shown.
 */
import type { ActiveHours, HoursWindow, Weekday } from '../../src-shared/model/active-hours.ts';

export interface WindowDraft {
  /** Stays with the window while others come and go. */
  readonly id: number;
  readonly days: readonly Weekday[];
  readonly from: string;
  readonly to: string;
}

export interface HoursDraft {
  /** false: at any hour; what was typed is kept. */
  readonly isLimited: boolean;
  readonly timeZone: string;
  readonly windows: readonly WindowDraft[];
}

export const WEEKDAYS: readonly { readonly day: Weekday; readonly short: string; readonly name: string }[] = [
  { day: 1, short: 'Mon', name: 'Monday' },
  { day: 2, short: 'Tue', name: 'Tuesday' },
  { day: 3, short: 'Wed', name: 'Wednesday' },
  { day: 4, short: 'Thu', name: 'Thursday' },
  { day: 5, short: 'Fri', name: 'Friday' },
  { day: 6, short: 'Sat', name: 'Saturday' },
  { day: 7, short: 'Sun', name: 'Sunday' },
];

/** What to say at the fields of hours (checked-form.ts). */
export const HOURS_WORDS = {
  'hours.timeZone': 'There is no such time zone. Like Europe/Berlin, or UTC.',
  'hours.windows': 'Add a window, or choose “at any hour”.',
  'hours.windows.*.days': 'Choose at least one day.',
  'hours.windows.*.fromMinute': 'Like 22:00.',
  'hours.windows.*.toMinute': 'Like 06:00.',
} as const;

const WORK_NIGHTS: Omit<WindowDraft, 'id'> = { days: [1, 2, 3, 4, 5], from: '22:00', to: '06:00' };

/** `timeZone`: the one to begin with where there are no hours yet. */
export function toHoursDraft(hours: ActiveHours | null, timeZone: string): HoursDraft {
  if (hours === null) return { isLimited: false, timeZone, windows: [{ id: 1, ...WORK_NIGHTS }] };
  const windows = hours.windows.map(({ days, fromMinute, toMinute }, index) => ({
    id: index + 1,
    days,
    from: formatMinute(fromMinute),
    to: formatMinute(toMinute),
  }));
  return { isLimited: true, timeZone: hours.timeZone, windows };
}

export function withWindow(draft: HoursDraft): HoursDraft {
  const id = Math.max(0, ...draft.windows.map((window) => window.id)) + 1;
  return { ...draft, windows: [...draft.windows, { id, ...WORK_NIGHTS }] };
}

/** For the schema to check: a time that cannot be read is NaN, which it refuses. */
export function toHours({ isLimited, timeZone, windows }: HoursDraft): ActiveHours | null {
  if (!isLimited) return null;
  return {
    timeZone: timeZone.trim(),
    windows: windows.map(({ days, from, to }) => {
      const fromMinute = readMinute(from);
      // 24:00 ends a day; a window that begins then belongs to the next one.
      return { days, fromMinute: fromMinute < DAY_MINUTES ? fromMinute : Number.NaN, toMinute: readMinute(to) };
    }),
  };
}

const DAY_MINUTES = 24 * 60;

/** "6", "06:30", "24:00". NaN when it is no time of day. */
export function readMinute(typed: string): number {
  const [, hours, minutes = '0'] = /^(\d{1,2})(?::(\d{2}))?$/.exec(typed.trim()) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && minute <= DAY_MINUTES ? minute : Number.NaN;
}

/** "06:30". */
export function formatMinute(minute: number): string {
  const two = (figure: number): string => String(figure).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** True when the window ends on the day after it began. */
export function endsNextDay({ from, to }: WindowDraft): boolean {
  return readMinute(to) <= readMinute(from);
}

/** "Mon–Fri 22:00–06:00, Sat–Sun 00:00–24:00". */
export function windowsInWords(windows: readonly HoursWindow[]): string {
  return windows
    .map(({ days, fromMinute, toMinute }) => {
      return `${daysInWords(days)} ${formatMinute(fromMinute)}–${formatMinute(toMinute)}`;
    })
    .join(', ');
}

function daysInWords(days: readonly Weekday[]): string {
  if (days.length === WEEKDAYS.length) return 'daily';
  const runs: { readonly first: string; last: string; lastDay: number }[] = [];
  for (const { day, short } of WEEKDAYS) {
    if (!days.includes(day)) continue;
    const run = runs.at(-1);
    if (run?.lastDay === day - 1) Object.assign(run, { last: short, lastDay: day });
    else runs.push({ first: short, last: short, lastDay: day });
  }
  return runs.map(({ first, last }) => (first === last ? first : `${first}–${last}`)).join(', ');
}
