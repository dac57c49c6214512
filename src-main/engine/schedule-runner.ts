/**
 * Owns repeating work while the house runs: looks at least once a minute what is due, begins each run apart, and writes
 * down how it ended. A run that fails hurts nobody else. Must not compute times (timetable.ts) nor do the work itself.
 * Made and started by the coordinator.
 */
import { FailureError, failure, toFailure } from '../../src-shared/model/failure.ts';
import type { OverwritePolicy } from '../../src-shared/model/migration.ts';
import type { MaintenanceTask, RepeatMode } from '../../src-shared/model/schedule.ts';
import type { Clock, Log } from '../ports.ts';
import type { StoredSchedule } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Desk } from './desk.ts';
import type { Mailbox } from './mailbox.ts';
import { decideDue, mendedNextMs } from './timetable.ts';
import { submitMigration } from './verbs/submit-migration.ts';

export interface ScheduleRunner {
  /** Ends what an earlier run of the app left open, then looks. */
  start(): void;
  /** Schedules changed: looks when the next one is due. */
  look(): void;
  /** Inside a letter: begins a run now; its id. */
  run(schedule: StoredSchedule): number;
  stop(): void;
}

/** Does the task and says in a sentence what it did. Rejects with FailureError. */
export type Maintenance = Readonly<Record<MaintenanceTask, () => Promise<string>>>;

export interface ScheduleRunnerDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly mailbox: Mailbox;
  readonly desk: Desk;
  readonly maintenance: Maintenance;
  /** Inside a letter: a run failed. */
  readonly onFailed: (runId: number) => void;
}

/** A clock that was set is noticed within a minute. */
const LOOK_MS = 60_000;

/** Who repeats only what changed keeps a more careful rule: what is never replaced is not replaced by a schedule either. */
function overwriteFor(mode: RepeatMode, asked: OverwritePolicy): OverwritePolicy {
  if (mode === 'full') return 'always';
  return asked === 'always' ? 'if-different' : asked;
}

export function createScheduleRunner(deps: ScheduleRunnerDeps): ScheduleRunner {
  const { store, clock, log, mailbox, desk } = deps;
  const busy = new Set<MaintenanceTask>();
  let cancelTimer: () => void = () => undefined;
  let stopped = false;

  function look(): void {
    cancelTimer();
    if (stopped) return;
    const nowMs = clock.wallMs();
    let waitMs = LOOK_MS;
    for (const schedule of store.schedules()) {
      if (schedule.paused) continue;
      const lastDueMs = store.runs(schedule.id, 1)[0]?.dueAtMs ?? null;
      const next = mendedNextMs(schedule, schedule.anchorAtMs, schedule.nextDueAtMs, lastDueMs, nowMs);
      if (next === null) continue;
      if (next <= nowMs) mailbox.deliver(() => fallDue(schedule.id));
      else if (next !== schedule.nextDueAtMs) mailbox.deliver(() => mend(schedule.id, next));
      else waitMs = Math.min(waitMs, next - nowMs);
    }
    cancelTimer = clock.after(waitMs, look);
  }

  function mend(scheduleId: number, nextDueAtMs: number): void {
    if (store.schedule(scheduleId) !== null) store.updateSchedule(scheduleId, { nextDueAtMs });
  }

  function fallDue(scheduleId: number): void {
    const schedule = store.schedule(scheduleId);
    const nowMs = clock.wallMs();
    if (schedule === null || schedule.paused || schedule.nextDueAtMs === null || schedule.nextDueAtMs > nowMs) return;
    // Every one means one after the other: the end of the run before makes us look again.
    if (schedule.missed === 'all' && isOpen(schedule)) return;
    const { dueAtMs, missed, nextRunAtMs } = decideDue(
      schedule,
      schedule.missed,
      schedule.anchorAtMs,
      schedule.nextDueAtMs,
      nowMs,
    );
    const [due, following] = dueAtMs;
    store.updateSchedule(scheduleId, { nextDueAtMs: following ?? nextRunAtMs, skipNext: false });
    const runs = missed === 1 ? '1 run was' : `${missed} runs were`;
    if (missed > 0) leaveOut(schedule, schedule.nextDueAtMs, `${runs} missed: nobody was there.`);
    if (due === undefined) return;
    if (schedule.skipNext) leaveOut(schedule, due, 'Skipped by you.');
    else begin(schedule, due);
  }

  function isOpen({ id }: StoredSchedule): boolean {
    return store.openRuns().some(({ scheduleId }) => scheduleId === id);
  }

  /** By whatever schedule; also by one that was removed meanwhile. */
  function isPerformed(task: MaintenanceTask): boolean {
    return (
      busy.has(task) ||
      store.openRuns().some(({ scheduleId }) => {
        const other = store.schedule(scheduleId)?.task;
        return other?.kind === 'maintenance' && other.task === task;
      })
    );
  }

  function leaveOut({ id }: StoredSchedule, dueAtMs: number, detail: string): number {
    const nowMs = clock.wallMs();
    const run = { scheduleId: id, dueAtMs, startedAtMs: nowMs, finishedAtMs: nowMs, failure: null, migrationId: null };
    return store.insertRun({ ...run, outcome: 'skipped', detail });
  }

  function begin(schedule: StoredSchedule, dueAtMs: number): number {
    const { task } = schedule;
    const startedAtMs = clock.wallMs();
    const run = { scheduleId: schedule.id, dueAtMs, startedAtMs, finishedAtMs: null, failure: null, migrationId: null };
    if (task.kind === 'maintenance') {
      if (isPerformed(task.task)) return leaveOut(schedule, dueAtMs, 'The run before is still at it.');
      const runId = store.insertRun({ ...run, outcome: 'running', detail: '' });
      mailbox.onCommit(() => void perform(runId, task.task));
      return runId;
    }
    if (isOpen(schedule)) return leaveOut(schedule, dueAtMs, 'The migration of the run before still moves.');
    try {
      const { request } = task;
      const overwrite = overwriteFor(task.mode, request.policies.overwrite);
      const name = request.name ?? schedule.name;
      const policies = { ...request.policies, overwrite } as const;
      const { migrationId } = submitMigration(desk, { ...request, name, policies });
      return store.insertRun({ ...run, outcome: 'running', detail: `Migration ${migrationId} moves.`, migrationId });
    } catch (error) {
      // What is refused has written nothing; anything else takes the whole batch down, as everywhere.
      if (!(error instanceof FailureError)) throw error;
      const runId = store.insertRun({
        ...run,
        finishedAtMs: startedAtMs,
        outcome: 'failed',
        detail: error.failure.message,
        failure: error.failure,
      });
      deps.onFailed(runId);
      return runId;
    }
  }

  async function perform(runId: number, task: MaintenanceTask): Promise<void> {
    let end: () => void;
    // Only now: a batch that was undone began nothing.
    busy.add(task);
    try {
      const detail = await deps.maintenance[task]();
      end = () => store.updateRun(runId, { finishedAtMs: clock.wallMs(), outcome: 'done', detail });
    } catch (error) {
      const reason = toFailure(error);
      log.error('Maintenance failed.', { task, failure: reason });
      end = () => {
        const finishedAtMs = clock.wallMs();
        store.updateRun(runId, { finishedAtMs, outcome: 'failed', detail: reason.message, failure: reason });
        deps.onFailed(runId);
      };
    }
    busy.delete(task);
    mailbox.deliver(end);
  }

  /** Nobody performs these any more; those that wait for their migration go on. */
  function endOrphans(): void {
    const reason = failure('worker-lost', 'The app ended while this ran.', { hint: 'The next run does it again.' });
    for (const run of store.openRuns()) {
      if (run.migrationId !== null) continue;
      store.updateRun(run.id, {
        finishedAtMs: clock.wallMs(),
        outcome: 'failed',
        detail: reason.message,
        failure: reason,
      });
    }
  }

  return {
    start() {
      if (store.openRuns().some(({ migrationId }) => migrationId === null)) mailbox.deliver(endOrphans);
      look();
    },
    look,
    run: (schedule) => begin(schedule, clock.wallMs()),
    stop() {
      stopped = true;
      cancelTimer();
    },
  };
}
