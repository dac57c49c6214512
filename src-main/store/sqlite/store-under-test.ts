/**
 * Owns a real store in a temporary folder for tests, and the question whether its counters tell the truth. Must not be
 * used by the product.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { StateCounts } from '../../../src-shared/model/job-state.ts';
import { JOB_STATES } from '../../../src-shared/model/job-state.ts';
import { DEFAULT_POLICIES } from '../../../src-shared/model/migration.ts';
import { NO_FILTER } from '../../../src-shared/model/selection.ts';
import type { JobSettlement, NewMigration } from '../records.ts';
import type { Store } from '../store.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

export const HISTORY_THREAD = fileURLToPath(new URL('./history-thread.ts', import.meta.url));

export interface StoreUnderTest {
  readonly store: Store;
  readonly path: string;
  /** Runs in a batch of its own and commits it. */
  batch<T>(work: () => T): T;
  /** Closes and opens the same file again. */
  reopen(): Promise<StoreUnderTest>;
  close(): Promise<void>;
}

export function openStoreUnderTest(folder = mkdtempSync(join(tmpdir(), 'transship-store-'))): StoreUnderTest {
  const path = join(folder, 'transship.sqlite');
  const store = openSqliteStore(path, HISTORY_THREAD);
  let nowMs = 1_000_000;
  return {
    store,
    path,
    batch(work) {
      nowMs += 1;
      store.begin(nowMs);
      const value = work();
      store.commit();
      return value;
    },
    async reopen() {
      await store.close();
      return openStoreUnderTest(folder);
    },
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const MIGRATION: NewMigration = {
  kind: 'transfer',
  name: 'photos',
  queue: 'default',
  source: { accountId: 'a', container: 'from', prefix: '' },
  destination: { accountId: 'b', container: 'to', prefix: '' },
  selection: 'listing',
  filter: NO_FILTER,
  policies: DEFAULT_POLICIES,
  isSample: false,
};

export function newJobs(from: number, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    sourceKey: `key ${from + index}`,
    destinationKey: `key ${from + index}`,
    sizeBytes: 10,
    versionToken: null,
  }));
}

const PLAIN: JobSettlement = {
  event: 'complete',
  outcome: 'completed',
  failure: null,
  failedStep: null,
  result: null,
  skipReason: null,
  notBeforeMs: null,
  strikes: 0,
  workerLosses: 0,
  forgetVersion: false,
  workerPid: 7,
};

export function settlement(changes: Partial<JobSettlement>): JobSettlement {
  return { ...PLAIN, ...changes };
}

/** What the jobs say, counted on a connection of its own: the truth that the counters must tell. */
export function countedJobs(path: string): StateCounts {
  const db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare('SELECT state, count(*) AS n FROM job GROUP BY state').all();
  db.close();
  const found = new Map(rows.map((row) => [String(row.state), Number(row.n)]));
  return Object.fromEntries(JOB_STATES.map((state) => [state, found.get(state) ?? 0])) as StateCounts;
}
