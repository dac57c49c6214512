/**
 * Owns the first step: may this asset go there, and must it? Must not move bytes. Called by run-attempt.ts.
 */
import type { AssetHead, Digests } from '../../src-shared/model/asset.ts';
import { fail } from '../../src-shared/model/failure.ts';
import { type ProofRung, proofHolds } from '../../src-shared/model/proof.ts';
import type { Attempt } from './attempt.ts';
import { compareAssets } from './compare-assets.ts';
import { mayCopyThere } from './copy-there.ts';
import { asStated } from './stated-asset.ts';
import { vouchedDigest } from './verify-destination.ts';
import { watchCall } from './watch-call.ts';

export type Resolution =
  | { readonly kind: 'skip'; readonly skip: Skip }
  | {
      readonly kind: 'transfer';
      /** Nothing was there: the write may not replace anything, and may be taken back. */
      readonly onlyIfAbsent: boolean;
      /** Nobody looked whether something is there: the write finds out. */
      readonly isGuess: boolean;
      /** Set when what is there may hold the same bytes and only reading can tell. */
      readonly lookalike: AssetHead | null;
      /** Of a move: source and destination were seen not to be the same asset. */
      readonly isApart: boolean;
    };

/** Why nothing has to move, and what is known of the asset that is there. */
export interface Skip {
  readonly reason: string;
  readonly proof: ProofRung;
  readonly there: AssetHead;
  readonly digests: Digests;
  readonly sourceVersion: string | null;
}

/**
 * Costs no request when the policy is `always` or it may take for granted that nothing is there, one to the destination
 * otherwise, and one more to the source when `if-different` or `if-newer` found something there. A move always looks: at
 * the destination, the source, and the destination again, for one asset that changes, goes or comes between two looks also
 * seems two. Throws FailureError: `name-invalid`, `unsupported`, `not-found`, or the provider's own.
 */
export async function resolveDestination(attempt: Attempt, mayGuess: boolean): Promise<Resolution> {
  const { order, destination, source } = attempt;
  const { overwrite, minimumProof } = order.policies;
  destination.assertKey(order.destination.container, order.destination.key);
  assertProofReachable(attempt);
  const plain = { kind: 'transfer', isGuess: false, lookalike: null, isApart: false } as const;
  const isMove = order.policies.afterCopy === 'delete-source';
  const isApartKnown = attempt.apart.isApart;
  if (overwrite === 'always' && !isMove) return { ...plain, onlyIfAbsent: false };
  // Whoever guesses has seen nothing.
  const mayTakeForGranted = mayGuess && !isMove && attempt.absence.isLikely(order.destination);
  if (mayTakeForGranted && (isCheap(attempt) || (await isSeenAbsent(attempt)))) {
    return { ...plain, onlyIfAbsent: true, isGuess: true };
  }

  const there = await headDestination(attempt);
  attempt.absence.saw(order.destination, there !== null);
  if (there === null && (!isMove || isApartKnown)) return { ...plain, onlyIfAbsent: overwrite !== 'always' };
  // What an earlier attempt of a move wrote before it was lost is not what was there before.
  if (there !== null && overwrite === 'never' && !isApartKnown) {
    return leftAsItIs('already there, left as it is', there);
  }

  const found = await watchCall(attempt, 'The source', (signal) =>
    source.head(order.source.container, order.source.key, signal),
  );
  if (found === null) {
    return fail('not-found', 'The asset is no longer at the source.', {
      hint: 'It was removed or renamed after it was listed.',
    });
  }
  if (there === null) {
    const isApart = (await headDestination(attempt)) === null;
    return { ...plain, onlyIfAbsent: overwrite !== 'always', isApart };
  }
  const stated = asStated(order, found);
  // A source that goes is compared as it is: a list may be older than it.
  const offered = isMove ? found : stated;
  const comparison = compareAssets(offered, there, destination.descriptor.capabilities.keepsModifiedTime);
  if (overwrite !== 'always' && comparison.verdict === 'identical' && proofHolds(comparison.rung, minimumProof)) {
    return {
      kind: 'skip',
      skip: {
        reason: `already there, ${comparison.evidence}`,
        proof: comparison.rung,
        there,
        digests: there.digests,
        sourceVersion: offered.versionToken ?? null,
      },
    };
  }
  if (overwrite === 'never') return leftAsItIs('already there, left as it is', there);
  if (overwrite === 'if-newer' && isNoLater(offered.modifiedAtMs, there.modifiedAtMs)) {
    return leftAsItIs('already there, and not older than the source', there);
  }
  const isDifferent = comparison.verdict === 'different';
  const isLookalike = !isDifferent && overwrite !== 'always' && canTellByReading(attempt, there);
  const isApart =
    isMove &&
    isDifferent &&
    there.versionToken !== undefined &&
    (await headDestination(attempt))?.versionToken === there.versionToken;
  return { ...plain, onlyIfAbsent: false, lookalike: isLookalike ? there : null, isApart };
}

function headDestination(attempt: Attempt): Promise<AssetHead | null> {
  const { container, key } = attempt.order.destination;
  return watchCall(attempt, 'The destination', (signal) => attempt.destination.head(container, key, signal));
}

/** Not compared with anything: the lowest rung is the most that may be said. */
function leftAsItIs(reason: string, there: AssetHead): Resolution {
  return { kind: 'skip', skip: { reason, proof: 'size-only', there, digests: there.digests, sourceVersion: null } };
}

/** Where one of the times is not known nothing can be told by them. */
function isNoLater(offeredAtMs: number | undefined, thereAtMs: number | undefined): boolean {
  return offeredAtMs !== undefined && thereAtMs !== undefined && offeredAtMs <= thereAtMs;
}

/**
 * Where the destination copies by itself, what was seen some seconds ago is enough: had somebody put the same bytes there
 * since, they would be the same again, and others would be replaced anyway.
 */
async function isSeenAbsent(attempt: Attempt): Promise<boolean> {
  const { order, destination } = attempt;
  if (order.policies.overwrite !== 'if-different' || !mayCopyThere(attempt, true)) return false;
  return attempt.survey.isAbsent(destination, order.destination, attempt);
}

/** A wrong guess reads an asset for nothing; and a copy inside the service would not notice it. */
function isCheap(attempt: Attempt): boolean {
  const { sizeBytes } = attempt.order;
  return sizeBytes !== null && sizeBytes <= attempt.memorySpoolBytes && !mayCopyThere(attempt, true);
}

/** Where more proof is asked than reading gives, only a new write can give it. */
function canTellByReading({ destination, order }: Attempt, there: AssetHead): boolean {
  if (vouchedDigest(there) !== null) return proofHolds('checksum', order.policies.minimumProof);
  return destination.descriptor.capabilities.canRead && proofHolds('re-read', order.policies.minimumProof);
}

/** Refuses before the first byte what could never end as `completed`. */
function assertProofReachable({ destination, order }: Attempt): void {
  const { descriptor } = destination;
  const { minimumProof } = order.policies;
  if (proofHolds(descriptor.capabilities.bestProof, minimumProof)) return;
  fail('unsupported', `${descriptor.label} can not prove a transfer by "${minimumProof}".`, {
    hint: `Its strongest proof is "${descriptor.capabilities.bestProof}". Choose that or a weaker one.`,
  });
}
