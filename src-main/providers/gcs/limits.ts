/**
 * Owns the limits of Google Cloud Storage and the size of chunks. Pure. Called in this folder.
 * Source of the limits: "Quotas and limits", "Object naming requirements" and "Resumable uploads" in its documentation.
 */

const MIB = 1024 * 1024;

export const MAX_KEY_BYTES = 1_024;
export const MAX_OBJECT_BYTES = 5 * 1024 * 1024 * MIB;
/** The most that the service gives in one page. */
export const MAX_PAGE = 1_000;
/**
 * Chunks must be a multiple of 256 KiB, and each costs a round trip in which nothing is sent: at 16 MiB that is little
 * of the time even on fast lines. What is not larger goes in one request.
 */
export const CHUNK_BYTES = 16 * MIB;
