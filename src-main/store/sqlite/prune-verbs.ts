/**
 * Owns the removal of what nobody needs any more: finished jobs with their attempts, ended bulks, old runs. Failed
 * jobs, and those whose source is still to be deleted, stay until somebody deals with them. Must not choose the age. Part of open-sqlite-store.ts.
 */
import type { JobState } from '../../../src-shared/model/job-state.ts';
import type { Store } from '../store.ts';
import type { Batch } from './batch.ts';
import type { Ledger } from './ledger.ts';
import type { Database } from './open-database.ts';

type PruneVerbs = Pick<Store, 'pruneJobs' | 'pruneRecords'>;

export const PRUNED_STATES = ['completed', 'skipped', 'cancelled'] as const satisfies readonly JobState[];

export function pruneVerbs(db: Database, batch: Batch, ledger: Ledger): PruneVerbs {
  const deleteJobs = db.prepare(
    `DELETE FROM job WHERE id IN (SELECT id FROM job WHERE migration_id = ? AND state = ? AND finished_at_ms < ?
       AND NOT (? AND source_key GLOB 'migration-failing:*')
       AND NOT EXISTS (SELECT 1 FROM removal WHERE job_id = job.id AND removal.state IN ('owed', 'failed')) LIMIT ?)
     RETURNING id, size_bytes, proof`,
  );
  const deleteAttempts = db.prepare('DELETE FROM attempt WHERE job_id = ?');
  const deleteRemoval = db.prepare('DELETE FROM removal WHERE job_id = ?');
  const deleteAssets = db.prepare('DELETE FROM named_asset WHERE migration_id = ?');
  const deleteBulks = db.prepare("DELETE FROM bulk WHERE state <> 'running' AND ended_at_ms < ?");
  const deleteRuns = db.prepare("DELETE FROM schedule_run WHERE outcome <> 'running' AND finished_at_ms < ?");

  return {
    pruneJobs(migrationId, endedBeforeMs, limit) {
      const migration = ledger.migration(migrationId);
      if (migration === null) return 0;
      // The notice is the only sign that people were told: without it they would be told of the same migration again.
      const keepsTold = migration.kind === 'notices' ? 1 : 0;
      let pruned = 0;
      for (const state of PRUNED_STATES) {
        if (pruned >= limit) break;
        const rows = deleteJobs.all(migrationId, state, endedBeforeMs, keepsTold, limit - pruned);
        if (rows.length === 0) continue;
        const bytes = { total: 0, done: 0 };
        for (const row of rows) {
          const id = Number(row.id);
          deleteAttempts.run(id);
          deleteRemoval.run(id);
          bytes.total += Number(row.size_bytes ?? 0);
          bytes.done += row.proof === null ? 0 : Number(row.size_bytes ?? 0);
          batch.job(id);
          batch.change({ jobId: id, migrationId, event: 'prune', from: state, to: null });
        }
        ledger.uncountJobs(migration.queue, state, rows.length, bytes);
        pruned += rows.length;
      }
      if (pruned > 0) {
        deleteAssets.run(migrationId);
        migration.prunedAtMs = batch.nowMs;
        ledger.touch(migration);
      }
      return pruned;
    },

    pruneRecords(endedBeforeMs) {
      deleteBulks.run(endedBeforeMs);
      deleteRuns.run(endedBeforeMs);
      batch.topic('bulks');
      batch.topic('schedules');
    },
  };
}
