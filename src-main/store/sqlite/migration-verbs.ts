/**
 * Owns migrations and their named assets in the database. Must not touch jobs but to remove them with their
 * migration. Part of open-sqlite-store.ts.
 */
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
  | 'removeMigration'
  | 'sampleMigrations'
  | 'insertNamedAssets'
  | 'readNamedAssets'
>;

export function migrationVerbs(db: Database, batch: Batch, ledger: Ledger): MigrationVerbs {
  const insert = db.prepare(
    `INSERT INTO migration (name, queue, source, destination, selection, policies, is_sample, intent, listing, created_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'run', 'waiting', ?)`,
  );
  const selectLatest = db.prepare('SELECT * FROM migration ORDER BY id DESC LIMIT ?');
  const selectSamples = db.prepare('SELECT id FROM migration WHERE is_sample = 1');
  const insertAsset = db.prepare('INSERT INTO named_asset VALUES (?, ?, ?, ?, ?)');
  const selectAssets = db.prepare(
    'SELECT source_key, destination_key, size_bytes FROM named_asset WHERE migration_id = ? AND ordinal >= ? ORDER BY ordinal LIMIT ?',
  );
  const removals = [
    'DELETE FROM attempt WHERE job_id IN (SELECT id FROM job WHERE migration_id = ?)',
    'DELETE FROM job WHERE migration_id = ?',
    'DELETE FROM named_asset WHERE migration_id = ?',
    'DELETE FROM migration WHERE id = ?',
  ].map((sql) => db.prepare(sql));

  return {
    insertMigration(migration) {
      const { lastInsertRowid } = insert.run(
        migration.name,
        migration.queue,
        JSON.stringify(migration.source),
        JSON.stringify(migration.destination),
        migration.selection,
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

    removeMigration(id) {
      const record = ledger.migration(id);
      if (record === null) return;
      ledger.uncount(record);
      for (const removal of removals) removal.run(id);
      ledger.drop(id);
    },

    sampleMigrations() {
      return selectSamples.all().map((row) => Number(row.id));
    },

    insertNamedAssets(migrationId, assets) {
      let ordinal = 0;
      for (const asset of assets) {
        insertAsset.run(migrationId, ordinal, asset.sourceKey, asset.destinationKey ?? null, asset.sizeBytes ?? null);
        ordinal += 1;
      }
      batch.migration(migrationId);
    },

    readNamedAssets(migrationId, from, limit) {
      return selectAssets.all(migrationId, from, limit).map((row) => ({
        sourceKey: String(row.source_key),
        ...(row.destination_key === null ? {} : { destinationKey: String(row.destination_key) }),
        ...(row.size_bytes === null ? {} : { sizeBytes: Number(row.size_bytes) }),
      }));
    },
  };
}
