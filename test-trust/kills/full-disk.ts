/**
 * Owns a profile on a small disk of its own that fills up while work is asked for: the house must stay up, say why
 * nothing moves, lose nothing that it acknowledged, and go on by itself when there is room. Needs root, for the disk.
 * Called by run-trust-tests.ts.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toFailure } from '../../src-shared/model/failure.ts';
import { type TrialTable, worstMs } from '../trial-table.ts';
import { type HouseProcess, startHouseProcess, until } from './house-process.ts';
import { startSlowSource } from './slow-source.ts';
import { auditBooks, SteadyWork } from './steady-work.ts';

/** With room for what the house keeps free on purpose before it starts anything. */
const DISK_MIB = 300;
const GO_ON_LIMIT_MS = 5_000;
const WHAT = 'a full disk is named, loses nothing, and work goes on when there is room';

export async function runFullDisk(table: TrialTable, trials: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'transship-trust-'));
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', disk], { encoding: 'utf8' });
  if (mount.status !== 0) {
    table.skip('G15', WHAT, `no small disk could be mounted: ${mount.stderr.trim()}`);
    rmSync(folder, { recursive: true, force: true });
    return;
  }
  const failures: string[] = [];
  const goOnMs: number[] = [];
  const source = await startSlowSource({ sizeBytes: 4_000, pieces: 2, pauseMs: 20 });
  const house = await startHouseProcess(join(disk, 'profile'));
  const work = new SteadyWork(source, folder);
  try {
    await work.prepare(house, 4);
    for (let trial = 1; trial <= trials; trial += 1) {
      const ballast = join(disk, 'ballast');
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - Math.floor(Math.random() * 300_000))));
      const refusal = await askUntilRefused();
      // Until the house has looked at its disk, and holds what waits.
      await until('told to wait', () => isHeld(house), GO_ON_LIMIT_MS + 2_000);
      if (refusal !== 'disk-full') failures.push(`Trial ${trial}: a full disk was called "${refusal}".`);
      await house.call('stats.get', {});
      rmSync(ballast);
      const roomAtMs = performance.now();
      const before = (await house.call('stats.get', {})).counts.completed;
      const last = await askAgain();
      const isDone = async (): Promise<boolean> =>
        (await house.call('job.result', { jobId: last })).done &&
        (await house.call('stats.get', {})).counts.completed > before;
      await until('going on', isDone, GO_ON_LIMIT_MS + 2_000);
      goOnMs.push(performance.now() - roomAtMs);
      failures.push(...auditBooks(house.profile).map((wrong) => `Trial ${trial}: ${wrong}`));
    }
    const open = async (): Promise<boolean> => (await house.call('stats.get', {})).pending === 0;
    await until('all done', open, 60_000);
    await until('all ended', async () => (await house.call('stats.get', {})).processing === 0, 60_000);
    failures.push(...work.compare());
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  } finally {
    await house.kill();
    await source.stop();
    spawnSync('umount', [disk]);
    rmSync(folder, { recursive: true, force: true });
  }
  const late = goOnMs.filter((tookMs) => tookMs > GO_ON_LIMIT_MS).map((tookMs) => `Work went on after ${tookMs} ms.`);
  table.add({ guarantee: 'G15', what: WHAT, trials, worst: worstMs(goOnMs), failures: [...failures, ...late] });

  /** The code of the first refusal; requests before it are acknowledged and count. */
  async function askUntilRefused(): Promise<string> {
    for (let tries = 0; tries < 500; tries += 1) {
      try {
        await work.enqueue(house, 200);
      } catch (error) {
        return toFailure(error).code;
      }
    }
    return 'never';
  }

  /** From the moment there is room; what is refused for a moment more is asked again. */
  async function askAgain(): Promise<number> {
    let jobId = 0;
    await until(
      'acknowledged again',
      async () => {
        try {
          const { jobIds } = await work.enqueue(house, 1);
          jobId = jobIds[0] ?? 0;
          await house.call('job.run', { jobIds: [jobId] });
          return true;
        } catch {
          return false;
        }
      },
      GO_ON_LIMIT_MS,
    );
    return jobId;
  }
}

/** The gate says that it is the disk: of the database, which cannot be written, or of the spool. */
async function isHeld({ call }: HouseProcess): Promise<boolean> {
  const { queues } = await call('queue.list', {});
  return queues.some(({ name, gate }) => name === 'default' && gate.state !== 'open' && gate.reason.includes('disk'));
}
