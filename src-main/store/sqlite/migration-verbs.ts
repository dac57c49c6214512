/**
 * Owns migrations and their named assets in the database. Must not touch jobs but to remove them with their
 * migration. Part of open-sqlite-store.ts.
 */
import { JOB_STATES, type JobState } from '../../../src-shared/model/job-state.ts';
import { DEFAULT_POLICIES, type NamedAsset, statedOf } from '../../../src-shared/model/migration.ts';
import { NOTICE_QUEUE } from '../../../src-shared/model/notice-rule.ts';
import type { StoredMigration } from '../records.ts';
import type { Store } from '../store.ts';
import type { Batch } from './batch.ts';
import type { Ledger } from './ledger.ts';
import type { Database } from './open-database.ts';
import { migrationFrom } from './rows.ts';

type MigrationVerbs = Pick<
  Store,
  | 'insertMigration'
  | 'migration'
  | 'openMigrations'
  | 'latestMigrations'
  | 'updateMigration'
  | 'touchedMigrations'
  | 'moveMigration'
  | 'noticeMigration'
  | 'removeMigration'
  | 'sampleMigrations'
  | 'insertNamedAssets'
  | 'readNamedAssets'
>;

interface Held {
  readonly state: JobState;
  readonly jobs: number;
  readonly total: number;
  readonly done: number;
}

export function migrationVerbs(db: Database, batch: Batch, ledger: Ledger): MigrationVerbs {
  const insert = db.prepare(
    `INSERT INTO migration (kind, name, queue, source, destination, selection, filter, policies, is_sample, intent, listing, created_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'run', 'waiting', ?)`,
  );
  const selectLatest = db.prepare("SELECT * FROM migration WHERE kind = 'transfer' ORDER BY id DESC LIMIT ?");
  const selectNotices = db.prepare("SELECT id FROM migration WHERE kind = 'notices' LIMIT 1");
  const selectHeld = db.prepare(
    `SELECT state, count(*) AS jobs, total(size_bytes) AS total, total(iif(proof IS NULL, 0, size_bytes)) AS done
     FROM job WHERE migration_id = ? GROUP BY state`,
  );
  const selectSamples = db.prepare('SELECT id FROM migration WHERE is_sample = 1');
  const insertAsset = db.prepare('INSERT INTO named_asset VALUES (?, ?, ?, ?, ?)');
  const selectAssets = db.prepare(
    'SELECT source_key, destination_key, stated FROM named_asset WHERE migration_id = ? AND ordinal >= ? ORDER BY ordinal LIMIT ?',
  );
  const removals = [
    'DELETE FROM attempt WHERE job_id IN (SELECT id FROM job WHERE migration_id = ?)',
    'DELETE FROM job WHERE migration_id = ?',
    'DELETE FROM removal WHERE migration_id = ?',
    'DELETE FROM named_asset WHERE migration_id = ?',
    'DELETE FROM migration WHERE id = ?',
  ].map((sql) => db.prepare(sql));

  /** Its jobs as the rows tell, where some may have been cleaned up; else as its own counters do, however many. */
  function heldJobs({ id, prunedAtMs, counts, totalBytes, doneBytes }: StoredMigration): Held[] {
    if (prunedAtMs === null) {
      const held = JOB_STATES.map((state) => ({ state, jobs: counts[state], total: 0, done: 0 }));
      return [...held, { state: 'pending', jobs: 0, total: totalBytes, done: doneBytes }];
    }
    return selectHeld.all(id).map((row) => ({
      state: row.state as JobState,
      jobs: Number(row.jobs),
      total: Number(row.total),
      done: Number(row.done),
    }));
  }

  /** Takes its jobs out of the counters of its queue. */
  function takeFromQueue(migration: StoredMigration): Held[] {
    const { queue } = migration;
    const held = heldJobs(migration);
    for (const { state, jobs, total, done } of held) ledger.uncountJobs(queue, state, jobs, { total, done });
    return held;
  }

  return {
    insertMigration(migration) {
      const { lastInsertRowid } = insert.run(
        migration.kind,
        migration.name,
        migration.queue,
        JSON.stringify(migration.source),
        JSON.stringify(migration.destination),
        migration.selection,
        migration.filter === null ? null : JSON.stringify(migration.filter),
        JSON.stringify(migration.policies),
        migration.isSample ? 1 : 0,
        batch.nowMs,
      );
      const id = Number(lastInsertRowid);
      batch.migration(id);
      ledger.migration(id);
      return id;
    },

    migration(id): StoredMigration | null {
      return ledger.migration(id);
    },

    openMigrations() {
      return ledger.openMigrations();
    },

    latestMigrations(limit) {
      return selectLatest.all(limit).map((row) => ledger.known(Number(row.id)) ?? migrationFrom(row));
    },

    updateMigration(id, change) {
      const record = ledger.migration(id);
      if (record === null) throw new Error(`There is no migration ${id} to change.`);
      Object.assign(record, change);
      ledger.touch(record);
    },

    touchedMigrations: () => ledger.touched(),

    moveMigration(id, queue) {
      const record = ledger.migration(id);
      if (record === null) throw new Error(`There is no migration ${id} to move.`);
      const moved = takeFromQueue(record);
      for (const { state, jobs, total, done } of moved) {
        ledger.uncountJobs(queue, state, -jobs, { total: -total, done: -done });
      }
      record.queue = queue;
      ledger.touch(record);
    },

    noticeMigration() {
      const known = selectNotices.get()?.id;
      if (known !== undefined) return Number(known);
      const nowhere = { accountId: '', container: '', prefix: '' };
      const id = this.insertMigration({
        kind: 'notices',
        name: 'Notices',
        queue: NOTICE_QUEUE,
        source: nowhere,
        destination: nowhere,
        selection: 'assets',
        filter: null,
        policies: DEFAULT_POLICIES,
        isSample: false,
      });
      this.updateMigration(id, { listing: 'done' });
      return id;
    },

    removeMigration(id) {
      const record = ledger.migration(id);
      if (record === null) return;
      takeFromQueue(record);
      for (const removal of removals) removal.run(id);
      ledger.drop(id);
    },

    sampleMigrations() {
      return selectSamples.all().map((row) => Number(row.id));
    },

    insertNamedAssets(migrationId, assets, from = 0) {
      let ordinal = from;
      for (const asset of assets) {
        const { sourceKey, destinationKey, listedBytes } = asset;
        const said = { ...statedOf(asset), ...(listedBytes === undefined ? {} : { listedBytes }) };
        const json = Object.keys(said).length === 0 ? null : JSON.stringify(said);
        insertAsset.run(migrationId, ordinal, sourceKey, destinationKey ?? null, json);
        ordinal += 1;
      }
      batch.migration(migrationId);
    },

    readNamedAssets(migrationId, from, limit) {
      return selectAssets.all(migrationId, from, limit).map((row) => ({
        sourceKey: String(row.source_key),
        ...(row.destination_key === null ? {} : { destinationKey: String(row.destination_key) }),
        ...(row.stated === null
          ? {}
          : (JSON.parse(String(row.stated)) as Omit<NamedAsset, 'sourceKey' | 'destinationKey'>)),
      }));
    },
  };
}
