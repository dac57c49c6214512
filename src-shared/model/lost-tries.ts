/**
 * Owns how it is noted that writes were cut off by the end of their process: nobody knows what they left beside their
 * key. Stands where the mark of a large write stands otherwise. Pure. Written by the store, read by the worker.
 */

/** No provider's own mark begins so. */
export const LOST_TRY = 'lost ';

/** The lease tokens of the attempts; null: it is the mark of a large write. */
export function readLostTries(mark: string): readonly string[] | null {
  return mark.startsWith(LOST_TRY) ? mark.slice(LOST_TRY.length).split(' ') : null;
}
