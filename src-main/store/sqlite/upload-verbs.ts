/**
 * Owns the notes of large writes that began: kept until their job completes, or until somebody gave them up at their
 * destination. Must not reach a destination. Part of open-sqlite-store.ts.
 */
import type { StoredUpload } from '../records.ts';
import type { Store } from '../store.ts';
import type { Batch } from './batch.ts';
import type { Database } from './open-database.ts';

type UploadVerbs = Pick<Store, 'noteUpload' | 'unfinishedUpload' | 'abandonedUploads' | 'removeUpload'>;

export function uploadVerbs(db: Database, batch: Batch): UploadVerbs {
  const note = db.prepare(
    'INSERT OR REPLACE INTO upload (job_id, account_id, container, key, mark) VALUES (?, ?, ?, ?, ?)',
  );
  const selectMark = db.prepare('SELECT mark FROM upload WHERE job_id = ?');
  const selectAbandoned = db.prepare(
    `SELECT upload.* FROM upload LEFT JOIN job ON job.id = job_id
     WHERE job_id > ? AND
       (job.id IS NULL OR state IN ('completed', 'skipped', 'cancelled') OR (state = 'failed' AND finished_at_ms < ?))
     ORDER BY job_id LIMIT ?`,
  );
  const remove = db.prepare('DELETE FROM upload WHERE job_id = ? AND mark = ?');

  return {
    noteUpload({ jobId, accountId, container, key, mark }) {
      note.run(jobId, accountId, container, key, mark);
      batch.writes += 1;
    },
    unfinishedUpload(jobId) {
      const row = selectMark.get(jobId);
      return row === undefined ? null : String(row.mark);
    },
    abandonedUploads(failedBeforeMs, limit, afterJobId = 0) {
      return selectAbandoned.all(afterJobId, failedBeforeMs, limit).map(
        (row): StoredUpload => ({
          jobId: Number(row.job_id),
          accountId: String(row.account_id),
          container: String(row.container),
          key: String(row.key),
          mark: String(row.mark),
        }),
      );
    },
    removeUpload(jobId, mark) {
      remove.run(jobId, mark);
      batch.writes += 1;
    },
  };
}
