/**
 * Owns the single-instance lock: a lock that the kernel releases with its process, and a note to the first instance.
 * Must not decide what a second instance does. Called by app.ts.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const NOTE = /^second-instance-.*\.json$/;

interface Note {
  readonly argv: string[];
  readonly folder: string;
}

/** Held as long as this process lives. */
let held: DatabaseSync | null = null;

/** True: the folder is ours, and `onSecond` hears of others. False: its owner was told. Synchronous, as Electron's. */
export function ownInstance(folder: string, onSecond: (argv: string[], workingFolder: string) => void): boolean {
  if (held !== null) return true;
  const lock = new DatabaseSync(join(folder, 'single-instance.lock'));
  try {
    // SQLite's exclusive lock is a kernel lock: kill -9 releases it.
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    const note: Note = { argv: process.argv, folder: process.cwd() };
    const draft = join(folder, `draft-${randomUUID()}`);
    writeFileSync(draft, JSON.stringify(note));
    renameSync(draft, join(folder, `second-instance-${randomUUID()}.json`));
    return false;
  }
  held = lock;
  readNotes(folder, () => {});
  watch(folder, { persistent: false }, () => readNotes(folder, ({ argv, folder: from }) => onSecond(argv, from)));
  return true;
}

function readNotes(folder: string, read: (note: Note) => void): void {
  for (const name of readdirSync(folder).filter((each) => NOTE.test(each))) {
    const file = join(folder, name);
    const note = JSON.parse(readFileSync(file, 'utf8')) as Note;
    rmSync(file);
    read(note);
  }
}
