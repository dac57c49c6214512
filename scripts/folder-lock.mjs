/**
 * Owns letting one process at a time change this folder (install, build) while others wait their turn. Must not know
 * what they do. Plain JavaScript for any Node ≥ 20: it runs before anything is installed. Called by install-packages.mjs
 * and build.ts.
 */
import { mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** The holder touches its lock this often … */
const BEAT_MS = 1_000;
/** … so one that was not touched for this long has lost its holder. Ten beats: a busy machine may skip a few. */
const STALE_MS = 10_000;
const POLL_MS = 200;

/**
 * Runs the action while holding the lock file; waits for another holder, and takes over from one that is gone.
 * @template T
 * @param {string} file
 * @param {() => void} onWait called once when somebody else holds the lock
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withFolderLock(file, onWait, action) {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; !tryTake(file); ) {
    if (!told) onWait();
    told = true;
    await wait(POLL_MS);
  }
  const release = () => rmSync(file, { force: true });
  const beat = setInterval(() => utimesSync(file, new Date(), new Date()), BEAT_MS);
  process.once('exit', release);
  try {
    return await action();
  } finally {
    clearInterval(beat);
    process.off('exit', release);
    release();
  }
}

/** @param {string} file */
function tryTake(file) {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  try {
    if (Date.now() - statSync(file).mtimeMs < STALE_MS) return false;
    // Of several who see the same stale lock, one rename succeeds; the others find nothing and try again.
    const aside = `${file}.${process.pid}`;
    renameSync(file, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  return false;
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
