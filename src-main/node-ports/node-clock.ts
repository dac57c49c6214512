/**
 * Owns the real clock, for every door. Must not hold policy: who waits how long is the engine's business.
 * Lent to the house by main.ts and headless.ts.
 */
import type { Clock } from '../ports.ts';

/** Longest delay that `setTimeout` keeps; it fires longer ones at once (Node's timers documentation). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const nodeClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number) => {
      const stepMs = Math.min(leftMs, LONGEST_TIMER_MS);
      timer = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : action()), stepMs);
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
  soon: (action) => {
    setImmediate(action);
  },
};
