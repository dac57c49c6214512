/**
 * Owns cancelling jobs at a random stage: when the last bytes went out, and what is left lying around. Called by
 * run-trust-tests.ts.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TrialTable, worstMs } from '../trial-table.ts';
import { startHouseProcess, until } from './house-process.ts';
import { startSlowSource } from './slow-source.ts';
import { SteadyWork } from './steady-work.ts';

const SEND_LIMIT_MS = 1_000;
const STAGING_LIMIT_MS = 5_000;
const BATCH = 10;

export async function runCancels(table: TrialTable, trials: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'transship-trust-'));
  const profile = join(folder, 'profile');
  const source = await startSlowSource({ sizeBytes: 400_000, pieces: 20, pauseMs: 60 });
  const work = new SteadyWork(source, folder);
  const house = await startHouseProcess(profile);
  const failures: string[] = [];
  const sentMs: number[] = [];
  const stagedMs: number[] = [];
  let done = 0;
  try {
    await work.prepare(house, BATCH);
    while (done < trials) {
      const { jobIds, names } = await work.enqueue(house, BATCH);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 1_100));
      const { changed } = await house.call('job.cancel', { jobIds: [...jobIds] });
      const cancelledAtMs = performance.now();
      const cancelled = names.filter((_, index) => changed.includes(jobIds[index] ?? 0));
      done += cancelled.length;
      const spool = join(profile, 'spool');
      const staged = (): string[] => [
        ...readdirSync(work.destination).filter((name) => !names.includes(name) && !finished.has(name)),
        ...(existsSync(spool) ? readdirSync(spool) : []),
      ];
      for (const name of names) if (!cancelled.includes(name)) finished.add(name);
      stagedMs.push(await until('without staged files', () => staged().length === 0, STAGING_LIMIT_MS));
      // Long enough for a sender that was not stopped to show itself.
      await new Promise((resolve) => setTimeout(resolve, SEND_LIMIT_MS + 200));
      for (const name of cancelled) {
        const afterMs = Math.max(0, source.lastSentAtMs(name) - cancelledAtMs);
        sentMs.push(afterMs);
        if (afterMs > SEND_LIMIT_MS) failures.push(`${name}: bytes ${Math.round(afterMs)} ms after its cancelling.`);
        if (existsSync(join(work.destination, name)))
          failures.push(`${name} is at the destination, though it was cancelled.`);
      }
    }
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  } finally {
    await house.kill();
    await source.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  table.add({
    guarantee: 'G26',
    what: `after a cancel no byte goes out beyond ${SEND_LIMIT_MS} ms (staging gone: at worst ${worstMs(stagedMs) ?? 'never seen'})`,
    trials: done,
    worst: worstMs(sentMs),
    failures,
  });
}

/** Files that came through before their batch was cancelled: they belong at the destination. */
const finished = new Set<string>();
