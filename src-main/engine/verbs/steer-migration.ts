/**
 * Owns what people do to a whole migration: pause, resume, cancel, retry what failed, move to another queue,
 * remove the sample. Must not touch waiting jobs one by one: the bulk runner does. Verbs of the coordinator.
 *
 * Pausing closes the gate: nothing new starts, and what runs comes to its end.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { deriveDisplayState } from '../../../src-shared/model/migration.ts';
import { NOTICE_QUEUE } from '../../../src-shared/model/notice-rule.ts';
import type { StoredMigration } from '../../store/records.ts';
import type { Desk } from '../desk.ts';
import { waitsForCancel } from '../open-jobs.ts';
import { startBulk } from './keep-bulks.ts';

export type MigrationVerb = 'pause' | 'resume' | 'cancel';

/** Throws FailureError `not-found`, or `invalid-input` when the migration is in no state for it. */
export function steerMigration(desk: Desk, migrationId: number, verb: MigrationVerb): void {
  const migration = migrationOf(desk, migrationId);
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
  desk.store.updateMigration(migration.id, { intent: 'cancel', listing });
  for (const { job } of [...desk.running.all()]) {
    if (job.migrationId !== migration.id) continue;
    if (desk.store.steer(job.id, 'cancel').changed) desk.onCommit(() => desk.dismiss(job.token, 'cancel'));
  }
}

/**
 * Goes on with a migration that was paused; or, when only its jobs were, one by one or in bulk, with those (`pausedIds`,
 * ascending). Throws FailureError.
 */
export function resumeMigration(desk: Desk, migrationId: number, pausedIds: readonly number[]): void {
  const { intent } = migrationOf(desk, migrationId);
  steerMigration(desk, migrationId, 'resume');
  if (intent === 'run' && pausedIds.length > 0) {
    startBulk(desk, 'resume', { migrationId, states: ['paused'] }, pausedIds);
  }
}

/**
 * Sets the listing going again when that failed, its failed jobs (`failedIds`, ascending) by a bulk, and what a move
 * could not delete. Throws FailureError when nothing failed.
 */
export function retryFailed(desk: Desk, migrationId: number, failedIds: readonly number[]): void {
  const migration = migrationOf(desk, migrationId);
  if (waitsForCancel(migration)) {
    fail('invalid-input', `Migration ${migrationId} is still being cancelled.`, {
      field: 'migrationId',
      hint: 'Try again in a moment.',
    });
  }
  const listingFailed = migration.listing === 'failed';
  if (failedIds.length === 0 && !listingFailed && migration.removals.failed === 0) {
    fail('invalid-input', `Migration ${migrationId} has no failed jobs.`, { field: 'migrationId' });
  }
  desk.store.updateMigration(migrationId, {
    intent: 'run',
    ...(listingFailed ? { listing: 'listing', listingFailure: null } : {}),
  });
  desk.store.retryRemovals(migrationId);
  if (failedIds.length > 0) startBulk(desk, 'retry', { migrationId, states: ['failed'] }, failedIds);
}

/** Its jobs wait in the other queue from now on; what runs goes on. Throws FailureError; the queue of notices is theirs. */
export function moveMigration(desk: Desk, migrationId: number, queue: string): void {
  const migration = migrationOf(desk, migrationId);
  if (desk.store.queue(queue) === null || queue === NOTICE_QUEUE) {
    fail('not-found', `There is no queue "${queue}".`, { field: 'queue' });
  }
  if (migration.queue !== queue) desk.store.moveMigration(migrationId, queue);
}

/** Throws FailureError `not-found`; the one that holds notices is nobody's to steer. */
export function migrationOf(desk: Pick<Desk, 'store'>, migrationId: number): StoredMigration {
  const migration = desk.store.migration(migrationId);
  if (migration === null || migration.kind !== 'transfer') {
    fail('not-found', `There is no migration ${migrationId}.`, { field: 'migrationId' });
  }
  return migration;
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
