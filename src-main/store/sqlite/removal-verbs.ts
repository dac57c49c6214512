/**
 * Owns what moves owe their sources: that source and destination are two assets, which sources are to be deleted, and
 * how that ended. Must not reach a source. Part of open-sqlite-store.ts.
 */
import type { RemovalState } from '../../../src-shared/model/source-removal.ts';
import type { OwedRemoval, RemovalRecord } from '../records.ts';
import type { Store } from '../store.ts';
import type { Batch } from './batch.ts';
import type { Ledger } from './ledger.ts';
import type { Database } from './open-database.ts';

type RemovalVerbs = Pick<
  Store,
  'noteApart' | 'isApart' | 'forgetApart' | 'recordRemoval' | 'retryRemovals' | 'owedRemovals'
>;

export function removalVerbs(db: Database, batch: Batch, ledger: Ledger): RemovalVerbs {
  const note = db.prepare(
    `INSERT INTO removal (job_id, migration_id, state) SELECT id, migration_id, 'apart' FROM job WHERE id = ?
     ON CONFLICT DO UPDATE SET state = 'apart', because = NULL, failure = NULL`,
  );
  const forget = db.prepare(
    `DELETE FROM removal WHERE state = 'apart' AND migration_id IN
       (SELECT id FROM migration WHERE ? IN (source ->> 'accountId', destination ->> 'accountId'))`,
  );
  const selectState = db.prepare('SELECT state FROM removal WHERE job_id = ?');
  const record = db.prepare(
    `INSERT INTO removal (job_id, migration_id, state, because, failure, strikes, troubled_since_ms, due_at_ms)
       SELECT id, migration_id, ?, ?, ?, 0, NULL, ? FROM job WHERE id = ?
     ON CONFLICT DO UPDATE SET state = excluded.state, because = excluded.because, failure = excluded.failure,
       strikes = strikes + ?, troubled_since_ms = coalesce(troubled_since_ms, ?), due_at_ms = excluded.due_at_ms`,
  );
  const retry = db.prepare(
    `UPDATE removal SET state = 'owed', due_at_ms = ?, strikes = 0, troubled_since_ms = NULL
     WHERE migration_id = ? AND state = 'failed' RETURNING job_id`,
  );
  const selectMigration = db.prepare('SELECT migration_id FROM job WHERE id = ?');
  const selectOwed = db.prepare(
    `SELECT job_id, source_key, destination_key, result ->> 'sourceVersion' AS source_version,
       result ->> 'destinationVersion' AS destination_version, removal.strikes, removal.troubled_since_ms
     FROM removal JOIN job ON job.id = job_id
     WHERE removal.migration_id = ? AND removal.state = 'owed' AND due_at_ms <= ?
     ORDER BY due_at_ms, job_id LIMIT ?`,
  );

  const migrationOf = (jobId: number): number => Number(selectMigration.get(jobId)?.migration_id);

  return {
    noteApart(jobId) {
      // Kept once, and set going again by somebody.
      if (selectState.get(jobId)?.state === 'kept') ledger.moveRemovals(migrationOf(jobId), 'kept', null);
      note.run(jobId);
      batch.job(jobId);
    },

    isApart: (jobId) => selectState.get(jobId)?.state === 'apart',

    forgetApart: (accountId) => void forget.run(accountId),

    recordRemoval(jobId, removal: RemovalRecord) {
      const before = selectState.get(jobId)?.state as RemovalState | 'apart' | undefined;
      const failure = 'failure' in removal ? removal.failure : null;
      record.run(
        removal.state,
        removal.state === 'kept' ? removal.because : null,
        failure === null ? null : JSON.stringify(failure),
        removal.state === 'owed' ? removal.dueAtMs : null,
        jobId,
        removal.state === 'owed' ? removal.strikes : 0,
        failure === null ? null : batch.nowMs,
      );
      batch.job(jobId);
      ledger.moveRemovals(
        migrationOf(jobId),
        before === undefined || before === 'apart' ? null : before,
        removal.state,
      );
    },

    retryRemovals(migrationId) {
      const retried = retry.all(batch.nowMs, migrationId);
      for (const row of retried) batch.job(Number(row.job_id));
      if (retried.length > 0) ledger.moveRemovals(migrationId, 'failed', 'owed', retried.length);
    },

    owedRemovals(migrationId, nowMs, limit) {
      return selectOwed.all(migrationId, nowMs, limit).map(
        (row): OwedRemoval => ({
          jobId: Number(row.job_id),
          sourceKey: String(row.source_key),
          destinationKey: String(row.destination_key),
          sourceVersion: String(row.source_version),
          destinationVersion: String(row.destination_version),
          strikes: Number(row.strikes),
          troubledSinceMs: row.troubled_since_ms === null ? null : Number(row.troubled_since_ms),
        }),
      );
    },
  };
}
