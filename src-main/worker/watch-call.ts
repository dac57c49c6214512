/**
 * Owns the promise that no call to a provider outlives its welcome: it ends soon after an abort, and after a silence.
 * Must not know what the call does. Called by every step of an attempt, by list-source.ts and check-account.ts.
 */
import { FailureError, failure } from '../../src-shared/model/failure.ts';

/** How long silence is borne. */
export interface Patience {
  /** A call that shows no sign of life for so long has stalled. */
  readonly stallMs: number;
  /** After an abort or a stall, a call has so long to end by itself: a good provider tidies up in it. */
  readonly graceMs: number;
}

/**
 * Bytes that were handed over but not yet reported as taken cannot be watched. They may move this slowly (half of a
 * 1 Mbit/s line) before we call it a stall.
 */
const SLOWEST_UNSEEN_BYTES_PER_MS = 64;

/** Says that the call moves; `unseenBytes` were handed over and are not reported as taken. */
export type SignOfLife = (unseenBytes?: number) => void;

export interface Watch {
  readonly signal: AbortSignal;
  readonly patience: Patience;
}

/**
 * Runs `call` and settles as it does. When `watch.signal` aborts, the call's own signal aborts and the call has
 * `graceMs` to settle; a result that still comes in that time counts, anything else rejects with the abort's reason.
 * The same after `stallMs` of silence, with a `timeout` failure; `other` names the silent side ("The source").
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
    let lastSignMs = performance.now();
    let allowedMs = patience.stallMs;
    let timer = setTimeout(judgeSilence, allowedMs);

    function judgeSilence(): void {
      const leftMs = lastSignMs + allowedMs - performance.now();
      if (leftMs > 0) timer = setTimeout(judgeSilence, leftMs);
      else giveUp(stalled(other, allowedMs));
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
    call(own.signal, (unseenBytes = 0) => {
      lastSignMs = performance.now();
      allowedMs = patience.stallMs + unseenBytes / SLOWEST_UNSEEN_BYTES_PER_MS;
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
