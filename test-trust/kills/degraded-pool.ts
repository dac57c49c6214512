/**
 * Owns a pool whose workers end one after the other: it must say so, everything else must go on answering, and a person
 * must be able to set it going again. What becomes of a job that kills its workers is the simulation's to show.
 * Called by run-trust-tests.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TrialTable, worstMs } from '../trial-table.ts';
import { startHouseProcess, until } from './house-process.ts';
import { startSlowSource } from './slow-source.ts';
import { SteadyWork } from './steady-work.ts';

const ALLOWED_RESTARTS = 5;
const LIMIT_MS = 10_000;

export async function runDegradedPool(table: TrialTable, trials: number): Promise<void> {
  const failures: string[] = [];
  const answerMs: number[] = [];
  for (let trial = 1; trial <= trials; trial += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'transship-trust-'));
    const source = await startSlowSource({ sizeBytes: 4_000, pieces: 2, pauseMs: 20 });
    const house = await startHouseProcess(join(folder, 'profile'));
    const work = new SteadyWork(source, folder);
    try {
      await work.prepare(house, 4);
      let deaths = 0;
      // The pool starts a new one for each until the budget is spent; then there is none left.
      while (deaths < 50) {
        await until('a worker', () => house.workerPids().length > 0, 1_000).catch(() => 0);
        const [pid] = house.workerPids();
        if (pid === undefined) break;
        process.kill(pid, 'SIGKILL');
        deaths += 1;
        await until('gone', () => !house.workerPids().includes(pid), 1_000);
      }
      if (deaths > ALLOWED_RESTARTS + 2) failures.push(`Trial ${trial}: it took ${deaths} deaths to stop restarting.`);
      const askedAtMs = performance.now();
      const { jobIds } = await work.enqueue(house, 3);
      const explanation = await house.call('job.explain', { jobId: jobIds[0] ?? 0 });
      answerMs.push(performance.now() - askedAtMs);
      if (!JSON.stringify(explanation).includes('no-workers')) {
        failures.push(`Trial ${trial}: asked why nothing runs, it said ${JSON.stringify(explanation)}`);
      }
      await house.call('pool.resume', {});
      const done = async (): Promise<boolean> => (await house.call('stats.get', {})).counts.completed === 3;
      await until('done after the resume', done, LIMIT_MS);
      failures.push(...work.compare());
    } catch (error) {
      failures.push(`Trial ${trial}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await house.kill();
      await source.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  table.add({
    guarantee: 'G11',
    what: `after ${ALLOWED_RESTARTS} restarts the pool stops, says why, answers, and goes on when told`,
    trials,
    worst: worstMs(answerMs),
    failures,
  });
}
