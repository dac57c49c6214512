/** Proves that hours are read as typed, refused where they make no sense, and come back as they were. */
import { describe, expect, test } from 'vitest';
import { activeHours } from '../../src-shared/contract/schemas.ts';
import type { ActiveHours } from '../../src-shared/model/active-hours.ts';
import {
  endsNextDay,
  formatMinute,
  readMinute,
  toHours,
  toHoursDraft,
  type WindowDraft,
  windowsInWords,
  withWindow,
} from './hours-form.ts';

const NIGHTS: ActiveHours = {
  timeZone: 'Europe/Berlin',
  windows: [
    { days: [1, 2, 3, 4, 5], fromMinute: 22 * 60, toMinute: 6 * 60 },
    { days: [6, 7], fromMinute: 0, toMinute: 24 * 60 },
  ],
};

describe('a time of day', () => {
  test.each([
    ['6', 360],
    ['06:30', 390],
    [' 22:00 ', 1_320],
    ['24:00', 1_440],
  ])('%j is minute %j', (typed, expected) => expect(readMinute(typed)).toBe(expected));

  test.each(['', '24:01', '25', '12:60', '6pm', '12:5'])('%j is none', (typed) => expect(readMinute(typed)).toBeNaN());

  test('reads with two figures each', () => expect(formatMinute(65)).toBe('01:05'));
});

describe('hours', () => {
  test('come back from the form as they went in', () => {
    expect(toHours(toHoursDraft(NIGHTS, 'UTC'))).toEqual(NIGHTS);
  });

  test('that are not there stay so until somebody limits them; then they are valid at once', () => {
    const draft = toHoursDraft(null, 'UTC');
    expect(toHours(draft)).toBeNull();
    expect(activeHours.safeParse(toHours({ ...draft, isLimited: true })).success).toBe(true);
  });

  test('may not begin at 24:00', () => {
    const window: WindowDraft = { id: 1, days: [1], from: '24:00', to: '06:00' };
    expect(toHours({ isLimited: true, timeZone: 'UTC', windows: [window] })?.windows[0]?.fromMinute).toBeNaN();
  });

  test('get a window more with an id of its own', () => {
    expect(withWindow(toHoursDraft(NIGHTS, 'UTC')).windows.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test('that end before they begin end the next day', () => {
    expect(endsNextDay({ id: 1, days: [1], from: '22:00', to: '06:00' })).toBe(true);
    expect(endsNextDay({ id: 1, days: [1], from: '06:00', to: '22:00' })).toBe(false);
  });

  test('read as runs of days', () => {
    expect(windowsInWords(NIGHTS.windows)).toBe('Mon–Fri 22:00–06:00, Sat–Sun 00:00–24:00');
    expect(windowsInWords([{ days: [7, 1, 3], fromMinute: 60, toMinute: 120 }])).toBe('Mon, Wed, Sun 01:00–02:00');
    expect(windowsInWords([{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 60 }])).toBe('daily 00:00–01:00');
  });
});
