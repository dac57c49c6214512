/**
 * Measures the queue itself: jobs that do nothing, through coordinator and store with fsync on; BullMQ beside it.
 * Run as `npm run bench:queue`.
 */
import { enqueueJobs, submitMigration } from '../src-main/engine/verbs/submit-migration.ts';
import { benchRequest, openBenchHouse, untilDone } from './bench-coordinator.ts';
import { ms, percentile, perSecond, printFigures, watchLoop } from './figures.ts';
import { type BullmqFigures, type BullmqSetUp, measureBullmq } from './peers/bullmq.ts';

const JOBS = 50_000;
/** The concurrency at which the peer is to be beaten by that much. */
const AIMED = 10;

/** Jobs a second. */
async function processRate(concurrency: number, aim: string): Promise<number> {
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
  return (JOBS / elapsedMs) * 1_000;
}

/** Of one caller, in milliseconds. */
async function enqueueLatency(): Promise<{ readonly p99Ms: number }> {
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
  return { p99Ms: percentile(latencies, 0.99) };
}

/** The peer in the same run, on the same machine. */
async function besideBullmq(setUp: BullmqSetUp, rates: ReadonlyMap<number, number>, p99Ms: number): Promise<void> {
  let peer: BullmqFigures;
  try {
    peer = await measureBullmq(setUp, JOBS, [...rates.keys()]);
  } catch (error) {
    console.log(`\nBullMQ: not run (${error instanceof Error ? error.message : String(error)})`);
    return;
  }
  const words = {
    durable: 'its defaults, on a Redis that writes to disk every second',
    lean: 'nothing kept, on a Redis that writes nothing',
  };
  printFigures(`Beside BullMQ: ${words[setUp]}`, [
    ...[...rates].flatMap(([concurrency, rate]) => {
      const theirs = peer.rates.get(concurrency) ?? Number.NaN;
      const aim = concurrency === AIMED ? 'at least 5.0 x' : undefined;
      const ratio = [`ours to theirs at ${concurrency}`, `${(rate / theirs).toFixed(1)} x`] as const;
      return [
        [`BullMQ, concurrency ${concurrency}`, perSecond(theirs, 1_000)] as const,
        aim === undefined ? ratio : ([...ratio, aim] as const),
      ];
    }),
    ['BullMQ, one enqueue p50', ms(peer.enqueueP50Ms)],
    ['BullMQ, one enqueue p99', ms(peer.enqueueP99Ms)],
    ['ours, one enqueue p99, on disk', ms(p99Ms)],
  ]);
}

const rates = new Map<number, number>();
rates.set(10, await processRate(10, '25,000 /s'));
rates.set(50, await processRate(50, '60,000 /s'));
const { p99Ms } = await enqueueLatency();
await besideBullmq('durable', rates, p99Ms);
await besideBullmq('lean', rates, p99Ms);
