/**
 * Owns a clock that stands still until a test moves it. Must not be used by the product.
 */
import type { Clock } from '../ports.ts';

export interface ManualClock extends Clock {
  /** Moves both times on, firing what falls due on the way, and lets everything settle. */
  advance(ms: number): Promise<void>;
  /** The machine sleeps: both times jump, and what fell due meanwhile fires late. */
  sleep(ms: number): Promise<void>;
  /** Lets what waits for its turn have it, until nothing does. */
  settle(): Promise<void>;
}

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly action: () => void;
}

export function createManualClock(startMs = 1_800_000_000_000): ManualClock {
  let nowMs = 0;
  let order = 0;
  let timers: Timer[] = [];

  const clock: ManualClock = {
    wallMs: () => startMs + nowMs,
    monotonicMs: () => nowMs,
    after(delayMs, action) {
      order += 1;
      const timer = { atMs: nowMs + Math.max(0, delayMs), order, action };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    soon(action) {
      setImmediate(action);
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await clock.settle();
      for (;;) {
        const [next] = timers
          .filter(({ atMs }) => atMs <= untilMs)
          .sort((one, other) => one.atMs - other.atMs || one.order - other.order);
        if (next === undefined) break;
        timers = timers.filter((other) => other !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.action();
        await clock.settle();
      }
      nowMs = untilMs;
      await clock.settle();
    },
    async sleep(ms) {
      nowMs += ms;
      await clock.advance(0);
    },
    async settle() {
      // A letter, its commit, its dispatch and the answer take four turns; twice that leaves nothing waiting.
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    },
  };
  return clock;
}
