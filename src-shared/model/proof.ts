/**
 * Owns the proof ladder: how strongly a completed job was verified, strongest first.
 * Must not know how a proof is made (the worker does). Read by every room.
 */

/**
 * checksum: the bytes hashed while reading equal a digest that the destination computed itself;
 * etag: the destination's multipart ETag equals the one recomputed from our parts;
 * re-read: the destination was read back and hashed; size-only: only the byte counts agree.
 */
export const PROOF_RUNGS = ['checksum', 'etag', 're-read', 'size-only'] as const;

export type ProofRung = (typeof PROOF_RUNGS)[number];

/** True when `reached` is as strong as `asked`, or stronger. */
export function proofHolds(reached: ProofRung, asked: ProofRung): boolean {
  return PROOF_RUNGS.indexOf(reached) <= PROOF_RUNGS.indexOf(asked);
}
