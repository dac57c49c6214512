/**
 * Owns the limits of the S3 protocol and how an upload is cut into parts. Pure. Called in this folder.
 * Source of the limits: Amazon S3 user guide, "Multipart upload limits" and "Object key naming".
 */

const MIB = 1024 * 1024;

export const MAX_KEY_BYTES = 1_024;
export const MAX_PARTS = 10_000;
const MAX_PART_BYTES = 5 * 1024 * MIB;
/** The largest object that one request can copy. */
export const COPY_MAX_BYTES = MAX_PART_BYTES;
export const MAX_OBJECT_BYTES = MAX_PARTS * MAX_PART_BYTES;

/**
 * Assets of this size and more go up in parts. Amazon advises parts from 100 MB on; measured on Ceph, one PUT took less
 * than half the time of parts at 256 MiB, so parts begin where an interruption would cost more than they do.
 */
export const MULTIPART_FROM_BYTES = 256 * MIB + 1;
/** Big enough that a part's round trip costs little; the least allowed is 5 MiB. */
export const USUAL_PART_BYTES = 16 * MIB;

export interface Part {
  /** From 1. */
  readonly number: number;
  readonly first: number;
  readonly last: number;
}

/** All parts but the last have one size, as R2 demands; whole MiB, and never more than 10,000 of them. */
export function partsOf(sizeBytes: number, usualBytes: number): readonly Part[] {
  const leastMib = Math.ceil(sizeBytes / MAX_PARTS / MIB);
  const partBytes = sizeBytes > MAX_PARTS * usualBytes ? leastMib * MIB : usualBytes;
  const count = Math.max(1, Math.ceil(sizeBytes / partBytes));
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    first: index * partBytes,
    last: Math.min(sizeBytes, (index + 1) * partBytes) - 1,
  }));
}
