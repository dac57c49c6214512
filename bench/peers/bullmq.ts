/**
 * Owns measuring BullMQ with jobs that do nothing, on a Redis of its own: the peer of bench:queue. `durable`: its defaults
 * (finished jobs are kept, like ours) on a Redis that writes its log every second, while ours syncs every commit. `lean`:
 * finished jobs thrown away and nothing on disk, the most that it can do. Must not be used by the product.
 */
import { Queue, Worker } from 'bullmq';
import { percentile } from '../figures.ts';
import { startRedis } from './redis-server.ts';

export type BullmqSetUp = 'durable' | 'lean';

export interface BullmqFigures {
  /** Jobs a second, by concurrency. */
  readonly rates: ReadonlyMap<number, number>;
  readonly enqueueP50Ms: number;
  readonly enqueueP99Ms: number;
}

const JOBS = 20_000;
const ENQUEUES = 2_000;
const NAME = 'bench';

/** Rejects, and says why, when there is no Redis to be had. */
export async function measureBullmq(setUp: BullmqSetUp, concurrencies: readonly number[]): Promise<BullmqFigures> {
  const redis = await startRedis(setUp === 'durable' ? 'everysec' : 'nothing');
  const connection = { host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null };
  const queue = new Queue(NAME, { connection, defaultJobOptions: { removeOnComplete: setUp === 'lean' } });
  try {
    const rates = new Map<number, number>();
    for (const concurrency of concurrencies) rates.set(concurrency, await processRate(queue, connection, concurrency));
    const latencies: number[] = [];
    for (let index = 0; index < ENQUEUES; index += 1) {
      const startedMs = performance.now();
      await queue.add('job', { sourceKey: `photos/asset-${index}.jpg` });
      latencies.push(performance.now() - startedMs);
    }
    return { rates, enqueueP50Ms: percentile(latencies, 0.5), enqueueP99Ms: percentile(latencies, 0.99) };
  } finally {
    await queue.close();
    await redis.stop();
  }
}

/** One worker in this process, as in ours: no process border on either side. */
async function processRate(
  queue: Queue,
  connection: { host: string; port: number; maxRetriesPerRequest: null },
  concurrency: number,
): Promise<number> {
  await queue.obliterate({ force: true });
  const jobs = Array.from({ length: JOBS }, (_, index) => ({
    name: 'job',
    data: { sourceKey: `photos/asset-${index}.jpg` },
  }));
  for (let from = 0; from < JOBS; from += 1_000) await queue.addBulk(jobs.slice(from, from + 1_000));
  let done = 0;
  const worker = new Worker(NAME, async () => undefined, { connection, concurrency, autorun: false });
  const finished = new Promise<void>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('completed', () => {
      done += 1;
      if (done === JOBS) resolve();
    });
  });
  await worker.waitUntilReady();
  const startedMs = performance.now();
  worker.run().catch(() => undefined);
  await finished;
  const elapsedMs = performance.now() - startedMs;
  await worker.close();
  return (JOBS / elapsedMs) * 1_000;
}
