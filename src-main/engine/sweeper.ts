/**
 * Owns the long tails of a person's word: cancelling every waiting job of a migration, setting every failed one going
 * again. Slice by slice, one letter each, so that a hundred thousand jobs never hold the loop; what is left to do is
 * read from the database, so that a restart goes on by itself. Called by the coordinator after commits.
 */
import type { StoredMigration } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Mailbox } from './mailbox.ts';

export interface Sweeper {
  look(): void;
}

/** About 10 ms of statements. */
const SLICE_JOBS = 500;

export function createSweeper(store: Store, mailbox: Mailbox): Sweeper {
  const queued = new Set<number>();

  function sweep(migrationId: number): void {
    queued.delete(migrationId);
    const migration = store.migration(migrationId);
    if (migration === null) return;
    if (waitsForCancel(migration)) {
      store.cancelSlice(migrationId, SLICE_JOBS);
    } else if (migration.retryUpToId !== null) {
      const changed = store.retrySlice(migrationId, migration.retryUpToId, SLICE_JOBS);
      if (changed < SLICE_JOBS) store.updateMigration(migrationId, { retryUpToId: null });
    }
  }

  return {
    look() {
      for (const migration of store.openMigrations()) {
        if (queued.has(migration.id)) continue;
        if (!waitsForCancel(migration) && migration.retryUpToId === null) continue;
        queued.add(migration.id);
        mailbox.deliver(() => sweep(migration.id));
      }
    },
  };
}

function waitsForCancel({ intent, counts }: StoredMigration): boolean {
  return intent === 'cancel' && counts.pending + counts.scheduled + counts.paused > 0;
}
