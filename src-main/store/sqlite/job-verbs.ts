/**
 * Owns the hot path of the database: insert, read ahead, claim, settle. Every statement names the state it leaves, so
 * an arrow that is not legal changes nothing. Must not decide who runs or what is tried again.
 * Part of open-sqlite-store.ts.
 */
import { JOB_ARROWS } from '../../../src-shared/model/job-state.ts';
import { LOST_TRY } from '../../../src-shared/model/lost-tries.ts';
import type { OutcomeEvent } from '../../../src-shared/model/outcome.ts';
import type { ClaimedJob, JobSettlement, NewJob, PendingJob } from '../records.ts';
import { RUN_NOW_RANK } from '../records.ts';
import type { Store } from '../store.ts';
import type { Batch } from './batch.ts';
import type { Ledger } from './ledger.ts';
import type { Database } from './open-database.ts';
import { PENDING_COLUMNS, pendingFrom } from './rows.ts';

type JobVerbs = Pick<
  Store,
  'insertJobs' | 'readPending' | 'readRunNow' | 'urgentMigrations' | 'claim' | 'settle' | 'orphans' | 'highestJobId'
>;

/** Ranks are small whole numbers; places are ids, or numbers between and beyond them. */
const BEFORE_ALL = { rank: Number.MIN_SAFE_INTEGER, place: Number.NEGATIVE_INFINITY, id: 0 };

export function jobVerbs(db: Database, batch: Batch, ledger: Ledger): JobVerbs {
  const insert = db.prepare(
    `INSERT INTO job (id, place, migration_id, state, source_key, destination_key, size_bytes, version_token,
       stated, created_at_ms, updated_at_ms)
     VALUES (?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (migration_id, destination_key) DO NOTHING`,
  );
  const selectLastId = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'job'");
  const selectPending = db.prepare(
    `SELECT ${PENDING_COLUMNS} FROM job WHERE migration_id = ? AND state = 'pending' AND (rank, place, id) > (?, ?, ?)
     ORDER BY rank, place, id LIMIT ?`,
  );
  const claim = db.prepare(
    `UPDATE job SET state = 'running', lease_token = ?, lease_ends_at_ms = ?, attempts = attempts + 1,
       started_at_ms = ?, updated_at_ms = ? WHERE id = ? AND state = 'pending'
       AND attempts = ? AND strikes = ? AND worker_losses = ?`,
  );
  const settle = db.prepare(
    `UPDATE job SET state = ?, lease_token = NULL, lease_ends_at_ms = NULL, strikes = strikes + ?,
       worker_losses = worker_losses + ?, size_bytes = coalesce(?, size_bytes),
       version_token = iif(?, NULL, version_token), not_before_ms = ?,
       troubled_since_ms = coalesce(troubled_since_ms, ?), failure = ?,
       failed_step = ?, proof = ?, skip_reason = ?, result = ?, updated_at_ms = ?, finished_at_ms = ?
     WHERE id = ? AND state = 'running' AND lease_token = ?`,
  );
  const forgetUpload = db.prepare('DELETE FROM upload WHERE job_id = ?');
  // What is noted of a large write stays: the next attempt goes on with it.
  const noteLostTry = db.prepare(
    `INSERT INTO upload (job_id, account_id, container, key, mark)
       SELECT job.id, destination ->> 'accountId', destination ->> 'container', destination_key, '${LOST_TRY}' || ?
       FROM job JOIN migration ON migration.id = migration_id WHERE job.id = ? AND kind = 'transfer'
     ON CONFLICT DO UPDATE SET mark = mark || ' ' || ? WHERE mark LIKE '${LOST_TRY}%'`,
  );
  const insertAttempt = db.prepare(
    `INSERT INTO attempt (job_id, number, started_at_ms, finished_at_ms, outcome, failure, failed_step, worker_pid)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const selectOrphans = db.prepare(
    `SELECT ${PENDING_COLUMNS}, lease_token, started_at_ms FROM job WHERE state = 'running' ORDER BY id`,
  );
  // SQLite would rather read every pending job: without figures about them it takes any index for as good as another.
  const selectUrgent = db.prepare(
    `SELECT DISTINCT migration_id FROM job INDEXED BY job_urgent WHERE state = 'pending' AND rank < 0
     ORDER BY migration_id`,
  );
  const selectRunNow = db.prepare(
    `SELECT ${PENDING_COLUMNS} FROM job INDEXED BY job_run_now WHERE state = 'pending' AND rank = ${RUN_NOW_RANK}
     ORDER BY id LIMIT ?`,
  );
  const selectHighest = db.prepare('SELECT max(id) AS id FROM job');

  return {
    insertJobs(migrationId, jobs: readonly NewJob[]) {
      const migration = ledger.migration(migrationId);
      if (migration === null) throw new Error(`There is no migration ${migrationId}.`);
      const ids: (number | null)[] = [];
      let lastId = Number(selectLastId.get()?.seq ?? 0);
      let inserted = 0;
      let totalBytes = 0;
      for (const job of jobs) {
        const id = lastId + 1;
        const { changes } = insert.run(
          id,
          id,
          migrationId,
          job.sourceKey,
          job.destinationKey,
          job.sizeBytes,
          job.versionToken,
          job.stated === undefined ? null : JSON.stringify(job.stated),
          batch.nowMs,
          batch.nowMs,
        );
        if (changes === 0) {
          ids.push(null);
          continue;
        }
        lastId = id;
        ids.push(id);
        inserted += 1;
        totalBytes += job.sizeBytes ?? 0;
        batch.job(id);
        batch.change({ jobId: id, migrationId, event: 'make', from: null, to: 'pending' });
      }
      ledger.move(migrationId, null, 'pending', inserted, { total: totalBytes, done: 0 });
      // Behind what was read ahead, when somebody had put those jobs last.
      if (inserted > 0) batch.jobsReturned(migrationId);
      return ids;
    },

    readPending(migrationId, after, limit) {
      const { rank, place, id } = after ?? BEFORE_ALL;
      return selectPending.all(migrationId, rank, place, id, limit).map(pendingFrom);
    },

    readRunNow(limit) {
      return selectRunNow.all(limit).map(pendingFrom);
    },

    urgentMigrations() {
      return selectUrgent.all().map((row) => Number(row.migration_id));
    },

    claim(job: PendingJob, lease) {
      const { id, attempts, strikes, workerLosses } = job;
      const { token, endsAtMs, startedAtMs } = lease;
      const { changes } = claim.run(token, endsAtMs, startedAtMs, batch.nowMs, id, attempts, strikes, workerLosses);
      if (changes === 0) return null;
      batch.job(job.id);
      batch.change({ jobId: job.id, migrationId: job.migrationId, event: 'claim', from: 'pending', to: 'running' });
      ledger.move(job.migrationId, 'pending', 'running', 1, { total: 0, done: 0 });
      return { ...job, attempts: attempts + 1, token, startedAtMs };
    },

    settle(job: ClaimedJob, settlement: JobSettlement) {
      const { event, result, failure } = settlement;
      const to = JOB_ARROWS[event].to;
      const finished = to === 'completed' || to === 'skipped' || to === 'failed';
      const failureJson = failure === null ? null : JSON.stringify(failure);
      const { changes } = settle.run(
        to,
        settlement.strikes,
        settlement.workerLosses,
        result?.sizeBytes ?? null,
        settlement.forgetVersion ? 1 : 0,
        settlement.notBeforeMs,
        // A lost worker or the end of the app says nothing about what is to be moved.
        failure === null || event === 'release' ? null : batch.nowMs,
        failureJson,
        settlement.failedStep,
        result?.proof ?? null,
        settlement.skipReason,
        result === null ? null : JSON.stringify(result),
        batch.nowMs,
        finished ? batch.nowMs : null,
        job.id,
        job.token,
      );
      if (changes === 0) return false;
      if (to === 'completed') forgetUpload.run(job.id);
      else if (settlement.outcome === 'worker-lost') noteLostTry.run(job.token, job.id, job.token);
      insertAttempt.run(
        job.id,
        job.attempts,
        job.startedAtMs,
        batch.nowMs,
        settlement.outcome,
        failureJson,
        settlement.failedStep,
        settlement.workerPid,
      );
      batch.job(job.id);
      batch.change({ jobId: job.id, migrationId: job.migrationId, event, from: 'running', to });
      const isDone = to === 'completed' || to === 'skipped';
      ledger.move(job.migrationId, 'running', to, 1, {
        total: result === null ? 0 : result.sizeBytes - (job.sizeBytes ?? 0),
        done: isDone && result !== null ? result.sizeBytes : 0,
      });
      if (to === 'pending') batch.jobsReturned(job.migrationId);
      if (finished) batch.outcome(outcomeOf(job, to, settlement, batch.nowMs));
      return true;
    },

    orphans() {
      return selectOrphans.all().map((row) => ({
        ...pendingFrom(row),
        token: String(row.lease_token),
        startedAtMs: Number(row.started_at_ms),
      }));
    },

    highestJobId() {
      return Number(selectHighest.get()?.id ?? 0);
    },
  };
}

function outcomeOf(
  job: ClaimedJob,
  state: OutcomeEvent['state'],
  { result, failure }: JobSettlement,
  atMs: number,
): OutcomeEvent {
  return {
    jobId: job.id,
    migrationId: job.migrationId,
    state,
    sourceKey: job.sourceKey,
    destinationKey: job.destinationKey,
    sizeBytes: result?.sizeBytes ?? job.sizeBytes,
    attempts: job.attempts,
    proof: result?.proof ?? null,
    failure,
    atMs,
  };
}
