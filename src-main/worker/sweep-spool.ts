/**
 * Owns the removal of spool files that a killed worker left behind. Must not touch a file that is not a spool file.
 * Called by the main process at start and by its maintenance; workers remove their own.
 */
import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Failure, failure } from '../../src-shared/model/failure.ts';
import { readSpoolName, type SpoolFileName } from './spool-name.ts';

export interface SpoolSweep {
  readonly removed: number;
  readonly freedBytes: number;
  /** Files that are left because they could not be removed. */
  readonly failures: readonly Failure[];
}

/** Removes every spool file in `folder` that nobody needs. A folder that is not there holds nothing. Never rejects. */
export async function sweepSpool(folder: string, isNeeded: (file: SpoolFileName) => boolean): Promise<SpoolSweep> {
  let removed = 0;
  let freedBytes = 0;
  const failures: Failure[] = [];
  for (const name of await listNames(folder, failures)) {
    const file = readSpoolName(name);
    if (file === null || isNeeded(file)) continue;
    const path = join(folder, name);
    try {
      const { size } = await lstat(path);
      await unlink(path);
      removed += 1;
      freedBytes += size;
    } catch (thrown) {
      if (!isGone(thrown)) failures.push(notSwept(path, thrown));
    }
  }
  return { removed, freedBytes, failures };
}

async function listNames(folder: string, failures: Failure[]): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (!isGone(thrown)) failures.push(notSwept(folder, thrown));
    return [];
  }
}

function isGone(thrown: unknown): boolean {
  return (thrown as NodeJS.ErrnoException).code === 'ENOENT';
}

function notSwept(path: string, thrown: unknown): Failure {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return failure('unexpected', `The spool could not be swept at ${path}: ${why}.`, {
    hint: 'It only takes room. Check who owns the folder.',
  });
}
