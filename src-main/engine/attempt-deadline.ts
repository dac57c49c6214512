/**
 * Owns how long an attempt may take: the setting, and more for assets that no slow line could move in it. Pure. Used
 * by the coordinator.
 */
import { type Failure, failure } from '../../src-shared/model/failure.ts';

/** An asset that moves slower than this for hours is better tried again: about a quarter of an old ISDN line. */
const SLOWEST_BYTES_PER_SECOND = 16 * 1024;

/** `sizeBytes` null: not known. */
export function attemptDeadlineMs(deadlineMinutes: number, sizeBytes: number | null): number {
  const neededMs = ((sizeBytes ?? 0) / SLOWEST_BYTES_PER_SECOND) * 1_000;
  return Math.max(deadlineMinutes * 60_000, neededMs);
}

export function deadlineFailure(tookMs: number): Failure {
  return failure('timeout', `The attempt was ended after ${Math.round(tookMs / 60_000)} minutes.`, {
    hint: 'It is tried again. A longer deadline can be set for all attempts in the settings.',
  });
}
