/**
 * Owns how far one attempt is: its step, its bytes, its rate, the time each step took. Must not send anything; the
 * worker samples it on its own beat. Written by the steps of an attempt, read by worker.ts and run-attempt.ts.
 */
import type { JobProgress, TransferStep } from '../../src-shared/model/job.ts';

/** The contract allows 4 messages a second for each attempt. */
export const SAMPLE_EVERY_MS = 250;

/** A rate that a person can read follows the last few seconds, not the last packet. */
const RATE_MEMORY_MS = 2_000;

export interface Meter {
  /** The step that runs now, for failures. */
  step(): TransferStep;
  enter(step: TransferStep): void;
  total(bytes: number): void;
  spooled(bytes: number): void;
  /** May go down: a write that is tried again starts again. */
  written(bytes: number): void;
  /** Milliseconds spent in each step so far, to a tenth. */
  stepMs(): Readonly<Partial<Record<TransferStep, number>>>;
  /** What to report now; null when it is what was reported last. */
  sample(): JobProgress | null;
}

/** `now` is a monotonic clock in milliseconds. */
export function createMeter(
  jobId: number,
  expectedBytes: number | null,
  now: () => number = () => performance.now(),
): Meter {
  let step: TransferStep = 'resolve';
  let spooledBytes = 0;
  let writtenBytes = 0;
  let totalBytes = expectedBytes;
  let enteredAtMs = now();
  const spentMs: Partial<Record<TransferStep, number>> = {};
  let last: JobProgress | null = null;
  let sampledAtMs = enteredAtMs;
  let rate = 0;

  function book(): void {
    const nowMs = now();
    spentMs[step] = (spentMs[step] ?? 0) + nowMs - enteredAtMs;
    enteredAtMs = nowMs;
  }

  return {
    step: () => step,
    enter(next) {
      book();
      step = next;
    },
    total(bytes) {
      totalBytes = bytes;
    },
    spooled(bytes) {
      spooledBytes = bytes;
    },
    written(bytes) {
      writtenBytes = bytes;
    },
    stepMs() {
      book();
      return Object.fromEntries(Object.entries(spentMs).map(([name, ms]) => [name, Math.round(ms * 10) / 10]));
    },
    sample() {
      const nowMs = now();
      rate = smoothRate(rate, writtenBytes - (last?.writtenBytes ?? 0), nowMs - sampledAtMs);
      sampledAtMs = nowMs;
      const next: JobProgress = {
        jobId,
        step,
        spooledBytes,
        writtenBytes,
        totalBytes,
        bytesPerSecond: Math.round(rate),
      };
      if (last !== null && sameProgress(last, next)) return null;
      last = next;
      return next;
    },
  };
}

/**
 * Exponentially weighted mean in bytes a second, after `bytes` more in `elapsedMs`. The weight follows the elapsed
 * time, so an uneven beat does not bend it. Bytes that went back (a new try) count as none. Pure.
 */
export function smoothRate(rate: number, bytes: number, elapsedMs: number): number {
  if (elapsedMs <= 0) return rate;
  const now = (Math.max(0, bytes) * 1000) / elapsedMs;
  return now + (rate - now) * Math.exp(-elapsedMs / RATE_MEMORY_MS);
}

function sameProgress(a: JobProgress, b: JobProgress): boolean {
  return (
    a.step === b.step &&
    a.spooledBytes === b.spooledBytes &&
    a.writtenBytes === b.writtenBytes &&
    a.totalBytes === b.totalBytes &&
    a.bytesPerSecond === b.bytesPerSecond
  );
}
