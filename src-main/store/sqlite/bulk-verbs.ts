/**
 * Owns bulks in the database: their pinned ids and how far they are. Must not touch a job. Part of
 * open-sqlite-store.ts.
 */
import type { BulkView } from '../../../src-shared/model/bulk.ts';
import type { Store } from '../store.ts';
import type { Batch } from './batch.ts';
import type { Database } from './open-database.ts';
import { packIds, unpackIds } from './pinned-ids.ts';
import type { Row } from './rows.ts';

type BulkVerbs = Pick<
  Store,
  'insertBulk' | 'bulk' | 'runningBulks' | 'latestBulks' | 'pinnedIds' | 'advanceBulk' | 'endBulk'
>;

const COLUMNS = 'id, verb, state, subject, total, handled, changed, started_at_ms, ended_at_ms';

export function bulkVerbs(db: Database, batch: Batch): BulkVerbs {
  const insert = db.prepare(
    `INSERT INTO bulk (verb, state, subject, pinned_ids, total, started_at_ms, ended_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const select = db.prepare(`SELECT ${COLUMNS} FROM bulk WHERE id = ?`);
  const selectRunning = db.prepare(`SELECT ${COLUMNS} FROM bulk WHERE state = 'running' ORDER BY id`);
  const selectLatest = db.prepare(`SELECT ${COLUMNS} FROM bulk ORDER BY id DESC LIMIT ?`);
  const selectIds = db.prepare('SELECT pinned_ids, total FROM bulk WHERE id = ?');
  const advance = db.prepare('UPDATE bulk SET handled = handled + ?, changed = changed + ? WHERE id = ?');
  const end = db.prepare(
    `UPDATE bulk SET state = ?, ended_at_ms = ?, pinned_ids = NULL WHERE id = ? AND state = 'running'`,
  );

  return {
    insertBulk({ verb, subject, jobIds }) {
      const isDone = jobIds.length === 0;
      const { lastInsertRowid } = insert.run(
        verb,
        isDone ? 'done' : 'running',
        subject,
        isDone ? null : packIds(jobIds),
        jobIds.length,
        batch.nowMs,
        isDone ? batch.nowMs : null,
      );
      batch.topic('bulks');
      return Number(lastInsertRowid);
    },
    bulk(id) {
      const row = select.get(id);
      return row === undefined ? null : bulkFrom(row);
    },
    runningBulks: () => selectRunning.all().map(bulkFrom),
    latestBulks: (limit) => selectLatest.all(limit).map(bulkFrom),
    pinnedIds(bulkId) {
      const row = selectIds.get(bulkId);
      if (row === undefined || !(row.pinned_ids instanceof Uint8Array)) return new Float64Array();
      return unpackIds(row.pinned_ids, Number(row.total));
    },
    advanceBulk(id, handled, changed) {
      advance.run(handled, changed, id);
      batch.topic('bulks');
    },
    endBulk(id, state) {
      end.run(state, batch.nowMs, id);
      batch.topic('bulks');
    },
  };
}

function bulkFrom(row: Row): BulkView {
  const handled = Number(row.handled);
  const changed = Number(row.changed);
  return {
    id: Number(row.id),
    verb: row.verb as BulkView['verb'],
    state: row.state as BulkView['state'],
    subject: String(row.subject),
    total: Number(row.total),
    handled,
    changed,
    refused: handled - changed,
    startedAtMs: Number(row.started_at_ms),
    endedAtMs: row.ended_at_ms === null ? null : Number(row.ended_at_ms),
  };
}
