/** Proves when schedules run: across both changes of the clock, after absences, and when a clock was set. */
import { describe, expect, it } from 'vitest';
import { schedulePlan } from '../../src-shared/contract/schemas.ts';
import type { ActiveHours } from '../../src-shared/model/active-hours.ts';
import { decideDue, MAX_CATCH_UP, mendedNextMs, nextRunMs, type Timing } from './timetable.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const at = (iso: string): number => Date.parse(iso);

const every = (everyMinutes: number, more: Partial<Timing> = {}): Timing => ({
  timing: { kind: 'interval', everyMinutes },
  startAtMs: null,
  hours: null,
  ...more,
});
const cron = (expression: string, timeZone = 'UTC', more: Partial<Timing> = {}): Timing => ({
  timing: { kind: 'cron', expression, timeZone },
  startAtMs: null,
  hours: null,
  ...more,
});
function runsAfter(timing: Timing, from: string, count: number): string[] {
  const runs: string[] = [];
  for (let next = nextRunMs(timing, at(from), at(from)); next !== null && runs.length < count; ) {
    runs.push(new Date(next).toISOString().replace(':00.000Z', 'Z'));
    next = nextRunMs(timing, at(from), next);
  }
  return runs;
}

describe('cron across the change of the clock', () => {
  it.each([
    // Berlin jumps from 02:00 to 03:00 at 01:00Z; 02:30 is missing.
    ['Europe/Berlin', '30 2 * * *', '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:30Z']],
    // New York jumps from 02:00 to 03:00 at 07:00Z.
    ['America/New_York', '30 2 * * *', '2026-03-07T12:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:30Z']],
    // Lord Howe jumps from 02:00 to 02:30 at 15:30Z: half an hour.
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-03T00:00Z', ['2026-10-03T15:30Z', '2026-10-04T15:15Z']],
  ])('a time that is missing in %s runs at the first minute after', (timeZone, expression, from, wanted) => {
    expect(runsAfter(cron(expression, timeZone), from, 2)).toEqual(wanted);
  });

  it.each([
    ['Europe/Berlin', '30 2 * * *', '2026-10-24T12:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
    ['America/New_York', '30 1 * * *', '2026-10-31T12:00Z', ['2026-11-01T05:30Z', '2026-11-02T06:30Z']],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-04T00:00Z', ['2026-04-04T14:45Z', '2026-04-05T15:15Z']],
  ])('a time that comes twice in %s runs once', (timeZone, expression, from, wanted) => {
    expect(runsAfter(cron(expression, timeZone), from, 2)).toEqual(wanted);
  });

  it('what runs all day long goes on in both hours', () => {
    expect(runsAfter(cron('*/30 * * * *', 'Europe/Berlin'), '2026-10-24T23:45Z', 5)).toEqual([
      '2026-10-25T00:00Z',
      '2026-10-25T00:30Z',
      '2026-10-25T01:00Z',
      '2026-10-25T01:30Z',
      '2026-10-25T02:00Z',
    ]);
  });

  it('an interval counts real time and does not see it', () => {
    expect(runsAfter(every(24 * 60), '2026-03-28T12:00Z', 3)).toEqual([
      '2026-03-29T12:00Z',
      '2026-03-30T12:00Z',
      '2026-03-31T12:00Z',
    ]);
  });
});

describe('cron', () => {
  it('goes by the clock of its zone, not of the machine', () => {
    expect(runsAfter(cron('0 9 * * 1-5', 'Asia/Kolkata'), '2026-11-20T12:00Z', 2)).toEqual([
      '2026-11-23T03:30Z',
      '2026-11-24T03:30Z',
    ]);
  });

  it('begins strictly after the time it is asked about', () => {
    expect(runsAfter(cron('0 12 * * *'), '2026-11-20T12:00Z', 1)).toEqual(['2026-11-21T12:00Z']);
    expect(nextRunMs(cron('0 12 * * *'), 0, at('2026-11-20T12:00Z') - 1)).toBe(at('2026-11-20T12:00Z'));
  });

  it('that never fires has no time at all', () => {
    expect(nextRunMs(cron('0 0 31 2 *'), 0, at('2026-01-01T00:00Z'))).toBeNull();
    expect(nextRunMs(cron('0 0 30 2 *', 'Europe/Berlin'), 0, at('2026-01-01T00:00Z'))).toBeNull();
  });

  it('of a leap day waits for it', () => {
    expect(runsAfter(cron('0 0 29 2 *'), '2026-01-01T00:00Z', 2)).toEqual(['2028-02-29T00:00Z', '2032-02-29T00:00Z']);
  });

  it.each(['0 0 0 1 1 *', '* * *', '61 0 * * *', 'a b c d e', '', '2026-12-01T00:00:00'])(
    'is not "%s": five fields it has',
    (expression) => {
      expect(() => nextRunMs(cron(expression), 0, at('2026-01-01T00:00Z'))).toThrow();
    },
  );

  it('of an unknown zone throws rather than going by another clock', () => {
    expect(() => nextRunMs(cron('0 0 * * *', 'Mars/Olympus'), 0, 0)).toThrow(/Mars\/Olympus/);
  });
});

describe('what a person may enter', () => {
  const plan = { name: 'n', task: { kind: 'maintenance', task: 'prune' } };
  it.each([
    ['timing.timeZone', { kind: 'cron', expression: '0 0 * * *', timeZone: 'Mars/Olympus' }],
    ['timing.timeZone', { kind: 'cron', expression: '0 0 * * *', timeZone: '' }],
    ['timing.expression', { kind: 'cron', expression: '   ', timeZone: 'UTC' }],
    ['timing.everyMinutes', { kind: 'interval', everyMinutes: 0 }],
    ['timing.everyMinutes', { kind: 'interval', everyMinutes: -5 }],
    ['timing.everyMinutes', { kind: 'interval', everyMinutes: 0.5 }],
    ['timing.everyMinutes', { kind: 'interval', everyMinutes: 525_601 }],
    ['timing.everyMinutes', { kind: 'interval', everyMinutes: Number.MAX_VALUE }],
    ['timing.everyMinutes', { kind: 'interval', everyMinutes: Number.NaN }],
    ['timing.kind', { kind: 'hourly' }],
  ])('is refused at %s', (field, timing) => {
    const found = schedulePlan.safeParse({ ...plan, timing });
    expect(found.error?.issues[0]?.path.join('.')).toBe(field);
    expect(found.error?.issues[0]?.message).not.toBe('');
  });
});

describe('a start', () => {
  const startAtMs = at('2026-11-21T08:15Z');

  it('is the first run of an interval, and what it counts from', () => {
    expect(runsAfter(every(60, { startAtMs }), '2026-11-20T00:00Z', 2)).toEqual([
      '2026-11-21T08:15Z',
      '2026-11-21T09:15Z',
    ]);
    expect(runsAfter(every(60, { startAtMs }), '2026-11-25T10:00Z', 1)).toEqual(['2026-11-25T10:15Z']);
  });

  it('without one an interval begins a whole interval from now', () => {
    expect(runsAfter(every(60), '2026-11-20T00:10Z', 2)).toEqual(['2026-11-20T01:10Z', '2026-11-20T02:10Z']);
  });

  it('holds cron until then; a time that is the start itself counts', () => {
    expect(runsAfter(cron('0 * * * *', 'UTC', { startAtMs }), '2026-11-20T00:00Z', 1)).toEqual(['2026-11-21T09:00Z']);
    expect(runsAfter(cron('15 * * * *', 'UTC', { startAtMs }), '2026-11-20T00:00Z', 1)).toEqual(['2026-11-21T08:15Z']);
  });
});

describe('active hours', () => {
  const hours: ActiveHours = {
    timeZone: 'Europe/Berlin',
    windows: [{ days: [1, 2, 3, 4, 5], fromMinute: 9 * 60, toMinute: 17 * 60 }],
  };

  it('let a run outside wait for the next window, and count it once', () => {
    // Friday 20 November: 16:00 and 17:00 in Berlin are 15:00Z and 16:00Z; the window opens on Monday.
    expect(runsAfter(every(60, { hours }), '2026-11-20T14:00Z', 3)).toEqual([
      '2026-11-20T15:00Z',
      '2026-11-23T08:00Z',
      '2026-11-23T09:00Z',
    ]);
  });

  it('let a nightly run wait for the morning of each day', () => {
    expect(runsAfter(cron('0 3 * * *', 'Europe/Berlin', { hours }), '2026-11-17T12:00Z', 3)).toEqual([
      '2026-11-18T08:00Z',
      '2026-11-19T08:00Z',
      '2026-11-20T08:00Z',
    ]);
  });
});

describe('runs that were missed', () => {
  const dueAtMs = at('2026-11-21T01:00Z');
  const nowMs = at('2026-11-21T08:20Z');
  const hourly = every(60, { startAtMs: dueAtMs });

  it('begin once, as the latest of them', () => {
    const found = decideDue(hourly, 'once', 0, dueAtMs, nowMs);
    expect(found).toEqual({
      dueAtMs: [at('2026-11-21T08:00Z')],
      missed: 7,
      nextRunAtMs: at('2026-11-21T09:00Z'),
    });
  });

  it('are left out', () => {
    expect(decideDue(hourly, 'skip', 0, dueAtMs, nowMs)).toMatchObject({ dueAtMs: [], missed: 8 });
  });

  it('begin every one', () => {
    const found = decideDue(hourly, 'all', 0, dueAtMs, nowMs);
    expect(found.dueAtMs).toEqual(Array.from({ length: 8 }, (_, index) => dueAtMs + index * HOUR_MS));
    expect(found.missed).toBe(0);
  });

  it('a minute late is on time, whatever the rule', () => {
    for (const rule of ['once', 'skip', 'all'] as const) {
      const found = decideDue(hourly, rule, 0, dueAtMs, dueAtMs + MINUTE_MS);
      expect(found).toMatchObject({ dueAtMs: [dueAtMs], missed: 0 });
    }
    expect(decideDue(hourly, 'skip', 0, dueAtMs, dueAtMs + MINUTE_MS + 1)).toMatchObject({ dueAtMs: [], missed: 1 });
  });

  it('when the last is on time it alone runs, and the others are left out', () => {
    const found = decideDue(hourly, 'skip', 0, dueAtMs, at('2026-11-21T08:00Z'));
    expect(found).toMatchObject({ dueAtMs: [at('2026-11-21T08:00Z')], missed: 7 });
  });

  it.each([1_439, 44_640])('of %i minutes are the latest, and never more than can be made up for', (minutes) => {
    const minutely = every(1, { startAtMs: dueAtMs });
    const lateMs = dueAtMs + minutes * MINUTE_MS;
    const all = decideDue(minutely, 'all', 0, dueAtMs, lateMs);
    expect(all.dueAtMs).toHaveLength(MAX_CATCH_UP);
    expect(all.dueAtMs.at(-1)).toBe(lateMs);
    expect(all.nextRunAtMs).toBe(lateMs + MINUTE_MS);
    expect(decideDue(minutely, 'once', 0, dueAtMs, lateMs).dueAtMs).toEqual([lateMs]);
    expect(decideDue(minutely, 'skip', 0, dueAtMs, lateMs).dueAtMs).toEqual([lateMs]);
  });

  it('of a year, each minute of a cron, are decided without stepping through them all', () => {
    const plan = cron('* * * * *', 'Europe/Berlin');
    const found = decideDue(plan, 'once', 0, dueAtMs, dueAtMs + 365 * DAY_MS);
    expect(found.dueAtMs).toEqual([dueAtMs + 365 * DAY_MS]);
    expect(found.nextRunAtMs).toBe(dueAtMs + 365 * DAY_MS + MINUTE_MS);
  });
});

describe('a clock that was set', () => {
  const daily = cron('0 3 * * *');
  const ran = at('2026-11-21T03:00Z');
  const kept = at('2026-11-22T03:00Z');

  it('forward leaves the time as it was kept: it is due now', () => {
    expect(mendedNextMs(daily, 0, kept, ran, at('2026-11-25T00:00Z'))).toBe(kept);
  });

  it('back by an hour does not run again what has run', () => {
    expect(mendedNextMs(daily, 0, kept, ran, at('2026-11-21T02:30Z'))).toBe(kept);
  });

  it('back by a year does not wait a year', () => {
    const nowMs = at('2025-11-21T12:00Z');
    expect(mendedNextMs(daily, 0, kept, ran, nowMs)).toBe(at('2025-11-22T03:00Z'));
    expect(mendedNextMs(every(10), ran, kept, ran, nowMs)).toBeLessThanOrEqual(nowMs + 10 * MINUTE_MS);
  });

  it('back by an hour does not silence what runs every minute for an hour', () => {
    const nowMs = ran - HOUR_MS;
    expect(mendedNextMs(every(1), 0, ran + MINUTE_MS, ran, nowMs)).toBe(nowMs + MINUTE_MS);
  });

  it('back before the first run finds a time as well', () => {
    expect(mendedNextMs(daily, 0, kept, null, at('2026-01-01T00:00Z'))).toBe(at('2026-01-01T03:00Z'));
  });

  it('not at all changes nothing', () => {
    expect(mendedNextMs(daily, 0, kept, ran, at('2026-11-21T12:00Z'))).toBe(kept);
  });
});
