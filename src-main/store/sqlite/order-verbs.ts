/**
 * Owns the order of waiting jobs: their rank, their place in their migration, how many are ahead. Must not change a
 * state. Part of open-sqlite-store.ts.
 */
import type { Store } from '../store.ts';
import type { Batch } from './batch.ts';
import type { Database } from './open-database.ts';
import type { Row } from './rows.ts';

type OrderVerbs = Pick<Store, 'rank' | 'rankOf' | 'migrationIdOf' | 'reorder' | 'countAhead'>;

type Place = { readonly rank: number; readonly place: number };

const COUNT_LIMIT = 10_000;

export function orderVerbs(db: Database, batch: Batch): OrderVerbs {
  const setRank = db.prepare(
    `UPDATE job SET rank = ?, updated_at_ms = ? WHERE id = ? AND state IN ('pending', 'scheduled', 'running', 'paused')
     RETURNING migration_id`,
  );
  const select = db.prepare('SELECT id, migration_id, state, rank, place FROM job WHERE id = ?');
  const setPlace = db.prepare('UPDATE job SET rank = ?, place = ?, updated_at_ms = ? WHERE id = ?');
  const others = "FROM job WHERE migration_id = ? AND state = 'pending' AND id <> ?";
  const selectFirst = db.prepare(`SELECT rank, place ${others} ORDER BY rank, place LIMIT 1`);
  const selectLast = db.prepare(`SELECT rank, place ${others} ORDER BY rank DESC, place DESC LIMIT 1`);
  const selectBefore = db.prepare(
    `SELECT rank, place ${others} AND rank = ? AND place < ? ORDER BY rank DESC, place DESC LIMIT 1`,
  );
  const selectAhead = db.prepare(
    `SELECT count(*) AS jobs FROM (SELECT 1 FROM job
     WHERE migration_id = ? AND state = 'pending' AND (rank, place) < (?, ?) LIMIT ${COUNT_LIMIT})`,
  );

  const placeOf = (row: Row | undefined): Place | null =>
    row === undefined ? null : { rank: Number(row.rank), place: Number(row.place) };

  return {
    rank(jobId, rank) {
      const row = setRank.get(rank, batch.nowMs, jobId);
      if (row === undefined) return false;
      batch.job(jobId);
      // Its lane is in another order now, like after a return.
      batch.jobsReturned(Number(row.migration_id));
      return true;
    },

    rankOf(jobId) {
      const rank = select.get(jobId)?.rank;
      return rank === undefined ? null : Number(rank);
    },

    migrationIdOf(jobId) {
      const id = select.get(jobId)?.migration_id;
      return id === undefined ? null : Number(id);
    },

    reorder(jobId, to) {
      const row = select.get(jobId);
      if (row === undefined || !['pending', 'scheduled', 'paused'].includes(String(row.state))) return 'not-waiting';
      const migrationId = Number(row.migration_id);
      let found: Place | null;
      if (to === 'first') {
        const first = placeOf(selectFirst.get(migrationId, jobId));
        found = first && { rank: first.rank, place: first.place - 1 };
      } else if (to === 'last') {
        const last = placeOf(selectLast.get(migrationId, jobId));
        found = last && { rank: last.rank, place: last.place + 1 };
      } else {
        const other = select.get(to.before);
        if (
          other === undefined ||
          other.state !== 'pending' ||
          other.migration_id !== row.migration_id ||
          to.before === jobId
        )
          return 'not-beside';
        const behind = { rank: Number(other.rank), place: Number(other.place) };
        const ahead = placeOf(selectBefore.get(migrationId, jobId, behind.rank, behind.place));
        const place = ahead === null ? behind.place - 1 : (ahead.place + behind.place) / 2;
        if (place === behind.place || place === ahead?.place) return 'no-room';
        found = { rank: behind.rank, place };
      }
      if (found !== null) {
        setPlace.run(found.rank, found.place, batch.nowMs, jobId);
        batch.job(jobId);
        batch.jobsReturned(migrationId);
      }
      return 'done';
    },

    countAhead(jobId) {
      const row = select.get(jobId);
      if (row === undefined) return 0;
      return Number(selectAhead.get(Number(row.migration_id), Number(row.rank), Number(row.place))?.jobs);
    },
  };
}
