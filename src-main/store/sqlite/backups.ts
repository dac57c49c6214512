/**
 * Owns the backups of the database: made by SQLite's own backup call, counted only after they were opened and checked,
 * three generations kept. Must not touch the live file by other means. Called by the history thread (making) and by
 * open-or-restore.ts (finding).
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { toFailure } from '../../../src-shared/model/failure.ts';
import { checkDatabase, copyDatabase, sealCopy } from './open-database.ts';

export interface Backup {
  readonly path: string;
  readonly atMs: number;
}

const KEPT = 3;
const NAME = /^transship-(\d{1,15})\.sqlite$/;
const UNFINISHED = /\.making(-wal|-shm|-journal)?$/;

/**
 * Resolves with the finished backup; rejects, and leaves nothing, when it cannot be made or is not sound. Those of a
 * time to come were made while the clock was wrong: they count as the oldest, or they would push out every new one.
 */
export async function makeBackup(database: string, folder: string, nowMs: number): Promise<Backup> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  removeUnfinished(folder);
  const path = join(folder, `transship-${nowMs}.sqlite`);
  const making = `${path}.making`;
  try {
    await copyDatabase(database, making);
    sealCopy(making);
    checkDatabase(making);
    renameSync(making, path);
  } catch (error) {
    rmSync(making, { force: true });
    throw error;
  }
  const all = listBackups(folder);
  const inOrder = [...all.filter(({ atMs }) => atMs <= nowMs), ...all.filter(({ atMs }) => atMs > nowMs)];
  for (const { path: old } of inOrder.slice(KEPT)) rmSync(old, { force: true });
  return { path, atMs: nowMs };
}

/** Newest first; an absent folder holds none. They may be unsound: ask `findSound`. */
export function listBackups(folder: string): Backup[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .flatMap((name) => {
      const atMs = NAME.exec(name)?.[1];
      return atMs === undefined ? [] : [{ path: join(folder, name), atMs: Number(atMs) }];
    })
    .filter(({ path }) => statSync(path).isFile())
    .sort((one, other) => other.atMs - one.atMs);
}

/** The newest one that passes its check; `onUnsound` hears of those that do not. */
export function findSound(folder: string, onUnsound: (path: string, why: string) => void): Backup | null {
  for (const backup of listBackups(folder)) {
    try {
      checkDatabase(backup.path);
      return backup;
    } catch (error) {
      onUnsound(backup.path, toFailure(error).message);
    }
  }
  return null;
}

function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) if (UNFINISHED.test(name)) rmSync(join(folder, name), { force: true });
}
