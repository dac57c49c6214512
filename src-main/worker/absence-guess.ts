/**
 * Owns the guess that a destination holds nothing yet, from what was found there lately: a first run then saves the look
 * at every key, because the write itself refuses what is there. Must not decide what happens to what is found. One for
 * each worker; asked by resolve-destination.ts.
 */
import type { WorkerEnd } from '../../src-shared/contract/worker-messages.ts';

/** So many looks in a row that found nothing. A wrong guess costs the reading of one asset, and the next looks again. */
const LOOKS_BEFORE_GUESS = 16;

export interface AbsenceGuess {
  isLikely(destination: WorkerEnd): boolean;
  /** What a look, or a write that was refused, found. */
  saw(destination: WorkerEnd, isThere: boolean): void;
}

export function createAbsenceGuess(): AbsenceGuess {
  const absentInARow = new Map<string, number>();
  const place = ({ accountKey, container }: WorkerEnd): string => `${accountKey} ${container}`;
  return {
    isLikely: (destination) => (absentInARow.get(place(destination)) ?? 0) >= LOOKS_BEFORE_GUESS,
    saw(destination, isThere) {
      const where = place(destination);
      absentInARow.set(where, isThere ? 0 : (absentInARow.get(where) ?? 0) + 1);
    },
  };
}
