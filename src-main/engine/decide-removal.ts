/**
 * Owns what a settled attempt of a move means for its source. Pure. Must not write. Called by removal-ledger.ts.
 *
 * Only what this job brought itself is deleted at its source: it saw, while the source was there, that the destination
 * was empty or held other bytes. What was there already may be the source by another way (a second account, a mount, a
 * link), and no comparison can tell.
 */
import type { MigrationPolicies } from '../../src-shared/model/migration.ts';
import { allowsRemoval, type KeptReason } from '../../src-shared/model/source-removal.ts';
import type { JobSettlement, RemovalRecord } from '../store/records.ts';

/** `isApart`: source and destination were seen to be two assets. null: there is nothing to say of the source. */
export function decideRemoval(
  { afterCopy }: Pick<MigrationPolicies, 'afterCopy'>,
  { event, result }: Pick<JobSettlement, 'event' | 'result'>,
  isApart: boolean,
  nowMs: number,
): RemovalRecord | null {
  if (afterCopy !== 'delete-source' || result === null) return null;
  const kept = (because: KeptReason): RemovalRecord => ({ state: 'kept', because });
  if (event !== 'complete' || !isApart) return kept('already-there');
  if (!allowsRemoval(result.proof)) return kept('unproven');
  if (result.sourceVersion === null || result.destinationVersion === null) return kept('no-version');
  return { state: 'owed', dueAtMs: nowMs, failure: null, strikes: 0 };
}
