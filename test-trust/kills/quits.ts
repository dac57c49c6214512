/**
 * Owns ending the house in order, in whatever state it is, also with workers that do not listen any more; and starting
 * it twice on one profile. Called by run-trust-tests.ts.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TrialTable, worstMs } from '../trial-table.ts';
import { type HouseProcess, isAlive, StartFailure, startHouseProcess, until } from './house-process.ts';
import { startSlowSource } from './slow-source.ts';
import { auditBooks, SteadyWork } from './steady-work.ts';

const QUIT_LIMIT_MS = 5_000;
const HARD_LIMIT_MS = 10_000;
/** "The profile is in use", as the headless door says it to scripts. */
const IN_USE = 3;

export async function runQuits(table: TrialTable, trials: number, stuckTrials: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'transship-trust-'));
  const profile = join(folder, 'profile');
  const source = await startSlowSource({ sizeBytes: 64_000, pieces: 10, pauseMs: 200 });
  const work = new SteadyWork(source, folder);
  const failures: string[] = [];
  const quickMs: number[] = [];
  const stuckMs: number[] = [];
  let house = await startHouseProcess(profile);
  try {
    await work.prepare(house, 10);
    for (let trial = 1; trial <= trials + stuckTrials; trial += 1) {
      const isStuck = trial > trials;
      await work.enqueue(house, 5);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 1_500));
      const workers = house.workerPids();
      if (isStuck && workers[0] !== undefined) process.kill(workers[0], 'SIGSTOP');
      const { tookMs, code } = await house.quit();
      (isStuck ? stuckMs : quickMs).push(tookMs);
      if (tookMs > (isStuck ? HARD_LIMIT_MS : QUIT_LIMIT_MS))
        failures.push(`Quit ${trial} took ${Math.round(tookMs)} ms.`);
      if (code !== 0) failures.push(`Quit ${trial} ended with ${code}.`);
      if (workers.some(isAlive)) failures.push(`Quit ${trial} left a worker behind.`);
      if (!existsSync(join(profile, 'closed-cleanly'))) failures.push(`Quit ${trial} did not close cleanly.`);
      failures.push(...auditBooks(profile).map((wrong) => `Quit ${trial}: ${wrong}`));
      house = await startHouseProcess(profile);
    }
  } finally {
    await house.kill();
    await source.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  table.add({
    guarantee: 'G12',
    what: `quit in a random state: within ${QUIT_LIMIT_MS} ms, exit 0, no child left, nothing to repair`,
    trials,
    worst: worstMs(quickMs),
    failures,
  });
  table.add({
    guarantee: 'G12',
    what: `the same with a worker that does not listen: within ${HARD_LIMIT_MS} ms`,
    trials: stuckTrials,
    worst: worstMs(stuckMs),
    failures: [],
  });
}

export async function runRaces(table: TrialTable, trials: number): Promise<void> {
  const failures: string[] = [];
  const againMs: number[] = [];
  for (let trial = 1; trial <= trials; trial += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'transship-trust-'));
    const profile = join(folder, 'profile');
    const starts = await Promise.allSettled([startHouseProcess(profile), startHouseProcess(profile)]);
    const owners = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    const refused = starts.flatMap((start) => (start.status === 'rejected' ? [start.reason as unknown] : []));
    if (owners.length !== 1) failures.push(`Race ${trial}: ${owners.length} own the profile.`);
    for (const reason of refused) {
      if (!(reason instanceof StartFailure) || reason.code !== IN_USE)
        failures.push(`Race ${trial}: ${String(reason)}`);
    }
    await Promise.all(owners.map((owner) => owner.kill()));
    // The lock went with its holder, however that ended.
    const again: HouseProcess = await startHouseProcess(profile);
    againMs.push(again.startedInMs);
    const workers = again.workerPids();
    await again.kill();
    await until('gone', () => !workers.some(isAlive), QUIT_LIMIT_MS);
    rmSync(folder, { recursive: true, force: true });
  }
  table.add({
    guarantee: 'G14',
    what: 'two starts at once on one profile: exactly one owner; after its kill the next start needs no unlock',
    trials,
    worst: worstMs(againMs),
    failures,
  });
}
