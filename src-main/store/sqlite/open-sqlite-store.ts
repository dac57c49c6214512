/**
 * Owns the Store over SQLite: puts the verbs together over one connection and one batch. Must not hold SQL beyond
 * reading one job. Called by compose.ts, tests and benches.
 */
import type { JobDetail, JobRow } from '../../../src-shared/model/job.ts';
import type { Store } from '../store.ts';
import { Batch } from './batch.ts';
import { bulkVerbs } from './bulk-verbs.ts';
import { createHistoryReader, type HistoryReader } from './history-reader.ts';
import { houseVerbs } from './house-verbs.ts';
import { jobVerbs } from './job-verbs.ts';
import { Ledger } from './ledger.ts';
import { migrationVerbs } from './migration-verbs.ts';
import { checkDatabase, type Database, openDatabase } from './open-database.ts';
import { orderVerbs } from './order-verbs.ts';
import { pruneVerbs } from './prune-verbs.ts';
import { removalVerbs } from './removal-verbs.ts';
import { attemptFrom, JOB_COLUMNS, jobRowFrom, resultFrom } from './rows.ts';
import { scheduleVerbs } from './schedule-verbs.ts';
import { steerVerbs } from './steer-verbs.ts';
import { tellingVerbs } from './telling-verbs.ts';
import { uploadVerbs } from './upload-verbs.ts';

/** `historyThreadPath`: see history-reader.ts. Throws FailureError when the file cannot be used. */
export function openSqliteStore(databasePath: string, historyThreadPath: string): Store {
  let db = openDatabase(databasePath);
  const history = createHistoryReader(databasePath, historyThreadPath);
  const store: Store = {
    ...connected(db),
    listJobs: history.listJobs,
    listMigrations: history.listMigrations,
    matchingIds: history.matchingIds,
    readEvidence: history.readEvidence,
    prunableMigrations: history.prunableMigrations,
    backUp: history.backUp,
    reopen() {
      closeQuietly(db);
      checkDatabase(databasePath);
      db = openDatabase(databasePath);
      Object.assign(store, connected(db));
    },
    async close() {
      await history.close();
      db.close();
    },
  };
  return store;
}

/** A connection that could not be closed for the same trouble is left to the garbage collector. */
function closeQuietly(db: Database): void {
  try {
    db.close();
  } catch {
    // The new connection reads only what is in the file.
  }
}

/** Everything that lives on one connection: nothing of it survives a reopening. */
function connected(db: Database): Omit<Store, keyof HistoryReader | 'reopen'> {
  const batch = new Batch();
  const ledger = new Ledger(db, batch);
  const beginBatch = db.prepare('BEGIN IMMEDIATE');
  const commitBatch = db.prepare('COMMIT');
  const selectJob = db.prepare(`SELECT ${JOB_COLUMNS}, result FROM job WHERE id = ?`);
  const selectAttempts = db.prepare('SELECT * FROM attempt WHERE job_id = ? ORDER BY number');

  return {
    ...houseVerbs(db, batch, ledger),
    ...migrationVerbs(db, batch, ledger),
    ...jobVerbs(db, batch, ledger),
    ...uploadVerbs(db, batch),
    ...removalVerbs(db, batch, ledger),
    ...steerVerbs(db, batch, ledger),
    ...orderVerbs(db, batch),
    ...bulkVerbs(db, batch),
    ...scheduleVerbs(db, batch),
    ...tellingVerbs(db, batch),
    ...pruneVerbs(db, batch, ledger),

    begin(nowMs) {
      beginBatch.run();
      batch.nowMs = nowMs;
    },
    commit() {
      ledger.flush();
      commitBatch.run();
      ledger.forgetFinished();
      return batch.take();
    },
    rollback() {
      if (db.isTransaction) db.exec('ROLLBACK');
      batch.take();
      ledger.forget();
    },
    writes: () => batch.writes,

    jobRow(id): JobRow | null {
      const row = selectJob.get(id);
      return row === undefined ? null : jobRowFrom(row);
    },
    job(id): JobDetail | null {
      const row = selectJob.get(id);
      if (row === undefined) return null;
      return {
        ...jobRowFrom(row),
        result: resultFrom(row.result),
        history: selectAttempts.all(id).map(attemptFrom),
      };
    },
  };
}
