/**
 * Measures 2,000 files of 16 KiB through the whole product: jobs, database, worker processes, spool, proof.
 * Local disk → local disk, and HTTP → local disk. Run as `npm run bench:transfer-small`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startHouse } from '../src-main/compose.ts';
import { forkWorker } from '../src-main/node-ports/fork-worker.ts';
import { nodeClock } from '../src-main/node-ports/node-clock.ts';
import { nodeDisk } from '../src-main/node-ports/node-disk.ts';
import { nodeRng } from '../src-main/node-ports/node-rng.ts';
import { openProfile } from '../src-main/node-ports/profile-paths.ts';
import { createSessionSecrets } from '../src-main/node-ports/session-secrets.ts';
import type { Log } from '../src-main/ports.ts';
import { perSecond, printFigures } from './figures.ts';
import { cpuSeconds } from './process-cpu.ts';
import { smallFile, smallFileName } from './small-files.ts';
import { workerPids } from './worker-pids.ts';

const FILES = 2_000;
const SIZE_BYTES = 16 * 1024;
const CONCURRENCY = 32;

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
await house.call('queue.update', { queue: 'default', concurrency: CONCURRENCY });

async function measure(title: string, source: { accountId: string; container: string }): Promise<void> {
  const target = mkdtempSync(join(folder, 'target-'));
  const pids = [process.pid, ...(await workerPids(house))];
  const cpuBefore = cpuSeconds(pids);
  const startedMs = performance.now();
  const { migrationId } = await house.call('migration.submit', {
    source: { ...source, prefix: '' },
    destination: { accountId: 'this-computer', container: target, prefix: '' },
    policies: { overwrite: 'if-different', minimumProof: 're-read' },
  });
  const finished = new Promise<void>((resolve) => {
    let ended = 0;
    const stop = house.onOutcome((event) => {
      if (event.migrationId !== migrationId) return;
      if (event.state !== 'completed') console.error(event);
      ended += 1;
      if (ended < FILES) return;
      stop();
      resolve();
    });
  });
  await finished;
  const elapsedMs = performance.now() - startedMs;
  const cpu = cpuSeconds(pids) - cpuBefore;
  const names = readdirSync(target);
  if (names.length !== FILES) throw new Error(`${names.length} of ${FILES} files arrived.`);
  for (const index of [0, 999, 1_999]) {
    if (!readFileSync(join(target, smallFileName(index))).equals(smallFile(index, SIZE_BYTES))) {
      throw new Error(`File ${index} arrived with other bytes.`);
    }
  }
  printFigures(`${title}, ${FILES.toLocaleString('en')} × 16 KiB, ${CONCURRENCY} at once, proven by reading back`, [
    ['files', perSecond(FILES, elapsedMs)],
    ['wall', `${(elapsedMs / 1_000).toFixed(2)} s`],
    ['processor, main + workers', `${cpu.toFixed(2)} s`],
    ['processor a file', `${((cpu / FILES) * 1_000).toFixed(2)} ms`],
  ]);
}

const origin = join(folder, 'origin');
mkdirSync(origin);
for (let index = 0; index < FILES; index += 1)
  writeFileSync(join(origin, smallFileName(index)), smallFile(index, SIZE_BYTES));
const server = fork(fileURLToPath(new URL('./small-file-server.ts', import.meta.url)), [`${FILES}`, `${SIZE_BYTES}`]);
const [{ port }] = (await once(server, 'message')) as [{ port: number }];

try {
  await measure('Local → local', { accountId: 'this-computer', container: origin });
  const web = await house.call('account.save', {
    provider: 'http',
    name: 'bench server',
    options: { allowPrivateAddresses: 'true' },
    secrets: {},
  });
  await measure('HTTP → local', { accountId: web.id, container: `http://127.0.0.1:${port}/` });
} finally {
  server.disconnect();
  await house.stop();
  rmSync(folder, { recursive: true, force: true });
}
