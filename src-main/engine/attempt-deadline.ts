/**
 * Owns how long an attempt may take (the setting, and more for assets that no slow line could move in it), and looking
 * for those that take longer. Must not end any. Made by the coordinator.
 */
import { type Failure, failure } from '../../src-shared/model/failure.ts';
import type { Clock } from '../ports.ts';
import type { Store } from '../store/store.ts';
import type { RunningAttempt, RunningAttempts } from './running-attempts.ts';

/** Attempts past their deadline are looked for so often. */
const LOOK_MS = 5_000;
/** An asset that moves slower than this for hours is better tried again: about a quarter of an old ISDN line. */
const SLOWEST_BYTES_PER_SECOND = 16 * 1024;

/** `sizeBytes` null: not known. */
export function attemptDeadlineMs(deadlineMinutes: number, sizeBytes: number | null): number {
  const neededMs = ((sizeBytes ?? 0) / SLOWEST_BYTES_PER_SECOND) * 1_000;
  return Math.max(deadlineMinutes * 60_000, neededMs);
}

function deadlineFailure(tookMs: number): Failure {
  return failure('timeout', `The attempt was ended after ${Math.round(tookMs / 60_000)} minutes.`, {
    hint: 'It is tried again. A longer deadline can be set for all attempts in the settings.',
  });
}

/** Calls `onLate` for every attempt that takes too long, until it is stopped by what it returns. */
export function watchDeadlines(
  { store, clock, running }: { readonly store: Store; readonly clock: Clock; readonly running: RunningAttempts },
  onLate: (attempt: RunningAttempt, failure: Failure) => void,
): () => void {
  let cancelTimer: () => void = () => undefined;
  function next(): void {
    cancelTimer = clock.after(LOOK_MS, () => {
      const nowMs = clock.monotonicMs();
      const { attemptDeadlineMinutes } = store.settings();
      for (const attempt of running.all()) {
        const tookMs = nowMs - attempt.startedMonotonicMs;
        if (tookMs < attemptDeadlineMs(attemptDeadlineMinutes, attempt.job.sizeBytes)) continue;
        onLate(attempt, deadlineFailure(tookMs));
      }
      next();
    });
  }
  next();
  return () => cancelTimer();
}
