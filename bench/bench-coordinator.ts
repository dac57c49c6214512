/**
 * Owns a coordinator over a real database in a temporary folder, with workers that do nothing. Used by the benches of
 * the queue; must not be used by the product.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Coordinator, createCoordinator } from '../src-main/engine/coordinator.ts';
import { nodeClock } from '../src-main/node-ports/node-clock.ts';
import { nodeDisk } from '../src-main/node-ports/node-disk.ts';
import { nodeRng } from '../src-main/node-ports/node-rng.ts';
import { createSessionSecrets } from '../src-main/node-ports/session-secrets.ts';
import type { Log } from '../src-main/ports.ts';
import { descriptors } from '../src-main/providers/registry.ts';
import { openSqliteStore } from '../src-main/store/sqlite/open-sqlite-store.ts';
import { DEFAULT_POLICIES } from '../src-shared/model/migration.ts';
import { NO_FILTER } from '../src-shared/model/selection.ts';
import { type NoOpEnd, noOpWorkers } from './no-op-worker.ts';

export interface BenchHouse {
  readonly coordinator: Coordinator;
  close(): Promise<void>;
}

/** Errors are printed: a bench that fails must not look fast. */
const log: Log = { info() {}, warn: console.warn, error: console.error };

/** `concurrency`: berths of the one queue. `assets`: what each listing gives. `end`: how jobs end. */
export async function openBenchHouse(
  concurrency: number,
  assets: number,
  end: NoOpEnd = 'complete',
): Promise<BenchHouse> {
  const folder = mkdtempSync(join(tmpdir(), 'transship-bench-'));
  const thread = fileURLToPath(new URL('../src-main/store/sqlite/history-thread.ts', import.meta.url));
  const store = openSqliteStore(join(folder, 'bench.db'), thread);
  const coordinator = createCoordinator({
    store,
    clock: nodeClock,
    rng: nodeRng,
    log,
    telemetry: () => undefined,
    secrets: createSessionSecrets('bench'),
    spawnWorker: noOpWorkers(assets, end),
    catalogue: descriptors(),
    defaultWorkers: 2,
    spoolFolder: folder,
    disk: nodeDisk,
    desktop: null,
    maintenance: { sweep: async () => '', backup: async () => '' },
  });
  await coordinator.call((desk) => desk.store.updateQueue('default', { concurrency }));
  await coordinator.start();
  return {
    coordinator,
    async close() {
      await coordinator.stop(1_000);
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The request of the benches: from one folder to another, never opened by workers that do nothing. */
export function benchRequest(name: string) {
  return {
    name,
    source: { accountId: 'this-computer', container: '/bench/source', prefix: '' },
    destination: { accountId: 'this-computer', container: '/bench/destination', prefix: '' },
    selection: { kind: 'listing' as const, filter: NO_FILTER },
    policies: { ...DEFAULT_POLICIES, overwrite: 'always' as const },
    queue: 'default',
  };
}

/** Resolves when no job is open any more. */
export async function untilDone({ store, onCommitted }: Coordinator): Promise<void> {
  await new Promise<void>((resolve) => {
    const isDone = (): boolean =>
      store.queues().every(({ counts }) => counts.pending + counts.running + counts.scheduled === 0);
    const stop = onCommitted(() => {
      if (!isDone()) return;
      stop();
      resolve();
    });
    if (isDone()) {
      stop();
      resolve();
    }
  });
}
