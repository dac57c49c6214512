/**
 * Owns the gates: why a queue or an account starts nothing now, with a sentence and a time, and how much it may start.
 * One truth for the scheduler, the window and "why isn't this running?". Pure over what it is given but for the clocks
 * and buckets it reads. Made by the coordinator.
 */
import { type ActiveHours, isWithinHours, nextHoursChangeMs } from '../../src-shared/model/active-hours.ts';
import type { Failure } from '../../src-shared/model/failure.ts';
import type { Gate, PoolView } from '../../src-shared/model/house.ts';
import type { Clock } from '../ports.ts';
import type { StoredQueue } from '../store/records.ts';
import type { AccountBook } from './account-book.ts';
import type { AccountLanes } from './account-lanes.ts';
import type { SpaceWatch } from './space-watch.ts';
import { StartRates } from './start-rate.ts';

export interface GateSources {
  readonly clock: Clock;
  readonly accounts: AccountBook;
  readonly isHousePaused: () => boolean;
  readonly storeTrouble: () => Failure | null;
  readonly pool: () => PoolView;
  readonly space: SpaceWatch;
  readonly lanes: AccountLanes;
}

const OPEN: Gate = { state: 'open', reason: '', untilMs: null };

export class Gates {
  readonly rates = new StartRates();
  private readonly sources: GateSources;
  /** Asking a time zone costs 10 µs, finding the next change a millisecond: both hold until the change. */
  private readonly hours = new WeakMap<ActiveHours, { isOpen: boolean; fromMs: number; untilMs: number }>();

  constructor(sources: GateSources) {
    this.sources = sources;
  }

  /** The disk of the spool is nearly full: nothing starts until somebody made room. */
  isSpaceShort(): boolean {
    return this.sources.space.isShort;
  }

  /** What the queue may start now: 0 when its gate is closed for whatever reason but the pool. */
  queueFree(queue: StoredQueue): number {
    if (queue.paused || !this.isOpenNow(queue)) return 0;
    const berths = Math.max(0, queue.concurrency - queue.counts.running);
    return Math.min(berths, this.rates.free(queue.name, queue.startsPerMinute, this.sources.clock.monotonicMs()));
  }

  /** The first gate that is shut, from the outermost inwards. */
  queueGate(queue: StoredQueue): Gate {
    const { sources } = this;
    const { running } = queue.counts;
    const draining = running > 0 ? `, ${running} still running` : '';
    const trouble = sources.storeTrouble();
    if (trouble !== null) return shut('paused', trouble.message);
    if (sources.isHousePaused()) return shut('paused', `Everything is paused${draining}`);
    if (queue.paused) return shut('paused', `${queue.pausedReason ?? 'Paused by you'}${draining}`);
    if (sources.space.isShort) return shut('no-space', `${sources.space.reason}${draining}`);
    const nowMs = sources.clock.wallMs();
    if (queue.hours !== null && !this.isOpenNow(queue)) {
      return { state: 'closed', reason: `Outside its active hours${draining}`, untilMs: this.hoursChangeMs(queue) };
    }
    const pool = sources.pool();
    if (pool.state === 'degraded') return shut('no-workers', 'Workers keep ending');
    if (pool.workers.length === 0) return shut('no-workers', 'Workers are starting');
    if (running >= queue.concurrency) return shut('full', `All ${queue.concurrency} berths are busy`);
    const waitMs = this.rates.waitMs(queue.name, queue.startsPerMinute, sources.clock.monotonicMs());
    if (waitMs > 0) {
      return { state: 'limited', reason: `At most ${queue.startsPerMinute} starts a minute`, untilMs: nowMs + waitMs };
    }
    return OPEN;
  }

  /** `running`: attempts that use the account now. */
  accountFree(accountId: string, running: number): number {
    const { accounts, lanes } = this.sources;
    if (lanes.wait(accountId) !== null) return 0;
    const limit = accounts.find(accountId)?.record.maxAttempts ?? Number.POSITIVE_INFINITY;
    return Math.max(0, Math.min(limit, lanes.cut(accountId)?.width ?? limit) - running);
  }

  /** Those that may take no attempt now; `running`: attempts that use each account. */
  closedAccounts(running: ReadonlyMap<string, number>): ReadonlySet<string> {
    const closed = new Set<string>();
    for (const id of this.sources.accounts.ids()) if (this.accountFree(id, running.get(id) ?? 0) < 1) closed.add(id);
    return closed;
  }

  accountGate(accountId: string, running: number): Gate {
    const { lanes } = this.sources;
    const account = this.sources.accounts.find(accountId)?.record;
    const name = account?.name ?? accountId;
    const waiting = lanes.wait(accountId);
    if (waiting !== null) {
      const untilMs = this.sources.clock.wallMs() + waiting.waitMs;
      return { state: 'throttled', reason: `${name} asked to be left alone: ${waiting.reason}`, untilMs };
    }
    const cut = lanes.cut(accountId);
    if (cut !== null && running >= cut.width) {
      return shut('throttled', `The lane of ${name} is ${cut.width} wide for now: ${cut.reason}`);
    }
    const limit = account?.maxAttempts ?? null;
    if (limit === null || running < limit) return OPEN;
    return shut('throttled', `${name} has its ${limit} attempts in flight`);
  }

  /** Milliseconds until a gate opens by itself where work waits; null: none does. Accounts are asked for when one waits. */
  nextOpeningMs(queues: readonly StoredQueue[], waitingAccounts: () => Iterable<string>): number | null {
    const { clock, lanes } = this.sources;
    let soonest: number | null = null;
    const consider = (waitMs: number): void => {
      if (waitMs > 0 && (soonest === null || waitMs < soonest)) soonest = waitMs;
    };
    for (const queue of queues) {
      if (queue.paused || queue.counts.pending === 0) continue;
      if (queue.hours !== null) consider((this.hoursChangeMs(queue) ?? 0) - clock.wallMs());
      consider(this.rates.waitMs(queue.name, queue.startsPerMinute, clock.monotonicMs()));
    }
    if (!lanes.isEmpty) for (const id of waitingAccounts()) consider(lanes.wait(id)?.waitMs ?? 0);
    return soonest;
  }

  private isOpenNow({ hours }: StoredQueue): boolean {
    return hours === null || this.hoursNow(hours).isOpen;
  }

  private hoursChangeMs({ hours }: StoredQueue): number | null {
    if (hours === null) return null;
    const { untilMs } = this.hoursNow(hours);
    return Number.isFinite(untilMs) ? untilMs : null;
  }

  private hoursNow(hours: ActiveHours): { isOpen: boolean; untilMs: number } {
    const nowMs = this.sources.clock.wallMs();
    const known = this.hours.get(hours);
    // A clock that was set back or far ahead makes what is known worthless.
    if (known !== undefined && nowMs >= known.fromMs && nowMs < known.untilMs) return known;
    const fresh = {
      isOpen: isWithinHours(hours, nowMs),
      fromMs: nowMs,
      untilMs: nextHoursChangeMs(hours, nowMs) ?? Number.POSITIVE_INFINITY,
    };
    this.hours.set(hours, fresh);
    return fresh;
  }
}

function shut(state: Gate['state'], reason: string): Gate {
  return { state, reason, untilMs: null };
}
