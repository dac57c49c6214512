/**
 * Owns the long work on many jobs: bulks, slice by slice over their pinned ids, and the cancelling of what waits in a
 * cancelled migration. One letter a slice, so that a hundred thousand jobs never hold the loop; how far it is stands in
 * the database, so that a restart goes on by itself. Called by the coordinator after commits.
 */
import type { Store } from '../store/store.ts';
import type { Desk } from './desk.ts';
import type { Mailbox } from './mailbox.ts';
import { waitsForCancel } from './open-jobs.ts';
import { steerJob } from './verbs/steer-jobs.ts';

export interface BulkRunner {
  /** Looks for cancelled migrations with waiting jobs. */
  look(): void;
  /** Looks for bulks that are not under way yet. */
  lookForBulks(): void;
  stop(): void;
}

/** About 8 ms of statements. */
const SLICE_JOBS = 250;

export function createBulkRunner(store: Store, mailbox: Mailbox, desk: Desk): BulkRunner {
  const cancelling = new Set<number>();
  const pinned = new Map<number, Float64Array>();
  let stopped = false;

  function cancelSlice(migrationId: number): void {
    cancelling.delete(migrationId);
    const migration = store.migration(migrationId);
    if (migration !== null && waitsForCancel(migration)) store.cancelSlice(migrationId, SLICE_JOBS);
  }

  function bulkSlice(bulkId: number): void {
    const bulk = store.bulk(bulkId);
    const ids = pinned.get(bulkId);
    if (bulk === null || ids === undefined || bulk.state !== 'running') {
      mailbox.onCommit(() => pinned.delete(bulkId));
      return;
    }
    const slice = ids.subarray(bulk.handled, bulk.handled + SLICE_JOBS);
    let changed = 0;
    for (const jobId of slice) if (steerJob(desk, jobId, bulk.verb) === null) changed += 1;
    store.advanceBulk(bulkId, slice.length, changed);
    if (bulk.handled + slice.length >= bulk.total) {
      store.endBulk(bulkId, 'done');
      mailbox.onCommit(() => pinned.delete(bulkId));
    } else mailbox.onCommit(() => goOn(bulkId));
  }

  function goOn(bulkId: number): void {
    if (!stopped) mailbox.deliver(() => bulkSlice(bulkId));
  }

  return {
    look() {
      if (stopped) return;
      for (const migration of store.openMigrations()) {
        if (cancelling.has(migration.id) || !waitsForCancel(migration)) continue;
        cancelling.add(migration.id);
        mailbox.deliver(() => cancelSlice(migration.id));
      }
    },
    lookForBulks() {
      if (stopped) return;
      for (const { id } of store.runningBulks()) {
        if (pinned.has(id)) continue;
        pinned.set(id, store.pinnedIds(id));
        goOn(id);
      }
    },
    stop() {
      stopped = true;
    },
  };
}
