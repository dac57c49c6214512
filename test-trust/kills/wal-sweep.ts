/**
 * Owns what a power cut could leave of the write-ahead log: cut off anywhere, or with a wrong byte in it. Whatever the
 * database then is, it must be a state that once was committed: whole, with books that balance. Stands in for replayed
 * crash states of the disk. Called by run-trust-tests.ts.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrialTable } from '../trial-table.ts';
import { startHouseProcess } from './house-process.ts';
import { startSlowSource } from './slow-source.ts';
import { auditBooks, SteadyWork } from './steady-work.ts';

const CUT_BYTES = 512;
const DATABASE = 'transship.sqlite';

export async function runWalSweep(table: TrialTable, cuts: number, flips: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'transship-trust-'));
  const failures: string[] = [];
  let done = 0;
  try {
    const profile = await leaveBusyProfile(folder);
    const wal = readFileSync(join(profile, `${DATABASE}-wal`));
    const steps = Math.min(cuts, Math.floor(wal.length / CUT_BYTES));
    for (let step = 0; step <= steps; step += 1) {
      const length = Math.floor((wal.length * step) / steps / CUT_BYTES) * CUT_BYTES;
      failures.push(...judge(folder, profile, wal.subarray(0, length)).map((what) => `Cut at ${length}: ${what}`));
      done += 1;
    }
    for (let flip = 0; flip < flips; flip += 1) {
      const wrong = Buffer.from(wal);
      const at = Math.floor(Math.random() * wrong.length);
      wrong[at] = (wrong[at] ?? 0) ^ (1 << Math.floor(Math.random() * 8));
      failures.push(...judge(folder, profile, wrong).map((what) => `Wrong byte at ${at}: ${what}`));
      done += 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  table.add({
    guarantee: 'G2',
    what: 'a log cut off or wrong anywhere leaves a committed state: jobs, attempts and counters agree',
    trials: done,
    worst: null,
    failures,
  });
}

/** Killed in the middle of its work, with all of it still in the log. */
async function leaveBusyProfile(folder: string): Promise<string> {
  const profile = join(folder, 'profile');
  const source = await startSlowSource({ sizeBytes: 2_000, pieces: 2, pauseMs: 15 });
  const house = await startHouseProcess(profile);
  const work = new SteadyWork(source, folder);
  await work.prepare(house, 16);
  for (let request = 0; request < 25; request += 1) await work.enqueue(house, 4);
  await house.kill();
  await source.stop();
  return profile;
}

function judge(folder: string, profile: string, wal: Buffer): string[] {
  const copy = join(folder, 'copy');
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy);
  copyFileSync(join(profile, DATABASE), join(copy, DATABASE));
  writeFileSync(join(copy, `${DATABASE}-wal`), wal);
  try {
    return auditBooks(copy);
  } catch (error) {
    // Before the first commit of the schema there are no tables yet.
    const message = error instanceof Error ? error.message : String(error);
    return message.includes('no such table') ? [] : [message];
  }
}
