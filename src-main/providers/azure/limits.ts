/**
 * Owns the limits of Azure Blob Storage and how an upload is cut into blocks. Pure. Called in this folder.
 * Source of the limits: Microsoft, "Scalability and performance targets for Blob Storage", "Naming and referencing
 * containers, blobs, and metadata", and the REST reference of each request.
 */

const MIB = 1024 * 1024;

/** Characters, as the service counts them: UTF-16. */
export const MAX_KEY_LENGTH = 1_024;
export const MAX_KEY_SEGMENTS = 254;

const MAX_BLOCKS = 50_000;
const MAX_BLOCK_BYTES = 4_000 * MIB;
export const MAX_BLOB_BYTES = MAX_BLOCKS * MAX_BLOCK_BYTES;

/** Copy Blob From URL. */
export const MAX_COPY_BYTES = 256 * MIB;
/** Put Blob From URL. */
export const MAX_FETCH_BYTES = 5_000 * MIB;

/**
 * Larger assets go up in blocks. Put Blob takes 5,000 MiB, but an interruption costs all of them; and only Put Blob has
 * the service check the digest of the whole.
 */
export const BLOCKS_FROM_BYTES = 64 * MIB;
/** From 4 MiB on the service takes blocks at its high throughput; twice that keeps lists of blocks short. */
const USUAL_BLOCK_BYTES = 8 * MIB;

export interface Block {
  /** From 0. */
  readonly number: number;
  readonly first: number;
  readonly last: number;
}

/** All blocks but the last have one size, in whole MiB, and there are never more than 50,000. */
export function blocksOf(sizeBytes: number): readonly Block[] {
  const leastMib = Math.ceil(sizeBytes / MAX_BLOCKS / MIB);
  const blockBytes = Math.max(USUAL_BLOCK_BYTES, leastMib * MIB);
  return Array.from({ length: Math.ceil(sizeBytes / blockBytes) }, (_, number) => ({
    number,
    first: number * blockBytes,
    last: Math.min(sizeBytes, (number + 1) * blockBytes) - 1,
  }));
}
