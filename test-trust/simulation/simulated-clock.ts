/**
 * Owns virtual time: nothing happens unless the simulation moves it, and what happens at once happens in the order in
 * which it was asked for. The wall may jump; monotonic time only goes on. Must not use real timers. Used by the
 * simulation.
 */
import type { Clock } from '../../src-main/ports.ts';

export interface SimulatedClock extends Clock {
  /** Moves time on by `ms`, firing what falls due on the way; `afterEach` runs when each of them has had its effects. */
  advance(ms: number, afterEach: () => void): Promise<void>;
  /** The machine sleeps: both times jump, and what fell due meanwhile fires late. */
  sleep(ms: number): void;
  /** Somebody sets the wall clock. */
  jumpWall(ms: number): void;
  /** Runs what waits for its turn, until nothing does. */
  settle(afterEach: () => void): Promise<void>;
  /** As when a process ends: what was asked for by it is forgotten. */
  forgetAll(): void;
}

interface Timer {
  readonly atMs: number;
  readonly action: () => void;
}

const START_MS = Date.UTC(2026, 2, 28, 22);

export function createSimulatedClock(): SimulatedClock {
  let nowMs = 0;
  let wallOffsetMs = START_MS;
  let turns: (() => void)[] = [];
  const timers = new Set<Timer>();

  /** A Set keeps the order in which timers were asked for: the first of the earliest. */
  function earliest(untilMs: number): Timer | null {
    let found: Timer | null = null;
    for (const timer of timers) {
      if (timer.atMs <= untilMs && (found === null || timer.atMs < found.atMs)) found = timer;
    }
    return found;
  }

  const clock: SimulatedClock = {
    wallMs: () => nowMs + wallOffsetMs,
    monotonicMs: () => nowMs,
    after(delayMs, action) {
      const timer = { atMs: nowMs + Math.max(0, delayMs), action };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    soon: (action) => void turns.push(action),
    async settle(afterEach) {
      await microtasksDone();
      for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
        turn();
        await microtasksDone();
        afterEach();
      }
    },
    async advance(ms, afterEach) {
      const untilMs = nowMs + ms;
      await clock.settle(afterEach);
      for (let next = earliest(untilMs); next !== null; next = earliest(untilMs)) {
        timers.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.action();
        await clock.settle(afterEach);
      }
      nowMs = untilMs;
    },
    sleep(ms) {
      nowMs += ms;
    },
    jumpWall(ms) {
      wallOffsetMs += ms;
    },
    forgetAll() {
      turns = [];
      timers.clear();
    },
  };
  return clock;
}

/** An immediate runs only when every promise that could go on has gone on. */
function microtasksDone(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
