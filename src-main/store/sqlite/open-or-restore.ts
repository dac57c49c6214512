/**
 * Owns opening the profile's database whatever state it is in: a damaged one is set aside, never deleted, and the newest
 * sound backup takes its place. Only while the profile's lock is held. Must not hide what happened: the caller tells a
 * person. Called by compose.ts.
 */
import { copyFileSync, existsSync, renameSync, statSync } from 'node:fs';
import { FailureError, toFailure } from '../../../src-shared/model/failure.ts';
import type { Store } from '../store.ts';
import { findSound, listBackups } from './backups.ts';
import { checkDatabase } from './open-database.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

export interface DatabasePlace {
  readonly database: string;
  readonly backups: string;
  readonly historyThread: string;
}

export interface Restoration {
  /** Where the damaged file is kept. */
  readonly damagedPath: string;
  /** When the backup that took its place was made; null: there was none, the profile begins anew. */
  readonly backupAtMs: number | null;
  readonly why: string;
  /** Newer backups that were passed over, because they are damaged too. */
  readonly unsound: readonly { readonly path: string; readonly reason: string }[];
}

export interface OpenedStore {
  readonly store: Store;
  readonly restored: Restoration | null;
}

/**
 * Throws FailureError for a database that is not ours or is newer than this app: those are refused, not repaired.
 * `nowMs` names the file that is set aside. `isDoubtful`: the app did not close cleanly; the whole file is checked.
 */
export function openOrRestore(place: DatabasePlace, nowMs: number, isDoubtful: boolean): OpenedStore {
  const why = findDamage(place, isDoubtful);
  if (why === null) {
    try {
      return { store: openSqliteStore(place.database, place.historyThread), restored: null };
    } catch (error) {
      if (!isDamage(error)) throw error;
      return restore(place, nowMs, toFailure(error).message);
    }
  }
  return restore(place, nowMs, why);
}

/** One page of the smallest size that SQLite knows. */
const SMALLEST_BYTES = 512;

/** Why the file cannot be trusted; null when it can, or is not there at all. */
function findDamage({ database, backups }: DatabasePlace, isDoubtful: boolean): string | null {
  if (!existsSync(database)) {
    return listBackups(backups).length > 0 ? 'The database file is gone.' : null;
  }
  // SQLite takes such a stump for a new database and says nothing.
  if (statSync(database).size < SMALLEST_BYTES) {
    return listBackups(backups).length > 0 ? 'The database file is all but empty.' : null;
  }
  if (!isDoubtful) return null;
  try {
    checkDatabase(database);
    return null;
  } catch (error) {
    if (!isDamage(error)) throw error;
    return toFailure(error).message;
  }
}

function restore(place: DatabasePlace, nowMs: number, why: string): OpenedStore {
  const damagedPath = `${place.database}.damaged-${nowMs}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(`${place.database}${suffix}`)) renameSync(`${place.database}${suffix}`, `${damagedPath}${suffix}`);
  }
  const unsound: { path: string; reason: string }[] = [];
  const backup = findSound(place.backups, (path, reason) => unsound.push({ path, reason }));
  // Nobody has either file open: a plain copy is safe here.
  if (backup !== null) copyFileSync(backup.path, place.database);
  const store = openSqliteStore(place.database, place.historyThread);
  return { store, restored: { damagedPath, backupAtMs: backup?.atMs ?? null, why, unsound } };
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, and what the check itself found. Not ours, newer, locked, or unreadable: no damage. */
function isDamage(error: unknown): boolean {
  if (error instanceof FailureError) return error.failure.code === 'checksum-mismatch';
  const code = (error as { errcode?: number }).errcode ?? 0;
  return (code & 0xff) === 11 || (code & 0xff) === 26;
}
