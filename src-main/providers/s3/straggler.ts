/**
 * Owns sending a part once more beside the request that straggles: at most once, for one part at a time. The first to
 * succeed counts, and the other has ended before anybody goes on. Must not know what a part is. Called by put-in-parts.ts.
 */
import { lateAfterMs } from './straggler-policy.ts';

const LOOK_MS = 1_000;
/** Who is compared with: those that ended last, for a line may become slower, or be capped. */
const SIBLINGS = 16;

/** Tests bring one that stands still. */
export interface StragglerClock {
  monotonicMs(): number;
  /** Returns what cancels it. */
  after(delayMs: number, action: () => void): () => void;
}

export const realClock: StragglerClock = {
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

interface Try<Sent> {
  readonly sent: Promise<Sent>;
  readonly stop: AbortController;
}

/** What the parts of one upload share: how long they take, and that one of them at a time is sent twice. */
export class Stragglers {
  readonly #clock: StragglerClock;
  #tookMs: readonly number[] = [];
  #hasOne = false;

  constructor(clock: StragglerClock) {
    this.#clock = clock;
  }

  /** `send` must not mind being called twice; `mayRepeat` is asked when it would be. Rejects as the first of them does. */
  async send<Sent>(
    send: (signal: AbortSignal) => Promise<Sent>,
    mayRepeat: () => boolean,
    signal: AbortSignal,
  ): Promise<Sent> {
    const sinceMs = this.#clock.monotonicMs();
    const tries = [begin(send, signal)];
    const second = Promise.withResolvers<void>();
    let cancelLook = (): void => undefined;
    const look = (): void => {
      const lateMs = lateAfterMs(this.#tookMs);
      const isLate = lateMs !== null && this.#clock.monotonicMs() - sinceMs > lateMs;
      if (!isLate || this.#hasOne || !mayRepeat()) {
        cancelLook = this.#clock.after(LOOK_MS, look);
        return;
      }
      this.#hasOne = true;
      tries.push(begin(send, signal));
      second.resolve();
    };
    cancelLook = this.#clock.after(LOOK_MS, look);
    try {
      await Promise.race([tries[0]?.sent, second.promise]);
      const { sent, winner } = await firstOf(tries);
      for (const one of tries) if (one !== winner) one.stop.abort(new Error('the other try was faster'));
      this.#tookMs = [...this.#tookMs, this.#clock.monotonicMs() - sinceMs].slice(-SIBLINGS);
      return sent;
    } finally {
      cancelLook();
      // What still comes of a try that lost must come before the whole is made of the parts.
      await Promise.allSettled(tries.map(({ sent }) => sent));
      if (tries.length > 1) this.#hasOne = false;
    }
  }
}

function begin<Sent>(send: (signal: AbortSignal) => Promise<Sent>, signal: AbortSignal): Try<Sent> {
  const stop = new AbortController();
  return { sent: send(AbortSignal.any([signal, stop.signal])), stop };
}

/** The first that succeeds; when all fail, the failure of the first. */
async function firstOf<Sent>(
  tries: readonly Try<Sent>[],
): Promise<{ readonly sent: Sent; readonly winner: Try<Sent> }> {
  try {
    return await Promise.any(tries.map(async (winner) => ({ sent: await winner.sent, winner })));
  } catch {
    await tries[0]?.sent;
    throw new Error('a part was neither sent nor refused');
  }
}
