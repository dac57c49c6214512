/**
 * Owns the lane of each account: which were told to slow down, until when, and how many attempts they take at once since.
 * All migrations share it. Memory only, in monotonic time: a new start finds out again. Must not decide about single
 * jobs. Fed by the coordinator with what attempts say, read by the gates.
 */
import type { Failure } from '../../src-shared/model/failure.ts';
import type { LaneView } from '../../src-shared/model/house.ts';
import type { JobProgress } from '../../src-shared/model/job.ts';
import type { Clock } from '../ports.ts';
import type { Store } from '../store/store.ts';
import { countMoved, type LanePace, type Slowdown, slowLane, widenLane } from './lane-pace.ts';
import { heldMs } from './retry-policy.ts';
import type { RunningAttempt } from './running-attempts.ts';
import type { AttemptEnd } from './settle-attempt.ts';

export class AccountLanes {
  private readonly lanes = new Map<string, LanePace>();
  private readonly store: Store;
  private readonly clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Heard the moment an attempt ends, before anything is settled or started. True: a lane is another now. */
  ended(attempt: RunningAttempt, end: AttemptEnd): boolean {
    const side = throttledSide(end);
    const migration = this.store.migration(attempt.job.migrationId);
    // Notices share nothing: one receiver that asks for patience says nothing about the others.
    if (migration === null || migration.kind === 'notices') return false;
    if (end.kind === 'completed') {
      return this.move(attempt, end.result.sizeBytes - (attempt.progress?.writtenBytes ?? 0), 1);
    }
    if (side === null || end.kind !== 'failed') return false;
    const isCut = end.failure.code === 'rate-limited';
    this.slow(migration[side].accountId, end.failure, { isCut, startedAtMs: attempt.startedMonotonicMs });
    return true;
  }

  /** A source that asked to go slower while it was listed is left alone by everything. */
  listingFailed(accountId: string, reason: Failure): void {
    if (reason.code === 'rate-limited') this.slow(accountId, reason, { isCut: false, startedAtMs: 0 });
  }

  /** True: a lane is another now. */
  progressed(attempt: RunningAttempt, now: JobProgress): boolean {
    return this.move(attempt, now.writtenBytes - (attempt.progress?.writtenBytes ?? 0), 0);
  }

  /** Milliseconds that nothing may start, with the reason; null when it is free. */
  wait(accountId: string): { readonly waitMs: number; readonly reason: string } | null {
    const lane = this.lanes.get(accountId);
    const waitMs = (lane?.heldUntilMs ?? 0) - this.clock.monotonicMs();
    return lane === undefined || waitMs <= 0 ? null : { waitMs, reason: lane.reason };
  }

  /** How many it takes at once for now, and what it said; null: as many as it is given. */
  cut(accountId: string): { readonly width: number; readonly reason: string } | null {
    const lane = this.lanes.get(accountId);
    return lane === undefined || lane.width === Number.POSITIVE_INFINITY ? null : lane;
  }

  /** True when no account was told anything: the common case costs nothing. */
  get isEmpty(): boolean {
    return this.lanes.size === 0;
  }

  views(): LaneView[] {
    return [...this.lanes].flatMap(([accountId, { reason }]) => {
      const waiting = this.wait(accountId);
      const width = this.cut(accountId)?.width ?? null;
      if (waiting === null && width === null) return [];
      return [
        { accountId, width, reason, heldUntilMs: waiting === null ? null : this.clock.wallMs() + waiting.waitMs },
      ];
    });
  }

  private slow(accountId: string, said: Failure, how: Pick<Slowdown, 'isCut' | 'startedAtMs'>): void {
    const told = {
      ...how,
      running: runningByAccount(this.store).get(accountId) ?? 1,
      waitMs: heldMs(said),
      // It stands inside sentences.
      reason: said.message.replace(/\.$/, ''),
    };
    this.lanes.set(accountId, slowLane(this.lanes.get(accountId) ?? null, told, this.clock.monotonicMs()));
  }

  private move({ job }: RunningAttempt, bytes: number, objects: number): boolean {
    if (this.isEmpty) return false;
    const migration = this.store.migration(job.migrationId);
    if (migration === null) return false;
    const running = runningByAccount(this.store);
    let isOther = false;
    for (const id of new Set([migration.source.accountId, migration.destination.accountId])) {
      const before = this.lanes.get(id);
      if (before === undefined) continue;
      const nowMs = this.clock.monotonicMs();
      const counted = countMoved(before, Math.max(0, bytes), objects, nowMs);
      const after = widenLane(counted, running.get(id) ?? 0, nowMs);
      if (after === null) this.lanes.delete(id);
      else this.lanes.set(id, after);
      isOther ||= after?.width !== before.width;
    }
    return isOther;
  }
}

/**
 * Which side has to be left alone: one that asked for it, or a destination without room. Reads break before `upload`,
 * everything later is the destination's. null: neither. Pure.
 */
export function throttledSide(end: AttemptEnd): 'source' | 'destination' | null {
  if (end.kind !== 'failed') return null;
  const isReading = end.step === 'open' || end.step === 'spool';
  if (end.failure.code === 'rate-limited') return isReading ? 'source' : 'destination';
  return end.failure.code === 'disk-full' && !isReading ? 'destination' : null;
}

/** Attempts that use each account now, as either side. */
export function runningByAccount(store: Store): Map<string, number> {
  const running = new Map<string, number>();
  for (const { counts, source, destination } of store.openMigrations()) {
    if (counts.running === 0) continue;
    for (const id of new Set([source.accountId, destination.accountId])) {
      running.set(id, (running.get(id) ?? 0) + counts.running);
    }
  }
  return running;
}
