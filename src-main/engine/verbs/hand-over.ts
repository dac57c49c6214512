/**
 * Owns giving a reviewed plan to a migration, slice by slice: until the last one arrived the migration is there and
 * nothing of it runs, so that never a part of what was reviewed is taken for the whole. Must not read plans. Verbs of
 * the coordinator; the planner leaves alone what is being handed over, and rescue gives up what an earlier run left so.
 */

import { fail, failure } from '../../../src-shared/model/failure.ts';
import type { NamedAsset } from '../../../src-shared/model/migration.ts';
import type { MigrationRequest } from '../../../src-shared/model/migration-request.ts';
import type { Store } from '../../store/store.ts';
import type { Desk } from '../desk.ts';
import { acceptAmount, acceptRequest } from './accept-request.ts';
import { nameOf } from './submit-migration.ts';

/** In the place of the ordinal of the next named asset. */
export const HANDING_OVER = 'handing-over';

/** Throws FailureError, as submit does. */
export function beginHandOver(desk: Desk, request: MigrationRequest): number {
  const { source, destination, policies, queue, selection } = request;
  acceptAmount(desk, 1);
  acceptRequest(desk, { source, destination, assets: selection.kind === 'assets' ? [] : null, policies, queue });
  const migrationId = desk.store.insertMigration({
    kind: 'transfer',
    name: nameOf(desk, request.name, source, destination),
    queue,
    source,
    destination,
    selection: 'assets',
    // Its keys were chosen when it was planned.
    filter: null,
    policies,
    isSample: false,
  });
  desk.store.updateMigration(migrationId, { listingPosition: HANDING_OVER });
  return migrationId;
}

/** `from`: how many came before. Throws FailureError when the migration was cancelled meanwhile. */
export function handOver(desk: Desk, migrationId: number, assets: readonly NamedAsset[], from: number): void {
  assertHandingOver(desk, migrationId);
  desk.store.insertNamedAssets(migrationId, assets, from);
}

/** From here on it runs like any other. Returns how many jobs of its queue are ahead. */
export function endHandOver(desk: Desk, migrationId: number): number {
  const { queue } = assertHandingOver(desk, migrationId);
  desk.store.updateMigration(migrationId, { listingPosition: null });
  return desk.store.queue(queue)?.counts.pending ?? 0;
}

/** Nothing of it ran, and nothing will. Quiet when it is handed over or cancelled. */
export function giveUpHandOver(store: Store, migrationId: number): void {
  const migration = store.migration(migrationId);
  if (migration?.listingPosition !== HANDING_OVER || migration.intent === 'cancel') return;
  store.updateMigration(migrationId, {
    intent: 'cancel',
    listing: 'done',
    listingFailure: failure('unexpected', 'The plan was not handed over to its end, so nothing of it was begun.', {
      hint: 'Plan it again and run that.',
    }),
  });
}

function assertHandingOver(desk: Desk, migrationId: number) {
  const migration = desk.store.migration(migrationId);
  if (migration?.listingPosition === HANDING_OVER && migration.intent !== 'cancel') return migration;
  return fail('invalid-input', `Migration ${migrationId} was cancelled while the plan was handed over.`, {
    hint: 'Nothing of it was begun.',
  });
}
