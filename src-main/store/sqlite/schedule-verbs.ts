/**
 * Owns schedules and their runs in the database. Must not compute when anything is due. Part of open-sqlite-store.ts.
 */
import type { Failure } from '../../../src-shared/model/failure.ts';
import type { SchedulePlan, ScheduleRun } from '../../../src-shared/model/schedule.ts';
import type { StoredSchedule } from '../records.ts';
import type { Store } from '../store.ts';
import type { Batch } from './batch.ts';
import type { Database } from './open-database.ts';
import type { Row } from './rows.ts';

type ScheduleVerbs = Pick<
  Store,
  | 'schedules'
  | 'schedule'
  | 'insertSchedule'
  | 'updateSchedule'
  | 'removeSchedule'
  | 'insertRun'
  | 'updateRun'
  | 'runs'
  | 'openRuns'
>;

export function scheduleVerbs(db: Database, batch: Batch): ScheduleVerbs {
  const selectAll = db.prepare('SELECT * FROM schedule ORDER BY id');
  const select = db.prepare('SELECT * FROM schedule WHERE id = ?');
  const insert = db.prepare(
    `INSERT INTO schedule (name, plan, is_built_in, is_paused, skip_next, anchor_at_ms, next_due_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = db.prepare(
    `UPDATE schedule SET name = ?, plan = ?, is_paused = ?, skip_next = ?, anchor_at_ms = ?, next_due_at_ms = ? WHERE id = ?`,
  );
  const remove = db.prepare('DELETE FROM schedule WHERE id = ?');
  const insertRun = db.prepare(
    `INSERT INTO schedule_run (schedule_id, due_at_ms, started_at_ms, finished_at_ms, outcome, detail, failure, migration_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const selectRun = db.prepare('SELECT * FROM schedule_run WHERE id = ?');
  const updateRun = db.prepare(
    `UPDATE schedule_run SET finished_at_ms = ?, outcome = ?, detail = ?, failure = ?, migration_id = ? WHERE id = ?`,
  );
  const selectRuns = db.prepare('SELECT * FROM schedule_run WHERE schedule_id = ? ORDER BY id DESC LIMIT ?');
  const selectOpen = db.prepare(
    "SELECT * FROM schedule_run INDEXED BY schedule_run_open WHERE outcome = 'running' ORDER BY id",
  );

  function one(id: number): StoredSchedule | null {
    const row = select.get(id);
    return row === undefined ? null : scheduleFrom(row);
  }

  return {
    schedules: () => selectAll.all().map(scheduleFrom),
    schedule: one,
    insertSchedule(schedule) {
      const { lastInsertRowid } = insert.run(
        schedule.name,
        JSON.stringify(planOf(schedule)),
        schedule.isBuiltIn ? 1 : 0,
        schedule.paused ? 1 : 0,
        schedule.skipNext ? 1 : 0,
        schedule.anchorAtMs,
        schedule.nextDueAtMs,
      );
      batch.topic('schedules');
      return Number(lastInsertRowid);
    },
    updateSchedule(id, change) {
      const before = one(id);
      if (before === null) throw new Error(`There is no schedule ${id} to change.`);
      const after = { ...before, ...change };
      update.run(
        after.name,
        JSON.stringify(planOf(after)),
        after.paused ? 1 : 0,
        after.skipNext ? 1 : 0,
        after.anchorAtMs,
        after.nextDueAtMs,
        id,
      );
      batch.topic('schedules');
    },
    removeSchedule(id) {
      remove.run(id);
      batch.topic('schedules');
    },
    insertRun(run) {
      const { lastInsertRowid } = insertRun.run(
        run.scheduleId,
        run.dueAtMs,
        run.startedAtMs,
        run.finishedAtMs,
        run.outcome,
        run.detail,
        run.failure === null ? null : JSON.stringify(run.failure),
        run.migrationId,
      );
      batch.topic('schedules');
      return Number(lastInsertRowid);
    },
    updateRun(id, change) {
      const row = selectRun.get(id);
      // Its schedule was removed meanwhile, and its runs with it.
      if (row === undefined) return;
      const run = { ...runFrom(row), ...change };
      const failure = run.failure === null ? null : JSON.stringify(run.failure);
      updateRun.run(run.finishedAtMs, run.outcome, run.detail, failure, run.migrationId, id);
      batch.topic('schedules');
    },
    runs: (scheduleId, limit) => selectRuns.all(scheduleId, limit).map(runFrom),
    openRuns: () => selectOpen.all().map(runFrom),
  };
}

function planOf({ name, task, timing, startAtMs, hours, missed }: SchedulePlan): SchedulePlan {
  return { name, task, timing, startAtMs, hours, missed };
}

function scheduleFrom(row: Row): StoredSchedule {
  return {
    ...(JSON.parse(String(row.plan)) as SchedulePlan),
    id: Number(row.id),
    name: String(row.name),
    isBuiltIn: row.is_built_in === 1,
    paused: row.is_paused === 1,
    skipNext: row.skip_next === 1,
    anchorAtMs: Number(row.anchor_at_ms),
    nextDueAtMs: row.next_due_at_ms === null ? null : Number(row.next_due_at_ms),
  };
}

function runFrom(row: Row): ScheduleRun {
  return {
    id: Number(row.id),
    scheduleId: Number(row.schedule_id),
    dueAtMs: Number(row.due_at_ms),
    startedAtMs: Number(row.started_at_ms),
    finishedAtMs: row.finished_at_ms === null ? null : Number(row.finished_at_ms),
    outcome: row.outcome as ScheduleRun['outcome'],
    detail: String(row.detail),
    failure: row.failure === null ? null : (JSON.parse(String(row.failure)) as Failure),
    migrationId: row.migration_id === null ? null : Number(row.migration_id),
  };
}
