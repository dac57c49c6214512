/**
 * Owns how a stored migration looks to everyone outside: with its derived state. Pure. Called by the history queries
 * and by engine/house-view.
 */
import { JOB_STATES } from '../../src-shared/model/job-state.ts';
import { deriveDisplayState, type MigrationView } from '../../src-shared/model/migration.ts';
import type { StoredMigration } from './records.ts';

export function migrationView(stored: StoredMigration): MigrationView {
  return {
    id: stored.id,
    name: stored.name,
    queue: stored.queue,
    source: stored.source,
    destination: stored.destination,
    policies: stored.policies,
    intent: stored.intent,
    listing: stored.listing,
    listingFailure: stored.listingFailure,
    state: deriveDisplayState(stored),
    // A copy: the ledger goes on counting in its own.
    counts: { ...stored.counts },
    discovered: JOB_STATES.reduce((sum, state) => sum + stored.counts[state], 0),
    totalBytes: stored.totalBytes,
    doneBytes: stored.doneBytes,
    isSample: stored.isSample,
    createdAtMs: stored.createdAtMs,
    finishedAtMs: stored.finishedAtMs,
  };
}
