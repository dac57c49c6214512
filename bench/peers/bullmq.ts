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

const ENQUEUES = 2_000;
const NAME = 'bench';
const FILL_SLICE = 1_000;

interface Connection {
  readonly host: string;
  readonly port: number;
  /** As BullMQ wants it: a worker waits for Redis however long that takes. */
  readonly maxRetriesPerRequest: null;
}

/** `jobs`: as many as ours had, for each concurrency. Rejects, and says why, when there is no Redis to be had. */
export async function measureBullmq(
  setUp: BullmqSetUp,
  jobs: number,
  concurrencies: readonly number[],
): Promise<BullmqFigures> {
  const redis = await startRedis(setUp === 'durable' ? 'everysec' : 'nothing');
  const connection: Connection = { host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null };
  const queue = new Queue(NAME, { connection, defaultJobOptions: { removeOnComplete: setUp === 'lean' } });
  try {
    const rates = new Map<number, number>();
    for (const concurrency of concurrencies) {
      await fill(queue, jobs);
      rates.set(concurrency, await processRate(connection, jobs, concurrency));
    }
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

/** In the place of what was there. */
async function fill(queue: Queue, jobs: number): Promise<void> {
  await queue.obliterate({ force: true });
  for (let from = 0; from < jobs; from += FILL_SLICE) {
    const slice = Array.from({ length: Math.min(FILL_SLICE, jobs - from) }, (_, index) => ({
      name: 'job',
      data: { sourceKey: `photos/asset-${from + index}.jpg` },
    }));
    await queue.addBulk(slice);
  }
}

/** Jobs a second. One worker in this process, as in ours: no process border on either side. */
async function processRate(connection: Connection, jobs: number, concurrency: number): Promise<number> {
  const worker = new Worker(NAME, async () => undefined, { connection, concurrency, autorun: false });
  try {
    await worker.waitUntilReady();
    const startedMs = performance.now();
    await new Promise<void>((resolve, reject) => {
      let done = 0;
      worker.on('error', reject);
      worker.on('failed', (_, error) => reject(error));
      worker.on('completed', () => {
        done += 1;
        if (done === jobs) resolve();
      });
      // Ends when the worker is closed.
      worker.run().catch(reject);
    });
    return (jobs / (performance.now() - startedMs)) * 1_000;
  } finally {
    await worker.close();
  }
}
