/**
 * Owns the judgement whether two assets hold the same bytes, from what their providers say of them. Pure. Must not
 * read bytes. Called by resolve-destination.ts for the policy "if different".
 */
import type { AssetHead } from '../../src-shared/model/asset.ts';
import type { ProofRung } from '../../src-shared/model/proof.ts';

export type Comparison =
  | { readonly verdict: 'different' }
  /** `evidence` reads after "already there, ". */
  | { readonly verdict: 'identical'; readonly rung: ProofRung; readonly evidence: string }
  /** Nothing but reading both can tell. */
  | { readonly verdict: 'unknown' };

const DIGEST_NAMES = ['sha256', 'md5', 'crc32c'] as const;

/** An ETag that S3 computes from the bytes and the part size of a multipart upload: never equal for other bytes. */
const MULTIPART_ETAG = /^"?[0-9a-f]{32}-\d+"?$/i;

/** Both clocks are rounded to a millisecond on the way; two would already be another moment. */
const SAME_MOMENT_MS = 2;

/**
 * The strongest evidence decides: a digest that both vouch for, an equal multipart ETag, then equal size and
 * modification time where the destination keeps that of the source (as in rsync and rclone); elsewhere it is the moment
 * of a write, and equal by chance.
 */
export function compareAssets(source: AssetHead, destination: AssetHead, keepsModifiedTime: boolean): Comparison {
  const sizesKnown = source.sizeBytes >= 0 && destination.sizeBytes >= 0;
  if (sizesKnown && source.sizeBytes !== destination.sizeBytes) return { verdict: 'different' };
  const shared = DIGEST_NAMES.filter((name) => source.digests[name] && destination.digests[name]);
  const unequal = shared.some((name) => source.digests[name] !== destination.digests[name]);
  if (unequal) return { verdict: 'different' };
  const [digest] = shared;
  if (digest !== undefined) return { verdict: 'identical', rung: 'checksum', evidence: `same ${digest}` };
  if (!sizesKnown) return { verdict: 'unknown' };
  const etag = source.versionToken;
  if (etag !== undefined && etag === destination.versionToken && MULTIPART_ETAG.test(etag)) {
    return { verdict: 'identical', rung: 'etag', evidence: 'same ETag' };
  }
  if (keepsModifiedTime && isSameMoment(source.modifiedAtMs, destination.modifiedAtMs)) {
    return { verdict: 'identical', rung: 'size-only', evidence: 'same size and modification time' };
  }
  return { verdict: 'unknown' };
}

function isSameMoment(a: number | undefined, b: number | undefined): boolean {
  return a !== undefined && b !== undefined && Math.abs(a - b) < SAME_MOMENT_MS;
}
