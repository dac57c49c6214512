/**
 * Owns how much memory one very large asset takes: of the worker that moves it, at its peak, and how much the main
 * process grows. Reads /proc, so Linux only. Called by run-trust-tests.ts.
 */
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrialTable } from '../trial-table.ts';
import { startMeasuredSource } from './measured-source.ts';
import { type Place, TransferHouse } from './transfer-house.ts';

const MIB = 1024 * 1024;
const WORKER_LIMIT_BYTES = 200 * MIB;
const HOUSE_GROWTH_LIMIT_BYTES = 150 * MIB;
const END_LIMIT_MS = 600_000;

export async function runMemoryUse(table: TrialTable, sizeBytes: number): Promise<void> {
  const what = `an asset of ${(sizeBytes / MIB / 1024).toFixed(1)} GiB`;
  if (!existsSync('/proc/self/status')) {
    table.skip('G22', what, 'peak memory is read from /proc');
    return;
  }
  const source = await startMeasuredSource({ bytes: sizeBytes, chunkBytes: 1024 * 1024, pauseMs: 0 });
  const here = await TransferHouse.open();
  mkdirSync(join(here.folder, 'from'));
  const file = openSync(join(here.folder, 'from', 'film.bin'), 'w');
  ftruncateSync(file, sizeBytes);
  closeSync(file);
  const routes: readonly (readonly [string, Place])[] = [
    ['disk to disk', here.disk('from')],
    ['web to disk', here.web(source.address)],
  ];
  try {
    for (const [route, from] of routes) {
      const { workerBytes, growthBytes, state } = await move(here, from);
      const failures = [
        ...(state === 'completed' ? [] : [`It ended as ${state}.`]),
        ...(workerBytes <= WORKER_LIMIT_BYTES ? [] : [`A worker took ${Math.round(workerBytes / MIB)} MiB.`]),
        ...(growthBytes <= HOUSE_GROWTH_LIMIT_BYTES ? [] : [`The house grew by ${Math.round(growthBytes / MIB)} MiB.`]),
      ];
      table.add({
        guarantee: 'G22',
        what: `${what}, ${route}: a worker stays below ${WORKER_LIMIT_BYTES / MIB} MiB (the house grew by ${Math.round(growthBytes / MIB)} MiB)`,
        trials: 1,
        worst: `${Math.round(workerBytes / MIB)} MiB`,
        failures,
      });
    }
  } finally {
    await here.close();
    await source.stop();
  }
}

async function move(here: TransferHouse, from: Place) {
  const houseBytes = memoryOf(here.house.pid, 'VmRSS');
  let workerBytes = 0;
  let housePeakBytes = houseBytes;
  const [jobId = 0] = await here.copy(from, here.disk('to'), [{ sourceKey: 'film.bin', destinationKey: 'film.bin' }]);
  const ended = here.ended([jobId], END_LIMIT_MS).then(([state]) => state);
  let isOver = false;
  ended.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    for (const pid of here.house.workerPids()) workerBytes = Math.max(workerBytes, memoryOf(pid, 'VmHWM'));
    housePeakBytes = Math.max(housePeakBytes, memoryOf(here.house.pid, 'VmRSS'));
    await sleep(100);
  }
  const state = await ended;
  rmSync(join(here.folder, 'to', 'film.bin'), { force: true });
  return { workerBytes, growthBytes: housePeakBytes - houseBytes, state };
}

/** 0 when the process is gone. */
function memoryOf(pid: number, field: 'VmHWM' | 'VmRSS'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}
