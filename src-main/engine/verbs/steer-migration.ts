/**
 * Owns what people do to a whole migration: pause, resume, cancel, retry what failed, remove the sample. Must not
 * touch waiting jobs one by one: the sweeper does. Verbs of the coordinator.
 *
 * Pausing closes the gate: nothing new starts, and what runs comes to its end.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { deriveDisplayState } from '../../../src-shared/model/migration.ts';
import type { StoredMigration } from '../../store/records.ts';
import type { Desk } from '../desk.ts';

export type MigrationVerb = 'pause' | 'resume' | 'cancel' | 'retryFailed';

/** Throws FailureError `not-found`, or `invalid-input` when the migration is in no state for it. */
export function steerMigration(desk: Desk, migrationId: number, verb: MigrationVerb): void {
  const migration = desk.store.migration(migrationId);
  if (migration === null) {
    fail('not-found', `There is no migration ${migrationId}.`, { field: 'migrationId' });
  }
  switch (verb) {
    case 'pause':
      refuseFinished(migration, 'paused');
      desk.store.updateMigration(migrationId, { intent: 'pause' });
      return;
    case 'resume':
      refuseFinished(migration, 'resumed');
      desk.store.updateMigration(migrationId, { intent: 'run' });
      return;
    case 'cancel':
      refuseFinished(migration, 'cancelled');
      cancel(desk, migration);
      return;
    case 'retryFailed':
      retryFailed(desk, migration);
  }
}

function refuseFinished(migration: StoredMigration, word: string): void {
  if (migration.intent !== 'cancel' && migration.finishedAtMs === null) return;
  fail('invalid-input', `Migration ${migration.id} is ${deriveDisplayState(migration)}; it cannot be ${word}.`, {
    field: 'migrationId',
  });
}

function cancel(desk: Desk, migration: StoredMigration): void {
  // What was not listed yet stays unlisted, also when single jobs are set going again later.
  const listing = migration.listing === 'failed' ? 'failed' : 'done';
  desk.store.updateMigration(migration.id, { intent: 'cancel', listing, retryUpToId: null });
  for (const { job } of [...desk.running.all()]) {
    if (job.migrationId !== migration.id) continue;
    if (desk.store.steer(job.id, 'cancel').changed) desk.onCommit(() => desk.dismiss(job.token, 'cancel'));
  }
}

function retryFailed(desk: Desk, migration: StoredMigration): void {
  const listingFailed = migration.listing === 'failed';
  if (migration.counts.failed === 0 && !listingFailed) {
    fail('invalid-input', `Migration ${migration.id} has no failed jobs.`, { field: 'migrationId' });
  }
  desk.store.updateMigration(migration.id, {
    intent: 'run',
    ...(migration.counts.failed > 0 ? { retryUpToId: desk.store.highestJobId() } : {}),
    ...(listingFailed ? { listing: 'listing', listingFailure: null } : {}),
  });
}

/** Takes the sample's migrations with their jobs out of the history. Throws FailureError while one is open. */
export function removeSamples(desk: Desk): void {
  const ids = desk.store.sampleMigrations();
  const open = ids.find((id) => desk.store.migration(id)?.finishedAtMs === null);
  if (open !== undefined) {
    fail('invalid-input', 'The sample migration is still moving.', { hint: 'Cancel it or let it finish first.' });
  }
  for (const id of ids) desk.store.removeMigration(id);
}
