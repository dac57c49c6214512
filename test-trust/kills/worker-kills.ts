/**
 * Owns killing and stopping worker processes under load: how long until their jobs may run again, and whether each is
 * done exactly once in the end. Called by run-trust-tests.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TrialTable, worstMs } from '../trial-table.ts';
import { askDatabase, type HouseProcess, isAlive, startHouseProcess, until } from './house-process.ts';
import { startSlowSource } from './slow-source.ts';
import { auditBooks, SteadyWork } from './steady-work.ts';

const DEAD_LIMIT_MS = 1_000;
const HUNG_LIMIT_MS = 5_000;
/** Far below the silence that ends a worker. */
const NAP_MS = 800;
const END_LIMIT_MS = 180_000;
const LOAD = 24;

export interface WorkerTrials {
  readonly kills: number;
  readonly stops: number;
  readonly naps: number;
}

export async function runWorkerKills(table: TrialTable, { kills, stops, naps }: WorkerTrials): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'transship-trust-'));
  const profile = join(folder, 'profile');
  const source = await startSlowSource({ sizeBytes: 24_000, pieces: 4, pauseMs: 150 });
  const work = new SteadyWork(source, folder);
  const house = await startHouseProcess(profile);
  const slow: string[] = [];
  const wrong: string[] = [];
  const deadMs: number[] = [];
  const hungMs: number[] = [];
  const woken: string[] = [];
  try {
    await work.prepare(house, 8);
    for (let trial = 1; trial <= kills; trial += 1) {
      await record(deadMs, slow, `Kill ${trial}`, () => strike(house, work, 'SIGKILL', DEAD_LIMIT_MS));
    }
    for (let trial = 1; trial <= stops; trial += 1) {
      await record(hungMs, slow, `Stop ${trial}`, () => strike(house, work, 'SIGSTOP', HUNG_LIMIT_MS));
    }
    for (let trial = 1; trial <= naps; trial += 1) woken.push(...(await nap(house, work, trial)));
    wrong.push(...(await finish(house, work)));
  } finally {
    await house.kill();
    await source.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const [late, hung] = [slow.filter((what) => what.startsWith('Kill')), slow.filter((what) => what.startsWith('Stop'))];
  table.add({
    guarantee: 'G4',
    what: `jobs of a killed worker may run again within ${DEAD_LIMIT_MS} ms`,
    trials: kills,
    worst: worstMs(deadMs),
    failures: late,
  });
  table.add({
    guarantee: 'G4',
    what: `jobs of a stopped (hung) worker may run again within ${HUNG_LIMIT_MS} ms`,
    trials: stops,
    worst: worstMs(hungMs),
    failures: hung,
  });
  table.add({
    guarantee: 'G5',
    what: `a worker that was stopped for ${NAP_MS} ms goes on; one that lost its lease changes nothing`,
    trials: naps + stops,
    worst: null,
    failures: [...woken, ...wrong],
  });
}

async function record(times: number[], failures: string[], trial: string, run: () => Promise<number>): Promise<void> {
  try {
    times.push(await run());
  } catch (error) {
    failures.push(`${trial}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Ends or stops a busy worker; how long until every job that it had may run again. */
async function strike(
  house: HouseProcess,
  work: SteadyWork,
  signal: 'SIGKILL' | 'SIGSTOP',
  limitMs: number,
): Promise<number> {
  await keepBusy(house, work);
  const pid = await pickBusy(house);
  process.kill(pid, signal);
  const tookMs = await until(`released by worker ${pid}`, () => wasGivenBack(house.profile, pid), limitMs);
  await until('gone', () => !isAlive(pid), HUNG_LIMIT_MS);
  // More than five deaths in half a minute would be a pool that somebody must look at; here it is the trial's doing.
  await house.call('pool.resume', {});
  await until('as many workers as before', () => house.workerPids().length >= 2, HUNG_LIMIT_MS);
  return tookMs;
}

/** Stops a worker for a moment that nobody should mind. */
async function nap(house: HouseProcess, work: SteadyWork, trial: number): Promise<string[]> {
  await keepBusy(house, work);
  const pid = await pickBusy(house);
  process.kill(pid, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, NAP_MS));
  process.kill(pid, 'SIGCONT');
  await until('at work again', () => house.workerPids().length >= 2, HUNG_LIMIT_MS);
  return wasGivenBack(house.profile, pid) ? [`Nap ${trial}: a worker that slept for ${NAP_MS} ms lost its jobs.`] : [];
}

async function keepBusy(house: HouseProcess, work: SteadyWork): Promise<void> {
  const { pending } = await house.call('stats.get', {});
  if (pending < LOAD) await work.enqueue(house, LOAD);
}

/** A worker with at least two attempts in hand: one that has just ended its last would lose nothing. */
async function pickBusy({ call }: HouseProcess): Promise<number> {
  let pids: number[] = [];
  await until(
    'busy enough',
    async () => {
      pids = (await call('pool.get', {})).workers.filter(({ busy }) => busy >= 2).map(({ pid }) => pid);
      return pids.length > 0;
    },
    HUNG_LIMIT_MS,
  );
  return pids[Math.floor(Math.random() * pids.length)] ?? 0;
}

/** Attempts of that worker stand in the history as lost: that commit made their jobs pending. */
function wasGivenBack(profile: string, pid: number): boolean {
  return (
    askDatabase(profile, "SELECT 1 FROM attempt WHERE worker_pid = ? AND outcome = 'worker-lost' LIMIT 1", pid).length >
    0
  );
}

/** Lets all work end; jobs that lost three workers by chance are asked for again, as a person would. */
async function finish(house: HouseProcess, work: SteadyWork): Promise<string[]> {
  const rest = (): boolean =>
    askDatabase(house.profile, "SELECT 1 FROM job WHERE state NOT IN ('completed', 'failed') LIMIT 1").length === 0;
  await until('at rest', rest, END_LIMIT_MS);
  const failed = askDatabase(house.profile, "SELECT id, failure FROM job WHERE state = 'failed'");
  const strange = failed.filter(({ failure }) => !String(failure).includes('worker-lost'));
  if (failed.length > 0) {
    await house.call('job.retry', { jobIds: failed.map(({ id }) => Number(id)) });
    await until('at rest again', rest, END_LIMIT_MS);
  }
  const twice = askDatabase(
    house.profile,
    "SELECT job_id FROM attempt WHERE outcome = 'completed' GROUP BY job_id HAVING count(*) > 1",
  );
  return [
    ...strange.map(({ id, failure }) => `Job ${String(id)} failed: ${String(failure)}`),
    ...twice.map(({ job_id }) => `Job ${String(job_id)} was completed twice.`),
    ...auditBooks(house.profile),
    ...work.compare(),
  ];
}
