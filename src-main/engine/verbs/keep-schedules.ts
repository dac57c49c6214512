/**
 * Owns making, changing and removing schedules, and those that come with the app. Must not run them (schedule-runner
 * does). Verbs of the coordinator.
 */
import type { ParsedParams } from '../../../src-shared/contract/commands.ts';
import { fail, toFailure } from '../../../src-shared/model/failure.ts';
import type { MigrationRequest } from '../../../src-shared/model/migration-request.ts';
import type { MaintenanceTask, SchedulePlan, ScheduleView } from '../../../src-shared/model/schedule.ts';
import type { StoredSchedule } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { Desk } from '../desk.ts';
import { nextRunMs, type Timing } from '../timetable.ts';
import { acceptRequest } from './accept-request.ts';
import { plainAsset } from './submit-migration.ts';

const BUILT_IN: readonly { readonly name: string; readonly task: MaintenanceTask; readonly everyMinutes: number }[] = [
  { name: 'Clean up old jobs', task: 'prune', everyMinutes: 30 },
  { name: 'Check the health', task: 'health', everyMinutes: 1 },
  { name: 'Sweep what lost work left behind', task: 'sweep', everyMinutes: 60 },
  { name: 'Back up the database', task: 'backup', everyMinutes: 15 },
];

/** Makes those that a new profile lacks. */
export function addBuiltInSchedules(store: Store, nowMs: number): void {
  const known = store
    .schedules()
    .flatMap(({ isBuiltIn, task }) => (isBuiltIn && task.kind === 'maintenance' ? [task.task] : []));
  for (const { name, task, everyMinutes } of BUILT_IN) {
    if (known.includes(task)) continue;
    const plan: SchedulePlan = {
      name,
      task: { kind: 'maintenance', task },
      timing: { kind: 'interval', everyMinutes },
      startAtMs: null,
      hours: null,
      missed: 'skip',
    };
    const nextDueAtMs = nextRunMs(plan, nowMs, nowMs);
    store.insertSchedule({ ...plan, isBuiltIn: true, paused: false, skipNext: false, anchorAtMs: nowMs, nextDueAtMs });
  }
}

/** Throws FailureError: at `timing` when it never runs, at `task.request…` when it could not be submitted now. */
export function saveSchedule(desk: Desk, { id, ...plan }: ParsedParams<'schedule.save'>, nowMs: number): ScheduleView {
  const before = id === undefined ? null : scheduleOf(desk, id);
  if (plan.task.kind === 'migration') acceptTask(desk, plan.task.request);
  if (before?.isBuiltIn === true && JSON.stringify(before.task) !== JSON.stringify(plan.task)) {
    fail('invalid-input', 'This schedule came with the app; it keeps its task.', { field: 'task' });
  }
  const nextDueAtMs = firstRunMs(plan, nowMs, nowMs);
  if (before !== null) {
    desk.store.updateSchedule(before.id, { ...plan, anchorAtMs: nowMs, nextDueAtMs });
    return viewOf(desk.store, before.id);
  }
  const made = { ...plan, isBuiltIn: false, paused: false, skipNext: false, anchorAtMs: nowMs, nextDueAtMs };
  return viewOf(desk.store, desk.store.insertSchedule(made));
}

/** Throws FailureError `not-found`, or `invalid-input` for one that came with the app. */
export function removeSchedule(desk: Desk, scheduleId: number): void {
  if (scheduleOf(desk, scheduleId).isBuiltIn) {
    fail('invalid-input', 'This schedule came with the app.', { field: 'scheduleId', hint: 'Pause it instead.' });
  }
  desk.store.removeSchedule(scheduleId);
}

/** Throws FailureError `not-found`. A resumed one goes on from now: what it missed while paused is not made up for. */
export function pauseSchedule(desk: Desk, scheduleId: number, paused: boolean, nowMs: number): ScheduleView {
  const schedule = scheduleOf(desk, scheduleId);
  const nextDueAtMs = paused ? schedule.nextDueAtMs : firstRunMs(schedule, schedule.anchorAtMs, nowMs);
  desk.store.updateSchedule(scheduleId, { paused, nextDueAtMs });
  return viewOf(desk.store, scheduleId);
}

/** Throws FailureError `not-found`. */
export function skipNextRun(desk: Desk, scheduleId: number, skipNext: boolean): ScheduleView {
  scheduleOf(desk, scheduleId);
  desk.store.updateSchedule(scheduleId, { skipNext });
  return viewOf(desk.store, scheduleId);
}

/** The next `count` runs. Throws FailureError at `timing` when there is none. */
export function previewRuns(timing: Timing, count: number, nowMs: number): number[] {
  const runs: number[] = [];
  for (let next: number | null = firstRunMs(timing, nowMs, nowMs); next !== null && runs.length < count; ) {
    runs.push(next);
    next = nextRunMs(timing, nowMs, next);
  }
  return runs;
}

export function scheduleViews(store: Store): ScheduleView[] {
  return store.schedules().map((schedule) => view(store, schedule));
}

/** Throws FailureError `not-found`. */
export function scheduleOf(desk: Desk, scheduleId: number): StoredSchedule {
  const schedule = desk.store.schedule(scheduleId);
  return schedule ?? fail('not-found', `There is no schedule ${scheduleId}.`, { field: 'scheduleId' });
}

function viewOf(store: Store, scheduleId: number): ScheduleView {
  const schedule = store.schedule(scheduleId);
  if (schedule === null) throw new Error(`Schedule ${scheduleId} is gone.`);
  return view(store, schedule);
}

function view(store: Store, { anchorAtMs: _, nextDueAtMs, ...schedule }: StoredSchedule): ScheduleView {
  return {
    ...schedule,
    nextRunAtMs: schedule.paused ? null : nextDueAtMs,
    lastRun: store.runs(schedule.id, 1)[0] ?? null,
  };
}

function acceptTask(desk: Desk, { source, destination, selection, policies, queue }: MigrationRequest): void {
  const assets = selection.kind === 'assets' ? selection.assets.map(plainAsset) : null;
  try {
    acceptRequest(desk, { source, destination, assets, policies, queue });
  } catch (error) {
    const { code, message, hint, field } = toFailure(error);
    fail(code, message, { hint, field: `task.request.${field ?? ''}` });
  }
}

const CRON_FIELDS = 'Five fields: minute, hour, day of month, month, day of week.';

/** Six fields begin with seconds elsewhere: read as five, they would mean something else. */
function acceptFields(expression: string): void {
  const fields = expression.trim().split(/\s+/).length;
  if (fields === 5 || expression.trim().startsWith('@')) return;
  fail('invalid-input', `A cron expression has five fields here; this one has ${fields}.`, {
    field: 'timing.expression',
    hint: CRON_FIELDS,
  });
}

function firstRunMs(timing: Timing, anchorAtMs: number, nowMs: number): number {
  if (timing.timing.kind === 'cron') acceptFields(timing.timing.expression);
  let next: number | null;
  try {
    next = nextRunMs(timing, anchorAtMs, nowMs);
  } catch (error) {
    // The library's own words name the field that is wrong.
    fail(
      'invalid-input',
      `The cron expression is not valid: ${toFailure(error).message.replace(/^CronPattern: /, '')}`,
      {
        field: 'timing.expression',
        hint: CRON_FIELDS,
      },
    );
  }
  const field = timing.timing.kind === 'cron' ? 'timing.expression' : 'timing';
  return next ?? fail('invalid-input', 'This would never run.', { field, hint: 'Choose a time that exists.' });
}
