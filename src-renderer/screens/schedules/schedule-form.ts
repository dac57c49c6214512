/**
 * Owns the form of a schedule as data: what stands in it first, and the plan it asks for or what is wrong with it. Pure.
 * Called by the schedule dialog.
 */
import { commands } from '../../../src-shared/contract/commands.ts';
import type { MigrationView } from '../../../src-shared/model/migration.ts';
import type { MissedRule, RepeatMode, ScheduleTask, ScheduleView } from '../../../src-shared/model/schedule.ts';
import { NO_FILTER } from '../../../src-shared/model/selection.ts';
import { checkForm, wholeNumber } from '../checked-form.ts';
import { HOURS_WORDS, type HoursDraft, toHours, toHoursDraft } from '../hours-form.ts';

/** As typed. `what`: "migration 12", a maintenance task, or "as before" for one that is edited. */
export interface ScheduleForm {
  readonly name: string;
  readonly what: string;
  readonly mode: RepeatMode;
  readonly timing: 'interval' | 'cron';
  readonly everyMinutes: string;
  readonly expression: string;
  readonly timeZone: string;
  /** As a datetime input has it; "": from now on. */
  readonly startAt: string;
  readonly hours: HoursDraft;
  readonly missed: MissedRule;
}

export const AS_BEFORE = 'as before';

/** Fields at which the house may refuse; what belongs to no other is said above the form. */
export const SCHEDULE_FIELDS = ['name', 'timing.everyMinutes', 'timing.expression', 'timing.timeZone', 'startAtMs'];

const WORDS = {
  name: 'Give the schedule a name.',
  'timing.everyMinutes': 'Whole minutes, from 1 to 525,600 (a year).',
  'timing.timeZone': 'There is no such time zone. Like Europe/Berlin, or UTC.',
  startAtMs: 'That is no moment.',
  ...HOURS_WORDS,
} as const;

/**
 * What a new schedule is likely to do: repeat the newest migration that moved something. One that failed or found
 * nothing is chosen on purpose only.
 */
export function likelyTask(migrations: readonly MigrationView[]): string {
  const good = migrations.find(
    ({ counts, isSample, state }) =>
      !isSample && state !== 'failed' && counts.completed + counts.skipped > counts.failed,
  );
  return good === undefined ? 'sweep' : `migration ${good.id}`;
}

export function toScheduleForm(schedule: ScheduleView | null, firstWhat: string, timeZone: string): ScheduleForm {
  const timing = schedule?.timing ?? { kind: 'cron', expression: '0 2 * * *', timeZone };
  return {
    name: schedule?.name ?? '',
    what: schedule === null ? firstWhat : AS_BEFORE,
    mode: schedule?.task.kind === 'migration' ? schedule.task.mode : 'changed',
    timing: timing.kind,
    everyMinutes: timing.kind === 'interval' ? String(timing.everyMinutes) : '60',
    expression: timing.kind === 'cron' ? timing.expression : '0 2 * * *',
    timeZone: timing.kind === 'cron' ? timing.timeZone : timeZone,
    startAt: '',
    hours: toHoursDraft(schedule?.hours ?? null, timeZone),
    missed: schedule?.missed ?? 'once',
  };
}

export function toTiming(form: ScheduleForm) {
  return {
    timing:
      form.timing === 'interval'
        ? ({ kind: 'interval', everyMinutes: wholeNumber(form.everyMinutes) } as const)
        : ({ kind: 'cron', expression: form.expression, timeZone: form.timeZone } as const),
    startAtMs: form.startAt === '' ? null : new Date(form.startAt).getTime(),
    hours: toHours(form.hours),
  };
}

export function toPlan(form: ScheduleForm, before: ScheduleView | null, migrations: readonly MigrationView[]) {
  const { startAtMs, ...timing } = toTiming(form);
  const plan = {
    ...(before === null ? {} : { id: before.id }),
    name: form.name,
    task: taskOf(form, before, migrations),
    ...timing,
    startAtMs: startAtMs ?? before?.startAtMs ?? null,
    missed: form.missed,
  };
  return checkForm(commands['schedule.save'].params, plan, WORDS);
}

function taskOf(form: ScheduleForm, before: ScheduleView | null, migrations: readonly MigrationView[]): unknown {
  if (form.what === AS_BEFORE && before !== null) {
    return before.task.kind === 'migration' ? { ...before.task, mode: form.mode } : before.task;
  }
  const migration = migrations.find(({ id }) => form.what === `migration ${id}`);
  if (migration === undefined) return { kind: 'maintenance', task: form.what } as ScheduleTask;
  const { name, source, destination, policies, queue } = migration;
  const filter = migration.filter ?? NO_FILTER;
  return {
    kind: 'migration',
    mode: form.mode,
    request: { name, source, destination, policies, queue, selection: { kind: 'listing', filter } },
  };
}
