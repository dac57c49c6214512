/**
 * Owns killing the main process at random moments while requests come in and work runs, and looking whether anything
 * that was acknowledged is lost. One profile lives through all of it. Called by run-trust-tests.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrialTable } from '../trial-table.ts';
import { worstMs } from '../trial-table.ts';
import { askDatabase, type HouseProcess, isAlive, startHouseProcess, until } from './house-process.ts';
import { startSlowSource } from './slow-source.ts';
import { auditBooks, SteadyWork } from './steady-work.ts';

/** Workers leave by themselves within this when the main process is gone. */
const ORPHAN_LIMIT_MS = 2_000;
const END_LIMIT_MS = 180_000;

export async function runCoordinatorKills(table: TrialTable, trials: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'transship-trust-'));
  const profile = join(folder, 'profile');
  const source = await startSlowSource({ sizeBytes: 24_000, pieces: 3, pauseMs: 40 });
  const work = new SteadyWork(source, folder);
  const lost: string[] = [];
  const unbalanced: string[] = [];
  const lingering: string[] = [];
  const stuck: string[] = [];
  const orphanMs: number[] = [];
  const startMs: number[] = [];
  let house = await startHouseProcess(profile);
  try {
    await work.prepare(house, 12);
    for (let trial = 1; trial <= trials; trial += 1) {
      await askUntilKilled(house, work, 30 + Math.random() * 700);
      const workers = house.workerPids();
      await house.kill();
      const running = askDatabase(profile, "SELECT id FROM job WHERE state = 'running'").length;
      try {
        orphanMs.push(await until('gone', () => !workers.some(isAlive), ORPHAN_LIMIT_MS));
      } catch {
        lingering.push(`Trial ${trial}: a worker outlived its house by more than ${ORPHAN_LIMIT_MS} ms.`);
      }
      unbalanced.push(...auditBooks(profile).map((wrong) => `Trial ${trial}: ${wrong}`));
      house = await startHouseProcess(profile);
      startMs.push(house.startedInMs);
      lost.push(...findLost(profile, work).map((what) => `Trial ${trial}: ${what}`));
      const old = askDatabase(
        profile,
        "SELECT id FROM job WHERE state = 'running' AND lease_token NOT LIKE ?",
        `${trial + 1}-%`,
      );
      if (old.length > 0)
        stuck.push(`Trial ${trial}: ${old.length} of ${running} jobs run under a lease of a dead house.`);
    }
    const done = (): boolean =>
      askDatabase(profile, "SELECT 1 FROM job WHERE state NOT IN ('completed', 'skipped') LIMIT 1").length === 0;
    await until('all completed', done, END_LIMIT_MS);
    unbalanced.push(...auditBooks(profile));
    lost.push(...work.compare());
    unbalanced.push(...(await copyAgain(house, work)));
  } finally {
    await house.kill();
    await source.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const asked = work.acknowledged.length;
  table.add({
    guarantee: 'G1',
    what: `kill -9 of the house at any moment loses nothing acknowledged (${asked} requests)`,
    trials,
    worst: null,
    failures: lost,
  });
  table.add({
    guarantee: 'G4',
    what: 'jobs of a dead house are runnable before the first dispatch of the next',
    trials,
    worst: null,
    failures: stuck,
  });
  table.add({
    guarantee: 'G13',
    what: 'workers leave by themselves',
    trials,
    worst: worstMs(orphanMs),
    failures: lingering,
  });
  table.add({
    guarantee: 'G14',
    what: 'the next start owns the profile at once, without a repair by hand',
    trials,
    worst: worstMs(startMs),
    failures: [],
  });
  table.add({
    guarantee: 'G27',
    what: 'the books balance after every kill, and a second run copies nothing',
    trials: trials + 1,
    worst: null,
    failures: unbalanced,
  });
}

/** Requests, one after the other, until the time is up; what the kill cuts off was never acknowledged. */
async function askUntilKilled(house: HouseProcess, work: SteadyWork, forMs: number): Promise<void> {
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs) {
    const asking = work.enqueue(house, 1 + Math.floor(Math.random() * 4));
    // The last one may be in the air when the house is killed.
    if (performance.now() + 10 > untilMs) {
      asking.catch(() => undefined);
      return;
    }
    await asking;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 120));
  }
}

function findLost(profile: string, work: SteadyWork): string[] {
  const migrations = new Set(askDatabase(profile, 'SELECT id FROM migration').map(({ id }) => Number(id)));
  const jobs = new Set(askDatabase(profile, 'SELECT id FROM job').map(({ id }) => Number(id)));
  return work.acknowledged.flatMap(({ migrationId, jobIds }) => [
    ...(migrations.has(migrationId) ? [] : [`Migration ${migrationId} was acknowledged and is gone.`]),
    ...jobIds.filter((id) => !jobs.has(id)).map((id) => `Job ${id} was acknowledged and is gone.`),
  ]);
}

/** Asks for everything once more: what is identical at the destination is skipped. */
async function copyAgain(house: HouseProcess, work: SteadyWork): Promise<string[]> {
  const [last] = askDatabase(house.profile, 'SELECT max(id) AS id FROM job');
  const first = work.acknowledged[0];
  if (first === undefined) return ['Nothing was ever asked for.'];
  await work.repeat(house);
  const after = Number(last?.id);
  const open = (): boolean =>
    askDatabase(
      house.profile,
      "SELECT 1 FROM job WHERE id > ? AND state NOT IN ('completed', 'skipped', 'failed') LIMIT 1",
      after,
    ).length === 0;
  await until('ended again', open, END_LIMIT_MS);
  return askDatabase(house.profile, "SELECT id, state FROM job WHERE id > ? AND state <> 'skipped'", after).map(
    ({ id, state }) => `Job ${String(id)} of the second run is ${String(state)}, not skipped.`,
  );
}
