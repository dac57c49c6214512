/**
 * Measures listing a bucket of a million keys into jobs: how long, and by how much the main process and the worker that
 * lists grow at the most, against a listing of 10,000 keys done before. Linux only. Run as `npm run bench:list-million`;
 * `-- --page-ms 100` for a service that takes so long for each page, `-- --keys 200000` for another number.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startHouse } from '../src-main/compose.ts';
import { forkWorker } from '../src-main/node-ports/fork-worker.ts';
import { nodeClock } from '../src-main/node-ports/node-clock.ts';
import { nodeDisk } from '../src-main/node-ports/node-disk.ts';
import { nodeRng } from '../src-main/node-ports/node-rng.ts';
import { openProfile } from '../src-main/node-ports/profile-paths.ts';
import { createSessionSecrets } from '../src-main/node-ports/session-secrets.ts';
import type { Log } from '../src-main/ports.ts';
import { megabytes, ms, perSecond, printFigures } from './figures.ts';
import { workerPids } from './worker-pids.ts';

const WARM_UP_KEYS = 10_000;
const PAGE_KEYS = 1_000;
const LOOK_MS = 50;

const { values } = parseArgs({
  options: { 'page-ms': { type: 'string', default: '0' }, keys: { type: 'string', default: '1000000' } },
});
const pageMs = Number(values['page-ms']);
const manyKeys = Number(values.keys);

const log: Log = { info() {}, warn: console.warn, error: console.error };
const folder = mkdtempSync(join(tmpdir(), 'transship-bench-'));
const house = await startHouse({
  clock: nodeClock,
  rng: nodeRng,
  log,
  telemetry: () => undefined,
  paths: openProfile(join(folder, 'profile')),
  secrets: createSessionSecrets('bench'),
  spawnWorker: forkWorker(fileURLToPath(new URL('../src-main/worker/worker-entry.ts', import.meta.url)), log),
  disk: nodeDisk,
  desktop: null,
  door: 'headless',
  version: 'bench',
});
await house.call('settings.update', { maxOpenJobs: 2 * manyKeys });
await house.call('queue.pause', { queue: 'default' });

/** Returns the milliseconds until every key is a pending job. */
async function list(keys: number): Promise<number> {
  const server = fork(fileURLToPath(new URL('listing-server.ts', import.meta.url)), [String(keys), String(pageMs)]);
  const [{ port }] = await once(server, 'message');
  const { id } = await house.call('account.save', {
    provider: 's3',
    name: `${keys} keys`,
    options: { endpoint: `http://127.0.0.1:${port}`, accessKeyId: 'bench' },
    secrets: { secretAccessKey: 'bench' },
  });
  const startedMs = performance.now();
  const { migrationId } = await house.call('migration.submit', {
    source: { accountId: id, container: 'media', prefix: '' },
    destination: { accountId: 'memory', container: 'discard', prefix: '' },
  });
  for (;;) {
    const { listing, listingFailure, counts } = await house.call('migration.get', { migrationId });
    if (listingFailure !== null) throw new Error(listingFailure.message);
    if (listing === 'done' && counts.pending === keys) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  server.kill();
  return performance.now() - startedMs;
}

/** Resident bytes now, or the most they ever were. */
function residentBytes(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) * 1_024;
}

await list(WARM_UP_KEYS);
globalThis.gc?.();
const workers = await workerPids(house);
const before = [process.pid, ...workers].map((pid) => residentBytes(pid, 'VmRSS'));
const elapsedMs = await list(manyKeys);
const [main = Number.NaN, ...grown] = [process.pid, ...workers].map(
  (pid, index) => residentBytes(pid, 'VmHWM') - (before[index] ?? Number.NaN),
);
printFigures(`A bucket of ${manyKeys.toLocaleString('en')} keys, every one a pending job, ${pageMs} ms a page`, [
  ['after', ms(elapsedMs)],
  ['its pages in a row would take, with nothing else', ms((manyKeys / PAGE_KEYS) * pageMs)],
  ['keys', perSecond(manyKeys, elapsedMs)],
  ['main process grew by', megabytes(main), 'at most 100 MB'],
  ['worker that grew most', megabytes(Math.max(...grown)), 'at most 100 MB'],
]);
await house.stop();
rmSync(folder, { recursive: true, force: true });
