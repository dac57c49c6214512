/**
 * Owns the update stream: a snapshot on subscribe, then numbered patches, at most ten a second (one while the window
 * is hidden), and the one-second beat of the throughput chart. Idle when nothing moves. Must not drive anything.
 * Made by compose.ts; used by api/session.ts.
 */
import type { ServerMessage } from '../../src-shared/contract/channel.ts';
import type { Clock } from '../ports.ts';
import type { Coordinator } from './coordinator.ts';
import { houseState, workLeft } from './house-view.ts';
import { Subscriber } from './subscriber.ts';
import type { WatchRequest } from './watched-view.ts';

export interface UpdateStream {
  /** One window. Nothing is sent before `subscribe`. */
  open(send: (message: ServerMessage) => void): UpdateFeed;
  stop(): void;
}

export interface UpdateFeed {
  subscribe(): void;
  setVisible(visible: boolean): void;
  /** false: this window watches too many views. */
  watch(request: WatchRequest): boolean;
  unwatch(viewId: string): void;
  close(): void;
}

const PATCH_MS = 100;
/** Sent so rarely to a window that nobody sees. */
const HIDDEN_PATCH_MS = 1_000;
const SAMPLE_MS = 1_000;

interface Feed {
  readonly send: (message: ServerMessage) => void;
  /** null until the window subscribed. */
  subscriber: Subscriber | null;
  visible: boolean;
  lastSentMs: number;
  epoch: number;
}

export function createUpdateStream(coordinator: Coordinator, clock: Clock): UpdateStream {
  const feeds = new Set<Feed>();
  let lastEpoch = 0;
  let tickDue: (() => void) | null = null;
  let sampleDue: (() => void) | null = null;
  let stopped = false;

  function tickSoon(): void {
    if (tickDue !== null || stopped || feeds.size === 0) return;
    tickDue = clock.after(PATCH_MS, tick);
  }

  function tick(): void {
    tickDue = null;
    const nowMs = clock.monotonicMs();
    let isPending = false;
    for (const feed of feeds) {
      const { subscriber } = feed;
      // A view may be declared before the window asked for its snapshot.
      if (subscriber === null || feed.epoch === 0) continue;
      if (!feed.visible && nowMs - feed.lastSentMs < HIDDEN_PATCH_MS) {
        isPending = true;
        continue;
      }
      const patch = subscriber.take();
      isPending ||= subscriber.isPending;
      if (patch === null) continue;
      feed.lastSentMs = nowMs;
      subscriber.revision += 1;
      feed.send({ type: 'patch', epoch: feed.epoch, revision: subscriber.revision, patch });
    }
    if (isPending) tickSoon();
  }

  function sampleSoon(): void {
    if (sampleDue !== null || stopped) return;
    const startedMs = clock.monotonicMs();
    sampleDue = clock.after(SAMPLE_MS, () => {
      sampleDue = null;
      const sample = coordinator.throughput.sample(clock.wallMs(), clock.monotonicMs() - startedMs);
      const forecast = coordinator.throughput.forecast(workLeft(coordinator), clock.wallMs());
      for (const { subscriber } of feeds) subscriber?.noteSample(sample, forecast);
      tickSoon();
      // One still sample closes the curve; then the beat rests until something moves.
      if (coordinator.running.size > 0 || !coordinator.throughput.isStill()) sampleSoon();
    });
  }

  const stopHearingCommits = coordinator.onCommitted((committed) => {
    for (const { subscriber } of feeds) subscriber?.note(committed);
    tickSoon();
    if (committed.jobs.size > 0) sampleSoon();
  });
  const stopHearingStirs = coordinator.onStirred((what) => {
    if (what === 'house') for (const { subscriber } of feeds) subscriber?.noteHouse();
    tickSoon();
  });

  return {
    open(send) {
      const feed: Feed = { send, subscriber: null, visible: true, lastSentMs: 0, epoch: 0 };
      feeds.add(feed);
      const subscriber = (): Subscriber => {
        feed.subscriber ??= new Subscriber(coordinator);
        return feed.subscriber;
      };
      return {
        subscribe() {
          const before = feed.subscriber;
          feed.subscriber = new Subscriber(coordinator);
          if (before !== null) feed.subscriber.carryViewsFrom(before);
          lastEpoch += 1;
          feed.epoch = lastEpoch;
          send({ type: 'snapshot', epoch: feed.epoch, revision: 0, state: houseState(coordinator) });
        },
        setVisible(visible) {
          feed.visible = visible;
          tickSoon();
        },
        watch: (request) => subscriber().watch(request),
        unwatch: (viewId) => feed.subscriber?.unwatch(viewId),
        close() {
          feeds.delete(feed);
        },
      };
    },
    stop() {
      stopped = true;
      tickDue?.();
      sampleDue?.();
      stopHearingCommits();
      stopHearingStirs();
    },
  };
}
