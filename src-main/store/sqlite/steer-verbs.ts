/**
 * Owns what people do to jobs: pause, resume, cancel, retry, skip, run now; cancelling a slice of a migration; and
 * scheduled jobs falling due. Must not touch an arrow that JOB_ARROWS does not have. Part of open-sqlite-store.ts.
 */
import { isOpen, JOB_ARROWS, type JobState } from '../../../src-shared/model/job-state.ts';
import { RUN_NOW_RANK } from '../records.ts';
import type { Store } from '../store.ts';
import type { Batch } from './batch.ts';
import type { Ledger } from './ledger.ts';
import type { Database } from './open-database.ts';
import type { Row } from './rows.ts';

type SteerVerbs = Pick<Store, 'steer' | 'cancelSlice' | 'releaseDue' | 'bringForward' | 'lastSnoozeMs' | 'nextDueMs'>;

const CLEARED = 'lease_token = NULL, lease_ends_at_ms = NULL, not_before_ms = NULL';
/** A retried job starts afresh: its old attempts stay in the history, its old verdict goes. */
const FRESH = `${CLEARED}, strikes = 0, worker_losses = 0, troubled_since_ms = NULL, failure = NULL, failed_step = NULL,
  proof = NULL, skip_reason = NULL, result = NULL, finished_at_ms = NULL`;
const TOUCHED = 'id, migration_id, source_key, destination_key, size_bytes, attempts';
const SKIP_REASON = 'Left out by you.';

export function steerVerbs(db: Database, batch: Batch, ledger: Ledger): SteerVerbs {
  const select = db.prepare(`SELECT ${TOUCHED}, state, proof, started_at_ms FROM job WHERE id = ?`);
  const toPaused = db.prepare(
    `UPDATE job SET state = 'paused', ${CLEARED}, updated_at_ms = ? WHERE id = ? AND state = ?`,
  );
  /** What it met before counts on: it was only held. */
  const toResumed = db.prepare(
    `UPDATE job SET state = 'pending', ${CLEARED}, updated_at_ms = ? WHERE id = ? AND state = ?`,
  );
  const toPending = db.prepare(
    `UPDATE job SET state = 'pending', ${FRESH}, updated_at_ms = ? WHERE id = ? AND state = ?`,
  );
  const toCancelled = db.prepare(
    `UPDATE job SET state = 'cancelled', ${CLEARED}, updated_at_ms = ?, finished_at_ms = ? WHERE id = ? AND state = ?`,
  );
  const insertAttempt = db.prepare(
    `INSERT INTO attempt (job_id, number, started_at_ms, finished_at_ms, outcome) VALUES (?, ?, ?, ?, ?)`,
  );
  const cancelSlice = db.prepare(
    `UPDATE job SET state = 'cancelled', ${CLEARED}, updated_at_ms = ?, finished_at_ms = ?
     WHERE id IN (SELECT id FROM job WHERE migration_id = ? AND state = ? LIMIT ?) RETURNING ${TOUCHED}`,
  );
  const toSkipped = db.prepare(
    `UPDATE job SET state = 'skipped', ${CLEARED}, skip_reason = '${SKIP_REASON}', updated_at_ms = ?, finished_at_ms = ?
     WHERE id = ? AND state = ?`,
  );
  const toRunNow = db.prepare(
    `UPDATE job SET state = 'pending', rank = ${RUN_NOW_RANK}, not_before_ms = NULL, updated_at_ms = ? WHERE id = ? AND state = ?`,
  );
  const releaseDue = db.prepare(
    `UPDATE job SET state = 'pending', not_before_ms = NULL, updated_at_ms = ?
     WHERE id IN (SELECT id FROM job INDEXED BY job_due WHERE state = 'scheduled' AND not_before_ms <= ? ORDER BY not_before_ms LIMIT ?)
     RETURNING id, migration_id`,
  );
  const bringForward = db.prepare(
    `UPDATE job SET not_before_ms = not_before_ms - ?1, updated_at_ms = updated_at_ms - ?1
     WHERE state = 'scheduled' RETURNING id`,
  );
  const selectLastSnooze = db.prepare(`SELECT max(updated_at_ms) AS at FROM job WHERE state = 'scheduled'`);
  const selectNextDue = db.prepare(
    `SELECT min(not_before_ms) AS at FROM job INDEXED BY job_due WHERE state = 'scheduled'`,
  );

  function announce(row: Row, state: 'cancelled' | 'skipped'): void {
    batch.outcome({
      jobId: Number(row.id),
      migrationId: Number(row.migration_id),
      state,
      sourceKey: String(row.source_key),
      destinationKey: String(row.destination_key),
      sizeBytes: row.size_bytes === null ? null : Number(row.size_bytes),
      attempts: Number(row.attempts),
      proof: null,
      failure: null,
      atMs: batch.nowMs,
    });
  }

  return {
    steer(jobId, event) {
      const row = select.get(jobId);
      if (row === undefined) return { changed: false, state: null };
      const state = row.state as JobState;
      const arrow = JOB_ARROWS[event];
      if (!arrow.from.includes(state)) return { changed: false, state };
      const migrationId = Number(row.migration_id);
      const wasRunning = state === 'running';
      if (event === 'run-now') toRunNow.run(batch.nowMs, jobId, state);
      else if (arrow.to === 'paused') toPaused.run(batch.nowMs, jobId, state);
      else if (event === 'resume') toResumed.run(batch.nowMs, jobId, state);
      else if (arrow.to === 'pending') toPending.run(batch.nowMs, jobId, state);
      else (event === 'skip' ? toSkipped : toCancelled).run(batch.nowMs, batch.nowMs, jobId, state);
      if (wasRunning) {
        const outcome = event === 'cancel' ? 'cancelled' : event === 'skip' ? 'skipped' : 'released';
        insertAttempt.run(jobId, Number(row.attempts), Number(row.started_at_ms), batch.nowMs, outcome);
      }
      batch.job(jobId);
      batch.change({ jobId, migrationId, event, from: state, to: arrow.to });
      // What a worker skipped counted as done until now.
      const undone = state === 'skipped' && row.proof !== null ? Number(row.size_bytes) : 0;
      ledger.move(migrationId, state, arrow.to, 1, { total: 0, done: -undone });
      if (arrow.to === 'pending') batch.jobsReturned(migrationId);
      if (event === 'cancel') announce(row, 'cancelled');
      if (event === 'skip') announce(row, 'skipped');
      return { changed: true, wasRunning };
    },

    cancelSlice(migrationId, limit) {
      let cancelled = 0;
      for (const state of JOB_ARROWS.cancel.from) {
        if (state === 'running' || !isOpen(state) || cancelled >= limit) continue;
        const rows = cancelSlice.all(batch.nowMs, batch.nowMs, migrationId, state, limit - cancelled);
        for (const row of rows) {
          batch.job(Number(row.id));
          announce(row, 'cancelled');
          batch.change({ jobId: Number(row.id), migrationId, event: 'cancel', from: state, to: 'cancelled' });
        }
        if (rows.length > 0) ledger.move(migrationId, state, 'cancelled', rows.length, { total: 0, done: 0 });
        cancelled += rows.length;
      }
      return cancelled;
    },

    releaseDue(limit) {
      const rows = releaseDue.all(batch.nowMs, batch.nowMs, limit);
      for (const row of rows) {
        const migrationId = Number(row.migration_id);
        batch.job(Number(row.id));
        batch.change({ jobId: Number(row.id), migrationId, event: 'fall-due', from: 'scheduled', to: 'pending' });
        ledger.move(migrationId, 'scheduled', 'pending', 1, { total: 0, done: 0 });
        batch.jobsReturned(migrationId);
      }
      return rows.length;
    },

    bringForward(byMs) {
      for (const row of bringForward.all(byMs)) batch.job(Number(row.id));
    },

    lastSnoozeMs() {
      return Number(selectLastSnooze.get()?.at ?? 0);
    },

    nextDueMs() {
      const at = selectNextDue.get()?.at;
      return typeof at === 'number' ? at : null;
    },
  };
}
