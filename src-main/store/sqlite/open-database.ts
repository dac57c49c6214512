/**
 * Owns opening the database file: pragmas, the schema steps, the refusal of what is newer or no database of ours.
 * The only importer of node:sqlite beside profile-lock.ts. Must not open the file with `fs`: closing such a handle
 * drops SQLite's locks on it. Called by open-sqlite-store.ts and history-thread.ts.
 */
import { backup, DatabaseSync } from 'node:sqlite';
import { fail } from '../../../src-shared/model/failure.ts';
import { SCHEMA_STEPS } from './schema.ts';

export type { DatabaseSync as Database } from 'node:sqlite';

/** "TSHP": marks the file as ours (PRAGMA application_id). */
const APPLICATION_ID = 0x54534850;
/** A backup program or virus scanner may hold the file for a moment. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens for writing and brings the schema up to date, all steps or none. `path` may be ":memory:".
 * Throws FailureError `unsupported` for a newer schema (nothing is written) and `invalid-input` for a foreign file.
 */
export function openDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  try {
    upgrade(db, path);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** Opens for reading only; sees every commit of the writer. */
export function openReadOnly(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, readOnly: true });
  db.exec('PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -32768');
  return db;
}

/**
 * Copies a live database, page by page, while others write. One snapshot is read to the end: without it SQLite begins
 * anew after each commit of another connection, and never ends while the house is busy.
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const db = openReadOnly(from);
  try {
    // The snapshot is taken by the first read.
    db.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
    await backup(db, to);
  } finally {
    db.close();
  }
}

/** Makes a copy one file, with no log beside it: it can be kept, counted and moved by its name alone. */
export function sealCopy(path: string): void {
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    db.exec('PRAGMA journal_mode = DELETE');
  } finally {
    db.close();
  }
}

/**
 * Reads the whole file (about 31 ms for 48 MB) and throws: FailureError `checksum-mismatch` when it is damaged, what
 * `openDatabase` throws when it is not ours or newer, SQLite's own error when it is no database.
 */
export function checkDatabase(path: string): void {
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, readOnly: true });
  try {
    refuseForeign(db, path);
    const found = db.prepare('PRAGMA quick_check(1)').get()?.quick_check;
    if (found !== 'ok') fail('checksum-mismatch', `The database ${path} is damaged: ${String(found)}`);
  } finally {
    db.close();
  }
}

function upgrade(db: DatabaseSync, path: string): void {
  const version = refuseForeign(db, path);
  // A checkpoint every 4,000 pages (16 MiB) rather than 1,000: the hot pages of the queue are copied once, not four
  // times; 16,000 made single commits wait 70 ms.
  // FULL: in 600 replayed power cuts NORMAL lost acknowledged commits in 466, FULL in none.
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;
    PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000; PRAGMA checkpoint_fullfsync = ON`);
  if (version === SCHEMA_STEPS.length) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const step of SCHEMA_STEPS.slice(version)) db.exec(step);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_STEPS.length}`);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

/** Its schema version. Throws FailureError for a file that is not ours, or newer. */
function refuseForeign(db: DatabaseSync, path: string): number {
  const version = pragma(db, 'user_version');
  const owner = pragma(db, 'application_id');
  const isEmpty = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n === 0;
  if (!isEmpty && owner !== APPLICATION_ID) {
    fail('invalid-input', `The file ${path} is not a Transship database.`, {
      hint: 'Start with another profile folder, or move the file away.',
    });
  }
  if (version > SCHEMA_STEPS.length) {
    fail(
      'unsupported',
      `The profile was written by a newer Transship (schema ${version}, this one knows ${SCHEMA_STEPS.length}).`,
      {
        hint: 'Install the newer version again, or start with another profile folder. Nothing was changed.',
      },
    );
  }
  return version;
}

function pragma(db: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
