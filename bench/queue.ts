/**
 * Measures the queue itself: jobs that do nothing, through coordinator and store with fsync on.
 * Run as `npm run bench:queue`.
 */
import { enqueueJobs, submitMigration } from '../src-main/engine/verbs/submit-migration.ts';
import { benchRequest, openBenchHouse, untilDone } from './bench-coordinator.ts';
import { ms, percentile, perSecond, printFigures, watchLoop } from './figures.ts';

const JOBS = 50_000;

async function processRate(concurrency: number, aim: string): Promise<void> {
  const { coordinator, close } = await openBenchHouse(concurrency, JOBS);
  await coordinator.call((desk) => desk.store.setHousePaused(true));
  // Planned first, so that only claim and settle are measured.
  await coordinator.call((desk) => submitMigration(desk, benchRequest('process')));
  await coordinator.call((desk) => desk.store.updateQueue('default', { paused: true }));
  await coordinator.call((desk) => desk.store.setHousePaused(false));
  while ((coordinator.store.queue('default')?.counts.pending ?? 0) < JOBS) {
    await new Promise<void>((resolve) => {
      const stop = coordinator.onCommitted(() => {
        stop();
        resolve();
      });
    });
  }
  const endWatch = watchLoop();
  const startedMs = performance.now();
  await coordinator.call((desk) => desk.store.updateQueue('default', { paused: false }));
  await untilDone(coordinator);
  const elapsedMs = performance.now() - startedMs;
  const loop = endWatch();
  const completed = coordinator.store.queue('default')?.counts.completed ?? 0;
  if (completed !== JOBS) throw new Error(`${completed} of ${JOBS} jobs completed.`);
  printFigures(`No-op jobs, concurrency ${concurrency}, fsync on`, [
    ['processed', perSecond(JOBS, elapsedMs), aim],
    ['event-loop delay p99', ms(loop.p99Ms), 'at most 5 ms'],
    ['event-loop delay max', ms(loop.maxMs)],
  ]);
  await close();
}

async function enqueueLatency(): Promise<void> {
  const { coordinator, close } = await openBenchHouse(10, 0);
  await coordinator.call((desk) => desk.store.setHousePaused(true));
  const one = (index: number) => {
    const { selection: _, ...request } = benchRequest(`one ${index}`);
    return { ...request, assets: [{ sourceKey: `photos/asset-${index}.jpg` }] };
  };
  const latencies: number[] = [];
  const alone = 2_000;
  const aloneStartedMs = performance.now();
  for (let index = 0; index < alone; index += 1) {
    const startedMs = performance.now();
    await coordinator.call((desk) => enqueueJobs(desk, one(index)));
    latencies.push(performance.now() - startedMs);
  }
  const aloneMs = performance.now() - aloneStartedMs;
  const together = 10_000;
  const callers = 50;
  const togetherStartedMs = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (let index = 0; index < together / callers; index += 1) {
        await coordinator.call((desk) => enqueueJobs(desk, one(caller * together + index)));
      }
    }),
  );
  const togetherMs = performance.now() - togetherStartedMs;
  printFigures('Enqueue one job a request, durable before it returns', [
    ['one caller p50', ms(percentile(latencies, 0.5))],
    ['one caller p99', ms(percentile(latencies, 0.99)), 'at most 1 ms'],
    ['one caller', perSecond(alone, aloneMs)],
    [`${callers} callers`, perSecond(together, togetherMs)],
  ]);
  await close();
}

await processRate(10, '25,000 /s');
await processRate(50, '60,000 /s');
await enqueueLatency();
