/**
 * Owns the promise that no call to a provider outlives its welcome: it ends soon after an abort, and after a silence.
 * Must not know what the call does. Called by every step of an attempt, by list-source.ts and check-account.ts.
 */
import { FailureError, failure } from '../../src-shared/model/failure.ts';

/** How long others are waited for. */
export interface Patience {
  /** A call may be silent for so long before its first sign of life. */
  readonly answerMs: number;
  /** After an abort or a silence, a call has so long to end by itself: a good provider tidies up in it. */
  readonly graceMs: number;
}

/** Says that the call moves, and how long it may be silent from now on. */
export type SignOfLife = (silenceMs: number) => void;

export interface Watch {
  readonly signal: AbortSignal;
  readonly patience: Patience;
}

/**
 * Runs `call` and settles as it does. When `watch.signal` aborts, the call's own signal aborts and the call has
 * `graceMs` to settle; a result that still comes in that time counts, anything else rejects with the abort's reason.
 * The same after a silence, with a `timeout` failure; `other` names the silent side ("The source").
 */
export function watchCall<T>(
  watch: Watch,
  other: string,
  call: (signal: AbortSignal, alive: SignOfLife) => Promise<T>,
): Promise<T> {
  const { signal, patience } = watch;
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise<T>((resolve, reject) => {
    const own = new AbortController();
    let deadlineMs = performance.now() + patience.answerMs;
    let silenceMs = patience.answerMs;
    let dueMs = deadlineMs;
    let timer = setTimeout(judgeSilence, silenceMs);

    function wakeAt(atMs: number): void {
      clearTimeout(timer);
      dueMs = atMs;
      timer = setTimeout(judgeSilence, atMs - performance.now());
    }
    function judgeSilence(): void {
      if (performance.now() < deadlineMs) wakeAt(deadlineMs);
      else giveUp(stalled(other, silenceMs));
    }
    function giveUp(why: unknown): void {
      if (own.signal.aborted) return;
      clearTimeout(timer);
      timer = setTimeout(() => end(() => reject(why)), patience.graceMs);
      own.abort(why);
    }
    function onAbort(): void {
      giveUp(signal.reason);
    }
    function end(settle: () => void): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      settle();
    }

    signal.addEventListener('abort', onAbort);
    call(own.signal, (allowedMs) => {
      silenceMs = allowedMs;
      deadlineMs = performance.now() + allowedMs;
      // Signs come by the thousand; the timer is moved only when it would look too late.
      if (deadlineMs < dueMs && !own.signal.aborted) wakeAt(deadlineMs);
    }).then(
      (result) => end(() => resolve(result)),
      // A call that was aborted throws whatever it likes; why it was aborted is what happened.
      (thrown) => end(() => reject(own.signal.aborted ? own.signal.reason : thrown)),
    );
  });
}

function stalled(other: string, silentMs: number): FailureError {
  const seconds = Math.round(silentMs / 1000);
  return new FailureError(
    failure('timeout', `${other} showed no sign of life for ${seconds} s.`, {
      hint: 'The connection or the other side hangs. Another attempt often gets through.',
    }),
  );
}
