/**
 * Owns a disk that fills up while a large asset is spooled, or staged where it will be published: the house must say so,
 * and go on by itself from what it has when there is room. Needs root, for a small disk. Called by run-trust-tests.ts.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askDatabase, until } from '../kills/house-process.ts';
import { auditBooks } from '../kills/steady-work.ts';
import { type TrialTable, worstMs } from '../trial-table.ts';
import { startMeasuredSource } from './measured-source.ts';
import { TransferHouse } from './transfer-house.ts';

const DISK_MIB = 300;
const MIB = 1024 * 1024;
const ASSET_BYTES = 80 * MIB;
const GO_ON_LIMIT_MS = 5_000;
const what = (verb: Way): string =>
  `a disk that fills up while an asset is ${verb} is named, and the asset goes on when there is room`;

/** Web to S3 rests in the spool on its way; web to disk rests nowhere else. */
type Way = 'spooled' | 'staged';

export async function runFullSpool(table: TrialTable, trials: number): Promise<void> {
  await runWay(table, trials, 'spooled');
  await runWay(table, trials, 'staged');
}

async function runWay(table: TrialTable, trials: number, way: Way): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'transship-trust-'));
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', disk], { encoding: 'utf8' });
  if (mount.status !== 0) {
    table.skip('G15', what(way), `no small disk could be mounted: ${mount.stderr.trim()}`);
    rmSync(folder, { recursive: true, force: true });
    return;
  }
  const failures: string[] = [];
  const goOnMs: number[] = [];
  const bytes = randomBytes(ASSET_BYTES);
  const source = await startMeasuredSource({ bytes, chunkBytes: 128 * 1024, pauseMs: 5 });
  const here = await TransferHouse.open(disk);
  mkdirSync(join(disk, 'to'));
  const to = way === 'staged' ? { ...here.disk('to'), container: join(disk, 'to') } : here.bucket('to');
  try {
    for (let trial = 1; trial <= trials; trial += 1) {
      const name = `film ${trial}.bin`;
      const ballast = join(disk, 'ballast');
      const beforeBytes = source.sentBytes();
      const [jobId = 0] = await here.copy(here.web(source.address), to, [{ sourceKey: name, destinationKey: name }]);
      await until('spooling', () => source.sentBytes() > beforeBytes + 4 * MIB, 20_000);
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - Math.floor(Math.random() * 8 * MIB) - 2 * MIB)));
      const isHeld = async (): Promise<boolean> => {
        const { queues } = await here.house.call('queue.list', {});
        return queues.some(({ gate }) => gate.state === 'no-space' && gate.reason.includes('disk'));
      };
      // A full spool holds everybody; a full destination only those who go there.
      if (way === 'spooled') await until('held because of the disk', isHeld, 20_000);
      await until('given back', () => here.states([jobId])[0] !== 'running', 20_000);
      const [attempt] = askDatabase(
        here.profile,
        'SELECT failure FROM attempt WHERE job_id = ? ORDER BY number DESC',
        jobId,
      );
      if (!String(attempt?.failure).includes('"disk-full"'))
        failures.push(`${name}: it says ${String(attempt?.failure)}`);
      rmSync(ballast);
      const roomAtMs = performance.now();
      await until(
        'going on',
        () => ['running', 'completed'].includes(here.states([jobId])[0] ?? ''),
        GO_ON_LIMIT_MS + 3_000,
      );
      goOnMs.push(performance.now() - roomAtMs);
      const [state] = await here.ended([jobId], 60_000);
      if (state !== 'completed') failures.push(`${name} ended as ${state}.`);
      const landed =
        way === 'staged' ? readFileSync(join(disk, 'to', name)) : here.s3.buckets.get('to')?.get(name)?.bytes;
      if (landed?.equals(bytes) !== true) failures.push(`${name} has other bytes.`);
      rmSync(join(disk, 'to', name), { force: true });
      failures.push(...auditBooks(here.profile).map((wrong) => `${name}: ${wrong}`));
    }
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  } finally {
    await here.close();
    await source.stop();
    spawnSync('umount', [disk]);
    rmSync(folder, { recursive: true, force: true });
  }
  const late = goOnMs.filter((ms) => ms > GO_ON_LIMIT_MS).map((ms) => `It went on after ${Math.round(ms)} ms.`);
  table.add({ guarantee: 'G15', what: what(way), trials, worst: worstMs(goOnMs), failures: [...failures, ...late] });
}
