/**
 * Owns cancelling large transfers on their way: a download with its spool and its unfinished file, an upload in parts.
 * When the last bytes went, and when nothing is left lying around. Called by run-trust-tests.ts.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../kills/house-process.ts';
import { type TrialTable, worstMs } from '../trial-table.ts';
import { LARGE_BYTES } from './exactly-once.ts';
import { startMeasuredSource } from './measured-source.ts';
import { TransferHouse } from './transfer-house.ts';

const SEND_LIMIT_MS = 1_000;
const STAGING_LIMIT_MS = 5_000;
const EACH = 3;
const DOWNLOAD_BYTES = 64 * 1024 * 1024;

export async function runLargeCancels(table: TrialTable, trials: number): Promise<void> {
  const failures: string[] = [];
  const sentMs: number[] = [];
  const stagedMs: number[] = [];
  let cancelled = 0;
  const here = await TransferHouse.open();
  const source = await startMeasuredSource({ bytes: DOWNLOAD_BYTES, chunkBytes: 64 * 1024, pauseMs: 10 });
  const folder = join(here.folder, 'large');
  mkdirSync(folder);
  writeFileSync(join(folder, 'film.bin'), randomBytes(LARGE_BYTES));
  let lastArrivedAtMs = 0;
  here.s3.watch = async (moment) => {
    if (moment === 'arriving') lastArrivedAtMs = performance.now();
    if (moment === 'stored') await sleep(100);
  };
  try {
    await here.house.call('queue.update', { queue: 'default', concurrency: 2 * EACH });
    for (let batch = 1; cancelled < trials; batch += 1) {
      const named = (sourceKey: string | null) =>
        Array.from({ length: EACH }, (_, index) => {
          const key = `film ${batch}-${index}.bin`;
          return { sourceKey: sourceKey ?? key, destinationKey: key };
        });
      const jobIds = [
        ...(await here.copy(here.web(source.address), here.disk('to'), named(null))),
        ...(await here.copy(here.disk('large'), here.bucket('to'), named('film.bin'))),
      ];
      await sleep(100 + Math.random() * 2_500);
      const { changed } = await here.house.call('job.cancel', { jobIds });
      const cancelledAtMs = performance.now();
      cancelled += changed.length;
      if (changed.length < jobIds.length) failures.push(`Batch ${batch}: only ${changed.length} could be cancelled.`);
      const staged = (): string[] => [
        ...readdirSync(join(here.folder, 'to')),
        ...readdirSync(join(here.profile, 'spool')),
        ...here.s3.uploads.keys(),
      ];
      stagedMs.push(await until('without staging', () => staged().length === 0, STAGING_LIMIT_MS));
      await sleep(SEND_LIMIT_MS + 200);
      const lateMs = Math.max(0, Math.max(source.lastSentAtMs(), lastArrivedAtMs) - cancelledAtMs);
      sentMs.push(lateMs);
      if (lateMs > SEND_LIMIT_MS) failures.push(`Batch ${batch}: bytes ${Math.round(lateMs)} ms after the cancelling.`);
      // A write that began late must not bring anything back.
      if (staged().length > 0) failures.push(`Batch ${batch}: ${staged().join(', ')} came back.`);
    }
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  } finally {
    await here.close();
    await source.stop();
  }
  table.add({
    guarantee: 'G26',
    what: `the same for spooled downloads and uploads in parts (staging gone: at worst ${worstMs(stagedMs) ?? 'never seen'})`,
    trials: cancelled,
    worst: worstMs(sentMs),
    failures,
  });
}
