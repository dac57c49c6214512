/**
 * Owns which bandwidth caps hold now: reads them from settings and queues, and looks again when their hours change. Must
 * not divide them (pace-shares does). Made by the coordinator.
 */
import { type BandwidthCap, cappedAt, nextCapChangeMs } from '../../src-shared/model/bandwidth-cap.ts';
import type { Clock } from '../ports.ts';
import type { Committed } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { CapRates } from './pace-shares.ts';

export interface PaceDesk {
  /** Once at the start. */
  look(): void;
  /** After a commit: looks when it changed a cap. */
  lookAfter(committed: Pick<Committed, 'queues' | 'topics'>): void;
  stop(): void;
}

/** A wall clock that was set is noticed within this. */
const LOOK_AGAIN_MS = 60_000;

export function createPaceDesk(store: Store, clock: Clock, onRates: (rates: CapRates) => void): PaceDesk {
  let cancelTimer: () => void = () => undefined;
  /** Counters of queues change all the time, caps next to never. */
  let seen: readonly (BandwidthCap | null)[] = [];
  const capsOfQueues = (): readonly (BandwidthCap | null)[] => store.queues().map((queue) => queue.bandwidthCap);

  function look(): void {
    cancelTimer();
    seen = capsOfQueues();
    const nowMs = clock.wallMs();
    const { bandwidthCap } = store.settings();
    const queues = new Map<string, number>();
    const changesMs = [nextCapChangeMs(bandwidthCap, nowMs)];
    for (const queue of store.queues()) {
      const rate = cappedAt(queue.bandwidthCap, nowMs);
      if (rate !== null) queues.set(queue.name, rate);
      changesMs.push(nextCapChangeMs(queue.bandwidthCap, nowMs));
    }
    onRates({ house: cappedAt(bandwidthCap, nowMs), queues });
    const soonestMs = Math.min(...changesMs.map((atMs) => atMs ?? Number.POSITIVE_INFINITY));
    if (Number.isFinite(soonestMs)) cancelTimer = clock.after(Math.min(LOOK_AGAIN_MS, soonestMs - nowMs), look);
  }

  function lookAfter({ queues, topics }: Pick<Committed, 'queues' | 'topics'>): void {
    const now = queues ? capsOfQueues() : seen;
    const isSame = now.length === seen.length && now.every((cap, index) => cap === seen[index]);
    if (topics.has('settings') || !isSame) look();
  }

  return { look, lookAfter, stop: () => cancelTimer() };
}
