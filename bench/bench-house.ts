/**
 * Owns the whole product as vs-rclone.ts measures it: the real house with its built worker processes, one migration at a
 * time, and what it cost in wall and processor time.
 */
import { join } from 'node:path';
import { startHouse } from '../src-main/compose.ts';
import { forkWorker } from '../src-main/node-ports/fork-worker.ts';
import { nodeClock } from '../src-main/node-ports/node-clock.ts';
import { nodeDisk } from '../src-main/node-ports/node-disk.ts';
import { nodeRng } from '../src-main/node-ports/node-rng.ts';
import { openProfile } from '../src-main/node-ports/profile-paths.ts';
import { createSessionSecrets } from '../src-main/node-ports/session-secrets.ts';
import type { Log } from '../src-main/ports.ts';
import { DEFAULT_POLICIES, type OverwritePolicy } from '../src-shared/model/migration.ts';
import type { S3Address } from '../test-servers/servers/s3-server.ts';
import type { Cost } from './compare-costs.ts';
import { cpuSeconds } from './process-cpu.ts';
import { workerPids } from './worker-pids.ts';

export interface Place {
  readonly accountId: string;
  readonly container: string;
}

export interface BenchHouse {
  saveS3(address: S3Address): Promise<string>;
  saveWeb(): Promise<string>;
  /** Throws unless all `assets` complete. */
  migrate(source: Place, destination: Place, assets: number, overwrite: OverwritePolicy): Promise<Cost>;
  stop(): Promise<void>;
}

/** As many at once as rclone is given. */
const CONCURRENCY = 32;

export async function openBenchHouse(profile: string): Promise<BenchHouse> {
  const log: Log = { info() {}, warn: console.warn, error: console.error };
  const house = await startHouse({
    clock: nodeClock,
    rng: nodeRng,
    log,
    telemetry: () => undefined,
    paths: openProfile(profile),
    secrets: createSessionSecrets('bench'),
    spawnWorker: forkWorker(join(import.meta.dirname, '../out/main/worker.js'), log),
    disk: nodeDisk,
    desktop: null,
    door: 'headless',
    version: 'bench',
  });
  await house.call('queue.update', { queue: 'default', concurrency: CONCURRENCY });
  const accounts = new Map<string, string>();

  async function save(provider: string, options: Record<string, string>, secrets: Record<string, string>) {
    const known = accounts.get(provider);
    if (known !== undefined) return known;
    const { id } = await house.call('account.save', { provider, name: provider, options, secrets });
    accounts.set(provider, id);
    return id;
  }

  return {
    saveS3: ({ endpoint, region, accessKey, secretKey }) =>
      save('s3', { endpoint, region, accessKeyId: accessKey }, { secretAccessKey: secretKey }),
    saveWeb: () => save('http', { allowPrivateAddresses: 'true' }, {}),
    async migrate(source, destination, assets, overwrite) {
      const pids = await workerPids(house);
      const workersBefore = cpuSeconds(pids);
      const mainBefore = process.cpuUsage();
      const startedMs = performance.now();
      const { migrationId } = await house.call('migration.submit', {
        source: { ...source, prefix: '' },
        destination: { ...destination, prefix: '' },
        policies: { ...DEFAULT_POLICIES, overwrite },
      });
      await new Promise<void>((resolve, reject) => {
        let completed = 0;
        const stop = house.onOutcome((event) => {
          if (event.migrationId !== migrationId) return;
          completed += event.state === 'completed' ? 1 : 0;
          if (event.state !== 'completed') {
            stop();
            reject(new Error(`${event.sourceKey} ended as ${event.state}: ${event.failure?.message ?? ''}`));
          } else if (completed === assets) {
            stop();
            resolve();
          }
        });
      });
      const wallMs = performance.now() - startedMs;
      const { user, system } = process.cpuUsage(mainBefore);
      const mainCpuMs = (user + system) / 1_000;
      return { wallMs, mainCpuMs, cpuMs: mainCpuMs + (cpuSeconds(pids) - workersBefore) * 1_000 };
    },
    stop: () => house.stop(),
  };
}
