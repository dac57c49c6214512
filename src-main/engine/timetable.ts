/**
 * Owns when a schedule runs: its next time, and what becomes of runs that nobody was there for. Pure: takes the times.
 * Must not start anything. Used by the schedule runner and the verbs of schedules.
 *
 * Cron goes by its time zone's clock: a time that the clock jumps over runs at the first minute after it, a time that
 * comes twice runs once (croner).
 */
import { Cron } from 'croner';
import { isWithinHours, nextHoursChangeMs } from '../../src-shared/model/active-hours.ts';
import type { MissedRule, SchedulePlan } from '../../src-shared/model/schedule.ts';

export type Timing = Pick<SchedulePlan, 'timing' | 'startAtMs' | 'hours'>;

/** A run that begins this late is still on time: the machine was busy, not away. */
export const ON_TIME_MS = 60_000;
/** Of runs that were missed, at most so many are made up for. */
export const MAX_CATCH_UP = 100;
/** 60 ms of cron; of what was missed beyond, the middle is leapt over and only estimated. */
const MAX_STEPS = 1_000;
/** More than a day, so that daylight saving never looks like nonsense. */
const MAX_AHEAD_MS = 25 * 60 * 60_000;

/**
 * The first time after `afterMs`; null: there is none. Intervals count from the start, or from `anchorAtMs`. What falls
 * outside the active hours waits for them to open. Throws croner's Error for an expression that is none.
 */
export function nextRunMs({ timing, startAtMs, hours }: Timing, anchorAtMs: number, afterMs: number): number | null {
  const notBeforeMs = startAtMs ?? Number.NEGATIVE_INFINITY;
  const dueMs =
    timing.kind === 'interval'
      ? nextInterval(timing.everyMinutes * 60_000, startAtMs ?? anchorAtMs, startAtMs !== null, afterMs)
      : nextCron(timing.expression, timing.timeZone, Math.max(afterMs, notBeforeMs - 1));
  if (dueMs === null || hours === null || isWithinHours(hours, dueMs)) return dueMs;
  return nextHoursChangeMs(hours, dueMs);
}

function nextInterval(everyMs: number, firstMs: number, firstCounts: boolean, afterMs: number): number {
  const passed = Math.floor((afterMs - firstMs) / everyMs) + 1;
  // Without a start nothing is waited for: an anchor ahead of now only says that the clock was set back.
  return firstMs + (firstCounts ? Math.max(0, passed) : passed) * everyMs;
}

function nextCron(expression: string, timeZone: string, afterMs: number): number | null {
  // The library also takes one date, which would run once and never again.
  if (/^\d{4}-/.test(expression.trim())) throw new Error('A date is no expression.');
  const cron = new Cron(expression, { timezone: timeZone, mode: '5-part', paused: true });
  return cron.nextRun(new Date(afterMs))?.getTime() ?? null;
}

export interface DueRuns {
  /** When each run that begins now was due. */
  readonly dueAtMs: readonly number[];
  /** Runs that are left out because nobody was there. */
  readonly missed: number;
  readonly nextRunAtMs: number | null;
}

/** What begins now, for a schedule that was due at `dueAtMs`, not after `nowMs`. */
export function decideDue(
  plan: Timing,
  missedRule: MissedRule,
  anchorAtMs: number,
  dueAtMs: number,
  nowMs: number,
): DueRuns {
  const due: number[] = [];
  let count = 0;
  let next: number | null = dueAtMs;
  while (next !== null && next <= nowMs) {
    due.push(next);
    if (due.length > MAX_CATCH_UP) due.shift();
    count += 1;
    let afterMs: number = next;
    if (count === MAX_STEPS) {
      const everyMs = (next - dueAtMs) / count;
      afterMs = Math.max(next, nowMs - 2 * MAX_CATCH_UP * everyMs);
      count += Math.floor((afterMs - next) / everyMs);
    }
    next = nextRunMs(plan, anchorAtMs, afterMs);
  }
  const latest = due.at(-1) ?? dueAtMs;
  const isOnTime = nowMs - latest <= ON_TIME_MS;
  const runs = missedRule === 'all' ? due : missedRule === 'once' || isOnTime ? [latest] : [];
  return { dueAtMs: runs, missed: count - runs.length, nextRunAtMs: next };
}

/**
 * The next time, for a clock that may have been set: `keptMs` was computed at another time. Set back, the kept time may
 * lie too far away; what ran last is not run again, unless its time lies so far ahead that it was nonsense: a day for
 * cron, one interval for intervals.
 */
export function mendedNextMs(
  plan: Timing,
  anchorAtMs: number,
  keptMs: number | null,
  lastDueMs: number | null,
  nowMs: number,
): number | null {
  const { timing } = plan;
  const maxAheadMs = timing.kind === 'interval' ? timing.everyMinutes * 60_000 : MAX_AHEAD_MS;
  const isNonsense = lastDueMs !== null && lastDueMs > nowMs + maxAheadMs;
  const after = isNonsense || lastDueMs === null ? nowMs : Math.max(nowMs, lastDueMs);
  const fresh = nextRunMs(plan, anchorAtMs, after);
  if (keptMs === null || fresh === null) return fresh;
  return Math.min(keptMs, fresh);
}
