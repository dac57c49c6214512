/**
 * Owns waking up for scheduled jobs whose time has come, and the rule for a wall clock that was set back. Must not
 * decide when a job is tried again (retry-policy does). Called by the coordinator around every batch.
 */
import type { Clock } from '../ports.ts';
import type { Store } from '../store/store.ts';
import type { Mailbox } from './mailbox.ts';

export interface DueWatch {
  /** Inside a batch, before its letters: whoever set the wall clock back must not make jobs wait for the same hours again. */
  afterBegin(nowMs: number): void;
  /** After a commit. */
  look(): void;
  stop(): void;
}

/** Scheduled jobs set free in one batch when their time has come. */
const DUE_SLICE = 500;
/** A machine that slept finds its timers as far away as before: the wall clock is asked once a minute. */
const LONGEST_WAIT_MS = 60_000;
/** A wall that goes back by less is only being set right. */
const SET_BACK_MS = 1_000;

export function createDueWatch(store: Store, clock: Clock, deliver: Mailbox['deliver']): DueWatch {
  let cancelTimer: (() => void) | null = null;
  let timerAtMs: number | null = null;
  /** The time of the last batch that was committed; of an earlier run, what waits still tells. */
  let lastWallMs = store.lastSnoozeMs();
  let batchWallMs = lastWallMs;

  function wait(atMs: number): void {
    cancelTimer?.();
    timerAtMs = atMs;
    const waitMs = Math.max(0, atMs - clock.wallMs());
    cancelTimer = clock.after(Math.min(waitMs, LONGEST_WAIT_MS), () => {
      timerAtMs = null;
      if (clock.wallMs() < atMs) wait(atMs);
      else deliver(() => void store.releaseDue(DUE_SLICE));
    });
  }

  return {
    afterBegin(nowMs) {
      batchWallMs = nowMs;
      if (nowMs < lastWallMs - SET_BACK_MS) store.bringForward(lastWallMs - nowMs);
    },
    look() {
      lastWallMs = batchWallMs;
      if (!store.queues().some(({ counts }) => counts.scheduled > 0)) return;
      const atMs = store.nextDueMs();
      if (atMs === null || (timerAtMs !== null && timerAtMs <= atMs)) return;
      wait(atMs);
    },
    stop() {
      cancelTimer?.();
    },
  };
}
