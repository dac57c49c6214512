/**
 * Owns when a pending job starts: fills free berths inside every batch, reads ahead in each lane. Must not choose
 * between lanes (pick-next does), judge a gate (gates does), nor start anything before the commit.
 * Called by the coordinator.
 */
import type { Clock } from '../ports.ts';
import type { ClaimedJob, LanePlace, PendingJob, StoredQueue } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { runningByAccount } from './account-lanes.ts';
import type { Gates } from './gates.ts';
import { keepFirst, type Lane, type LaneOrder, pickNext, type QueueSlots } from './pick-next.ts';
import type { SpoolBudget } from './spool-budget.ts';

export interface Scheduler {
  /**
   * Inside a batch: claims what fits. What it returns may run after the commit. `suspectRoom`: how many jobs that a
   * worker died over may run now; others of them are passed over until one has ended.
   */
  claimFree(poolFree: number, suspectRoom: number): readonly ClaimedJob[];
  /** Milliseconds until a gate opens by itself for work that waits; null: none will. */
  nextOpeningMs(): number | null;
  /** Jobs of these migrations came back to pending, or changed their rank: their lanes are read from the start again. */
  reread(migrationIds: Iterable<number>): void;
  /** Everything read ahead is void. */
  forget(): void;
}

interface ReadAhead {
  jobs: readonly PendingJob[];
  next: number;
  last: LanePlace | null;
  lastPick: number;
}

/** Jobs read at once in a lane: enough for a few ticks of a busy house. */
const READ_AHEAD = 128;
/** So many lanes are kept whether their migrations are open or not. */
const IDLE_LANES = 64;
/** A lease is worth this long in words; its real end is the supervisor's to judge, by monotonic time. */
const LEASE_MS = 60_000;

export function createScheduler(
  store: Store,
  clock: Clock,
  gates: Gates,
  spool: SpoolBudget,
  runName: string,
): Scheduler {
  const lanes = new Map<number, ReadAhead>();
  /** Lanes with jobs that go ahead of others; null: to be asked for. */
  let urgent: ReadonlySet<number> | null = null;
  let lastToken = 0;
  let lastPick = 0;
  /** Migrations with suspects that were passed over. */
  const passedOver = new Set<number>();
  let suspectsLeft = 0;

  function lane(migrationId: number): ReadAhead {
    let found = lanes.get(migrationId);
    if (found === undefined) {
      found = { jobs: [], next: 0, last: null, lastPick: 0 };
      lanes.set(migrationId, found);
    }
    return found;
  }

  function peek(migrationId: number): PendingJob | null {
    const ahead = lane(migrationId);
    if (ahead.next >= ahead.jobs.length) {
      ahead.jobs = store.readPending(migrationId, ahead.last, READ_AHEAD);
      ahead.next = 0;
    }
    return ahead.jobs[ahead.next] ?? null;
  }

  /** null: somebody took, paused or cancelled it since it was read. */
  function claim(job: PendingJob): ClaimedJob | null {
    const nowMs = clock.wallMs();
    lastToken += 1;
    const token = `${runName}.${lastToken}`;
    const claimed = store.claim(job, { token, startedAtMs: nowMs, endsAtMs: nowMs + LEASE_MS });
    if (claimed === null) return null;
    const migration = store.migration(claimed.migrationId);
    if (migration !== null) spool.reserve(claimed, migration);
    if (claimed.workerLosses > 0) suspectsLeft -= 1;
    if (claimed.rank < 0) urgent = null;
    return claimed;
  }

  function hasRoom(job: PendingJob): boolean {
    const migration = store.migration(job.migrationId);
    return migration !== null && spool.fits(job, migration);
  }

  function claimNext(migrationId: number): ClaimedJob | null {
    for (let job = peek(migrationId); job !== null && hasRoom(job); job = peek(migrationId)) {
      const ahead = lane(migrationId);
      ahead.next += 1;
      ahead.last = job;
      if (ahead.next === ahead.jobs.length) Object.assign(ahead, { jobs: [], next: 0 });
      if (job.workerLosses > 0 && suspectsLeft === 0) {
        passedOver.add(migrationId);
        continue;
      }
      const claimed = claim(job);
      if (claimed === null) continue;
      lastPick += 1;
      ahead.lastPick = lastPick;
      return claimed;
    }
    return null;
  }

  /** What somebody wants now goes past every gate of its queue and its migration, not past those of accounts. */
  function claimRunNow(poolFree: number): ClaimedJob[] {
    urgent ??= new Set(store.urgentMigrations());
    if (urgent.size === 0) return [];
    const claimed: ClaimedJob[] = [];
    const free = new Map<string, number>();
    const running = runningByAccount(store);
    for (const job of store.readRunNow(Math.min(poolFree, READ_AHEAD))) {
      const migration = store.migration(job.migrationId);
      if (migration === null || (job.workerLosses > 0 && suspectsLeft === 0) || !hasRoom(job)) continue;
      const accounts = [...new Set([migration.source.accountId, migration.destination.accountId])];
      const left = accounts.map((id) => free.get(id) ?? gates.accountFree(id, running.get(id) ?? 0));
      if (left.some((room) => room < 1)) continue;
      const taken = claim(job);
      if (taken === null) continue;
      claimed.push(taken);
      for (const [index, id] of accounts.entries()) free.set(id, (left[index] ?? 1) - 1);
    }
    return claimed;
  }

  function laneOf(order: LaneOrder): Lane[] {
    const migration = store.migration(order.migrationId);
    if (migration === null) return [];
    const { queue, source, destination, counts } = migration;
    const accounts = [...new Set([source.accountId, destination.accountId])];
    return [{ ...order, queue, accounts, pending: counts.pending }];
  }

  function rankOf(id: number): number {
    return urgent?.has(id) === true ? (peek(id)?.rank ?? 0) : 0;
  }

  /** Its next job waits for room, and those behind it wait for it: another lane may have the berth. */
  function headHasRoom(migrationId: number): boolean {
    const head = spool.isTight ? peek(migrationId) : null;
    return head === null || hasRoom(head);
  }

  function accountsFree(waiting: readonly Lane[], running: ReadonlyMap<string, number>): Map<string, number> {
    const free = new Map<string, number>();
    for (const { accounts } of waiting) {
      for (const id of accounts) if (!free.has(id)) free.set(id, gates.accountFree(id, running.get(id) ?? 0));
    }
    return free;
  }

  /**
   * In rounds, because a round may leave berths empty that others can have: what waits in a lane may all be passed over,
   * and lanes that were not looked at may use other accounts.
   */
  function claimShares(poolFree: number): ClaimedJob[] {
    const claimed: ClaimedJob[] = [];
    const dry = new Set<number>();
    forgetIdle();
    for (let isOver = false; !isOver && claimed.length < poolFree; ) {
      const slots = slotsOf(store.queues());
      if (!slots.some(({ free }) => free > 0)) break;
      const running = runningByAccount(store);
      const { waiting, isCut } = shortlist(slots, gates.closedAccounts(running), dry);
      const dryBefore = dry.size;
      const picks = pickNext(slots, waiting, accountsFree(waiting, running), poolFree - claimed.length);
      claimed.push(...claimPicks(picks, dry));
      isOver = picks.length === 0 || (dry.size === dryBefore && !isCut);
    }
    return claimed;
  }

  function claimPicks(picks: readonly number[], dry: Set<number>): ClaimedJob[] {
    const claimed: ClaimedJob[] = [];
    const starts = new Map<string, number>();
    for (const migrationId of picks) {
      const job = dry.has(migrationId) ? null : claimNext(migrationId);
      if (job === null) {
        dry.add(migrationId);
        continue;
      }
      claimed.push(job);
      const queue = store.migration(migrationId)?.queue ?? '';
      starts.set(queue, (starts.get(queue) ?? 0) + 1);
    }
    for (const [name, count] of starts) {
      const startsPerMinute = store.queue(name)?.startsPerMinute ?? null;
      gates.rates.take(name, startsPerMinute, count, clock.monotonicMs());
    }
    return claimed;
  }

  /**
   * Those that the picks can fall on: each pick sets back one lane, so no more of them matter than there are berths.
   * Tens of thousands may wait, of one job each, and this looks at all of them in every batch.
   */
  function shortlist(slots: readonly QueueSlots[], closedAccounts: ReadonlySet<string>, dry: ReadonlySet<number>) {
    const lists = new Map(slots.map(({ name, free }) => [name, { free, kept: [] as LaneOrder[] }]));
    let isCut = false;
    for (const { id, queue, counts, intent, source, destination } of store.openMigrations()) {
      const list = lists.get(queue);
      if (counts.pending === 0 || intent !== 'run' || list === undefined || list.free === 0 || dry.has(id)) continue;
      if (closedAccounts.has(source.accountId) || closedAccounts.has(destination.accountId)) continue;
      if (!headHasRoom(id)) continue;
      const lastPick = lanes.get(id)?.lastPick ?? 0;
      if (keepFirst(list.kept, { migrationId: id, rank: rankOf(id), running: counts.running, lastPick }, list.free))
        isCut = true;
    }
    return { waiting: [...lists.values()].flatMap(({ kept }) => kept.flatMap(laneOf)), isCut };
  }

  function slotsOf(queues: readonly StoredQueue[]): QueueSlots[] {
    return queues.map((queue) => ({
      name: queue.name,
      priority: queue.priority,
      free: queue.counts.pending === 0 ? 0 : gates.queueFree(queue),
    }));
  }

  function waitingAccounts(): Set<string> {
    const accounts = new Set<string>();
    for (const { source, destination, counts } of store.openMigrations()) {
      if (counts.pending > 0) accounts.add(source.accountId).add(destination.accountId);
    }
    return accounts;
  }

  function forgetIdle(): void {
    if (lanes.size <= IDLE_LANES) return;
    const open = store.openMigrations();
    if (lanes.size <= 2 * open.length) return;
    const ids = new Set(open.map(({ id }) => id));
    for (const id of lanes.keys()) if (!ids.has(id)) lanes.delete(id);
  }

  return {
    claimFree(poolFree, suspectRoom) {
      suspectsLeft = suspectRoom;
      if (suspectRoom > 0 && passedOver.size > 0) {
        for (const id of passedOver) lanes.delete(id);
        passedOver.clear();
      }
      if (poolFree <= 0 || store.isHousePaused() || gates.isSpaceShort()) return [];
      spool.recount();
      const claimed = claimRunNow(poolFree);
      return [...claimed, ...claimShares(poolFree - claimed.length)];
    },
    nextOpeningMs() {
      if (store.isHousePaused()) return null;
      return gates.nextOpeningMs(store.queues(), waitingAccounts);
    },
    reread(migrationIds) {
      urgent = null;
      for (const id of migrationIds) {
        const ahead = lanes.get(id);
        if (ahead !== undefined) Object.assign(ahead, { jobs: [], next: 0, last: null });
      }
    },
    forget() {
      urgent = null;
      lanes.clear();
    },
  };
}
