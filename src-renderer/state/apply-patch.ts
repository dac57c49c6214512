/**
 * Owns turning the picture before a patch into the picture after it. Pure: rows that did not change stay the same
 * objects, so that only what changed is drawn again. Called by house-store.ts.
 */
import type { Patch } from '../../src-shared/contract/channel.ts';
import type { HouseState, RunningJob } from '../../src-shared/model/house.ts';
import type { MigrationView } from '../../src-shared/model/migration.ts';

/** Ten minutes of samples, as the house keeps them. */
const KEPT_SAMPLES = 600;

export function applyPatch(before: HouseState, patch: Patch): HouseState {
  return {
    paused: patch.paused ?? before.paused,
    stats: patch.stats ?? before.stats,
    pool: patch.pool ?? before.pool,
    queues: patch.queues ?? before.queues,
    accounts: patch.accounts ?? before.accounts,
    lanes: patch.lanes ?? before.lanes,
    migrations: patchMigrations(before.migrations, patch.migrations, patch.removedMigrations),
    running: patchRunning(before.running, patch),
    throughput:
      patch.throughput === undefined
        ? before.throughput
        : [...before.throughput.slice(-(KEPT_SAMPLES - 1)), patch.throughput],
    forecast: patch.forecast === undefined ? before.forecast : patch.forecast,
    bulks: patch.bulks ?? before.bulks,
    schedules: patch.schedules ?? before.schedules,
    noticeRules: patch.noticeRules ?? before.noticeRules,
    settings: patch.settings ?? before.settings,
    health: patch.health === undefined ? before.health : patch.health,
    news: patch.news ?? before.news,
  };
}

/** Newest first, as in the snapshot. */
function patchMigrations(
  before: readonly MigrationView[],
  changed: readonly MigrationView[] = [],
  removed: readonly number[] = [],
): readonly MigrationView[] {
  if (changed.length === 0 && removed.length === 0) return before;
  const rows = new Map(before.map((migration) => [migration.id, migration]));
  for (const id of removed) rows.delete(id);
  for (const migration of changed) rows.set(migration.id, migration);
  return [...rows.values()].sort((one, other) => other.id - one.id);
}

/** In the order they began: a live row never moves. */
function patchRunning(before: readonly RunningJob[], patch: Patch): readonly RunningJob[] {
  const { running = [], stopped = [], progress = [] } = patch;
  if (running.length === 0 && stopped.length === 0 && progress.length === 0) return before;
  const rows = new Map(before.map((row) => [row.job.id, row]));
  for (const id of stopped) rows.delete(id);
  for (const row of running) rows.set(row.job.id, row);
  for (const item of progress) {
    const row = rows.get(item.jobId);
    if (row !== undefined) rows.set(item.jobId, { job: row.job, progress: item });
  }
  return [...rows.values()];
}
