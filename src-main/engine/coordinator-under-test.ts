/**
 * Owns a real coordinator over a real database, with fake workers and a clock that a test moves. Must not be used by
 * the product.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ParsedParams } from '../../src-shared/contract/commands.ts';
import { DEFAULT_POLICIES } from '../../src-shared/model/migration.ts';
import type { OutcomeEvent } from '../../src-shared/model/outcome.ts';
import { NO_FILTER } from '../../src-shared/model/selection.ts';
import { createManualClock, type ManualClock } from '../node-ports/manual-clock.ts';
import { createSessionSecrets } from '../node-ports/session-secrets.ts';
import type { Log, Rng, Secrets } from '../ports.ts';
import { descriptors } from '../providers/registry.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import { HISTORY_THREAD } from '../store/sqlite/store-under-test.ts';
import { type Coordinator, createCoordinator } from './coordinator.ts';
import { createFakeWorkers, type FakeWorkers } from './fake-workers.ts';

export interface CoordinatorUnderTest {
  readonly coordinator: Coordinator;
  readonly workers: FakeWorkers;
  readonly clock: ManualClock;
  readonly outcomes: OutcomeEvent[];
  readonly logged: string[];
  /** Titles of the desktop's notifications. */
  readonly notified: string[];
  readonly disk: { freeBytes: number };
  readonly secrets: Secrets;
  /** As after kill -9: nothing is stopped, the next one opens the same file. */
  crash(prepare?: (workers: FakeWorkers) => void): Promise<CoordinatorUnderTest>;
  close(): Promise<void>;
}

export async function openCoordinatorUnderTest(
  folder = mkdtempSync(join(tmpdir(), 'transship-engine-')),
  prepare: (workers: FakeWorkers) => void = () => undefined,
  rng: Rng = { fraction: () => 0 },
): Promise<CoordinatorUnderTest> {
  const clock = createManualClock();
  const workers = createFakeWorkers(clock);
  prepare(workers);
  const outcomes: OutcomeEvent[] = [];
  const logged: string[] = [];
  const notified: string[] = [];
  const secrets = createSessionSecrets('this is a test');
  const disk = { freeBytes: 1e12 };
  const log: Log = {
    info: () => undefined,
    warn: (message) => logged.push(message),
    error: (message) => logged.push(message),
  };
  const store = openSqliteStore(join(folder, 'transship.sqlite'), HISTORY_THREAD);
  const coordinator = createCoordinator({
    store,
    clock,
    log,
    telemetry: () => undefined,
    rng,
    secrets,
    spawnWorker: workers.spawn,
    catalogue: descriptors(),
    defaultWorkers: 2,
    spoolFolder: folder,
    disk: { freeBytes: async () => disk.freeBytes },
    desktop: {
      chooseFolder: async () => null,
      chooseFile: async () => null,
      async notify({ title }) {
        notified.push(title);
      },
    },
    maintenance: { sweep: async () => 'swept', backup: async () => 'backed up' },
  });
  coordinator.onCommitted((committed) => outcomes.push(...committed.outcomes));
  await coordinator.start();
  await clock.settle();
  return {
    coordinator,
    workers,
    clock,
    outcomes,
    logged,
    notified,
    secrets,
    disk,
    async crash(prepareNext) {
      await store.close();
      return openCoordinatorUnderTest(folder, prepareNext, rng);
    },
    async close() {
      const stopping = coordinator.stop(1_000);
      await clock.advance(5_000);
      await stopping;
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const REQUEST: ParsedParams<'migration.submit'> = {
  source: { accountId: 'this-computer', container: '/from', prefix: '' },
  destination: { accountId: 'this-computer', container: '/to', prefix: '' },
  selection: { kind: 'listing', filter: NO_FILTER },
  policies: DEFAULT_POLICIES,
  queue: 'default',
};
