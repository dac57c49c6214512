/**
 * Owns what becomes of a source asset after its copy: the choice, the proof that deleting it demands, and how it ended.
 * Pure. Must not decide about a job (engine/decide-removal.ts does). Read by every room.
 */
import type { Failure } from './failure.ts';
import { type ProofRung, proofHolds } from './proof.ts';

/** What to do with the source asset when its copy is proven. `delete-source` makes a migration a move. */
export const AFTER_COPY_RULES = ['keep', 'delete-source'] as const;
export type AfterCopyRule = (typeof AFTER_COPY_RULES)[number];

/** The weakest rung after which a source may go: what is read back may come from a cache that a power cut empties. */
export const MOVE_PROOF: ProofRung = 'etag';

/** The least proof of a migration of which nobody said how much it needs. */
export function usualProof(afterCopy: AfterCopyRule): ProofRung {
  return afterCopy === 'keep' ? 'size-only' : MOVE_PROOF;
}

export function allowsRemoval(proof: ProofRung): boolean {
  return proofHolds(proof, MOVE_PROOF);
}

/**
 * `owed`: the copy is proven and recorded, the source not gone yet. `failed`: it could not be deleted, until somebody
 * retries. `kept`: it stays, for a reason.
 */
export const REMOVAL_STATES = ['owed', 'deleted', 'kept', 'failed'] as const;
export type RemovalState = (typeof REMOVAL_STATES)[number];

export type RemovalCounts = Readonly<Record<RemovalState, number>>;

export const NO_REMOVALS: RemovalCounts = { owed: 0, deleted: 0, kept: 0, failed: 0 };

/** Why a source stays although its migration is a move. */
export const KEPT_REASONS = [
  'already-there',
  'unproven',
  'no-version',
  'source-changed',
  'copy-changed',
  'cancelled',
] as const;
export type KeptReason = (typeof KEPT_REASONS)[number];

/** Read after "Kept: ". */
export const KEPT_WORDS: Readonly<Record<KeptReason, string>> = {
  'already-there': 'the destination had these bytes already, and could be the source itself by another way',
  unproven: 'the copy is not proven well enough',
  'no-version': 'the source or the destination tells no versions, so a change would go unseen',
  'source-changed': 'the source changed after it was copied',
  'copy-changed': 'the copy is gone from the destination, or was changed there',
  cancelled: 'the migration was cancelled before',
};

/** How it stands with the source of a job that arrived. */
export interface SourceRemoval {
  readonly state: RemovalState;
  /** Of those that are kept. */
  readonly because: KeptReason | null;
  /** What the last try to delete it failed with. */
  readonly failure: Failure | null;
}
