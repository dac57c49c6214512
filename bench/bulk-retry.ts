/**
 * Measures a retry of 100,000 failed jobs: how long it takes, how long the loop stands still meanwhile, and what it costs
 * the main process in memory. Once with everything paused, once with the workers at it. Run as `npm run bench:bulk-retry`.
 */
import { retryFailed } from '../src-main/engine/verbs/steer-migration.ts';
import { submitMigration } from '../src-main/engine/verbs/submit-migration.ts';
import { type BenchHouse, benchRequest, openBenchHouse } from './bench-coordinator.ts';
import { megabytes, ms, perSecond, printFigures, watchLoop, watchMemory } from './figures.ts';

const JOBS = 100_000;

/** A migration whose jobs have all failed for good. */
async function failAll(house: BenchHouse): Promise<number> {
  const { coordinator } = house;
  const { migrationId } = await coordinator.call((desk) => submitMigration(desk, benchRequest('retry')));
  await untilFinished(house, migrationId);
  const { counts } = coordinator.store.migration(migrationId) ?? {};
  if (counts?.failed !== JOBS) throw new Error(`${counts?.failed ?? 'No'} jobs failed, not ${JOBS}.`);
  return migrationId;
}

async function untilFinished({ coordinator }: BenchHouse, migrationId: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = coordinator.onCommitted(() => {
      if (coordinator.store.migration(migrationId)?.finishedAtMs === null) return;
      stop();
      resolve();
    });
  });
}

async function retryAll(title: string, paused: boolean): Promise<void> {
  const house = await openBenchHouse(10, JOBS, 'fail');
  const { coordinator } = house;
  const migrationId = await failAll(house);
  await coordinator.call((desk) => desk.store.setHousePaused(paused));
  const endMemory = watchMemory();
  const endLoop = watchLoop();
  const startedMs = performance.now();
  const failed = await coordinator.store.matchingIds({ migrationId, states: ['failed'] });
  const pinnedMs = performance.now() - startedMs;
  await coordinator.call((desk) => retryFailed(desk, migrationId, failed));
  const acknowledgedMs = performance.now() - startedMs;
  const [bulk] = coordinator.store.latestBulks(1);
  if (bulk === undefined) throw new Error('There is no bulk.');
  await new Promise<void>((resolve) => {
    const stop = coordinator.onCommitted(() => {
      if (coordinator.store.bulk(bulk.id)?.state === 'running') return;
      stop();
      resolve();
    });
  });
  const elapsedMs = performance.now() - startedMs;
  const loop = endLoop();
  const grownBytes = endMemory();
  const changed = coordinator.store.bulk(bulk.id)?.changed;
  if (changed !== JOBS) throw new Error(`${changed} of ${JOBS} jobs were set going again.`);
  printFigures(title, [
    ['ids pinned after', ms(pinnedMs)],
    ['acknowledged after', ms(acknowledgedMs)],
    ['all set going after', ms(elapsedMs)],
    ['rate', perSecond(JOBS, elapsedMs)],
    ['longest stall of the loop', ms(loop.maxMs), 'at most 50 ms'],
    ['event-loop delay p99', ms(loop.p99Ms)],
    ['main process grew by', megabytes(grownBytes)],
    ['main process at the end', megabytes(process.memoryUsage.rss())],
  ]);
  await house.close();
}

await retryAll(`Retry of ${JOBS} failed jobs, everything paused`, true);
await retryAll(`Retry of ${JOBS} failed jobs, workers failing them again`, false);
