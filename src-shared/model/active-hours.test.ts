/** Proves when hours open and close, in zones that change their clocks. */
import { describe, expect, it } from 'vitest';
import { type ActiveHours, isTimeZone, isWithinHours, nextHoursChangeMs, type Weekday } from './active-hours.ts';

const EVERY_DAY: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
const at = (iso: string): number => Date.parse(iso);
const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
const hours = (timeZone: string, from: string, to: string, days = EVERY_DAY): ActiveHours => ({
  timeZone,
  windows: [{ days, fromMinute: minutes(from), toMinute: minutes(to) }],
});

describe('active hours', () => {
  it('opens and closes by the clock of its zone, the end not included', () => {
    const office = hours('Europe/Berlin', '08:00', '18:00');
    expect(isWithinHours(office, at('2026-07-01T05:59:59Z'))).toBe(false);
    expect(isWithinHours(office, at('2026-07-01T06:00:00Z'))).toBe(true);
    expect(isWithinHours(office, at('2026-07-01T15:59:59Z'))).toBe(true);
    expect(isWithinHours(office, at('2026-07-01T16:00:00Z'))).toBe(false);
  });

  it('lets a window run over midnight into a day that has none of its own', () => {
    const night = hours('UTC', '22:00', '06:00', [5]);
    expect(isWithinHours(night, at('2026-11-20T23:00:00Z'))).toBe(true);
    expect(isWithinHours(night, at('2026-11-21T05:59:00Z'))).toBe(true);
    expect(isWithinHours(night, at('2026-11-21T22:30:00Z'))).toBe(false);
    expect(isWithinHours(night, at('2026-11-20T05:00:00Z'))).toBe(false);
  });

  it('says when it changes next, to the minute', () => {
    const office = hours('Asia/Kolkata', '09:10', '17:25');
    expect(nextHoursChangeMs(office, at('2026-11-20T00:00:30Z'))).toBe(at('2026-11-20T03:40:00Z'));
    expect(nextHoursChangeMs(office, at('2026-11-20T03:40:00Z'))).toBe(at('2026-11-20T11:55:00Z'));
  });

  it('finds a window of a few minutes once a week', () => {
    const short = hours('UTC', '03:07', '03:09', [3]);
    expect(nextHoursChangeMs(short, at('2026-11-20T12:00:00Z'))).toBe(at('2026-11-25T03:07:00Z'));
    expect(nextHoursChangeMs(short, at('2026-11-25T03:08:00Z'))).toBe(at('2026-11-25T03:09:00Z'));
  });

  it('opens once on the day that skips the hour it opens in', () => {
    // Berlin, 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC.
    const early = hours('Europe/Berlin', '02:30', '05:00');
    expect(nextHoursChangeMs(early, at('2026-03-29T00:00:00Z'))).toBe(at('2026-03-29T01:00:00Z'));
    expect(isWithinHours(early, at('2026-03-29T01:00:00Z'))).toBe(true);
  });

  it('stays open through the hour that comes twice', () => {
    // Berlin, 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC.
    const early = hours('Europe/Berlin', '02:00', '03:00');
    expect(isWithinHours(early, at('2026-10-25T00:30:00Z'))).toBe(true);
    expect(isWithinHours(early, at('2026-10-25T01:30:00Z'))).toBe(true);
    expect(nextHoursChangeMs(early, at('2026-10-25T00:30:00Z'))).toBe(at('2026-10-25T02:00:00Z'));
  });

  it('never changes when it is always open', () => {
    expect(nextHoursChangeMs(hours('UTC', '00:00', '00:00'), at('2026-11-20T12:00:00Z'))).toBeNull();
  });

  it('knows which time zones exist', () => {
    expect(['UTC', 'Europe/Berlin', 'Asia/Kolkata'].map(isTimeZone)).toEqual([true, true, true]);
    expect(['', 'Europe/Atlantis', 'Berlin'].map(isTimeZone)).toEqual([false, false, false]);
  });
});
