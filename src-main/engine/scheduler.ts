/**
 * Owns when a pending job starts: fills free berths inside every batch, reads ahead in each lane, wakes up when a
 * scheduled job falls due. Must not choose between lanes (pick-next does) nor start anything before the commit.
 * Called by the coordinator.
 */
import type { Clock } from '../ports.ts';
import type { ClaimedJob, PendingJob, StoredQueue } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { type Lane, pickNext, type QueueSlots } from './pick-next.ts';

export interface Scheduler {
  /**
   * Inside a batch: claims what fits. What it returns may run after the commit. `suspectRoom`: how many jobs that a
   * worker died over may run now; others of them are passed over until one has ended.
   */
  claimFree(poolFree: number, suspectRoom: number): readonly ClaimedJob[];
  /** Jobs of these migrations came back to pending: their lanes are read from the start again. */
  reread(migrationIds: Iterable<number>): void;
  /** Everything read ahead is void. */
  forget(): void;
}

interface ReadAhead {
  jobs: readonly PendingJob[];
  next: number;
  lastId: number;
  lastPick: number;
}

/** Jobs read at once in a lane: enough for a few ticks of a busy house. */
const READ_AHEAD = 128;
/** A lease is worth this long in words; its real end is the supervisor's to judge, by monotonic time. */
const LEASE_MS = 60_000;

export function createScheduler(store: Store, clock: Clock, epoch: number): Scheduler {
  const lanes = new Map<number, ReadAhead>();
  let lastToken = 0;
  let lastPick = 0;
  /** Migrations with suspects that were passed over. */
  const passedOver = new Set<number>();
  let suspectsLeft = 0;

  function lane(migrationId: number): ReadAhead {
    let found = lanes.get(migrationId);
    if (found === undefined) {
      found = { jobs: [], next: 0, lastId: 0, lastPick: 0 };
      lanes.set(migrationId, found);
    }
    return found;
  }

  function nextJob(ahead: ReadAhead, migrationId: number): PendingJob | null {
    if (ahead.next >= ahead.jobs.length) {
      ahead.jobs = store.readPending(migrationId, ahead.lastId, READ_AHEAD);
      ahead.next = 0;
    }
    const job = ahead.jobs[ahead.next];
    if (job === undefined) return null;
    ahead.next += 1;
    ahead.lastId = job.id;
    return job;
  }

  function claimNext(migrationId: number): ClaimedJob | null {
    const ahead = lane(migrationId);
    const nowMs = clock.wallMs();
    for (let job = nextJob(ahead, migrationId); job !== null; job = nextJob(ahead, migrationId)) {
      if (job.workerLosses > 0 && suspectsLeft === 0) {
        passedOver.add(migrationId);
        continue;
      }
      lastToken += 1;
      const token = `${epoch}.${lastToken}`;
      // false: somebody paused or cancelled it since it was read.
      if (store.claim(job, { token, startedAtMs: nowMs, endsAtMs: nowMs + LEASE_MS })) {
        if (job.workerLosses > 0) suspectsLeft -= 1;
        lastPick += 1;
        ahead.lastPick = lastPick;
        return { ...job, attempts: job.attempts + 1, token, startedAtMs: nowMs };
      }
    }
    return null;
  }

  return {
    claimFree(poolFree, suspectRoom) {
      suspectsLeft = suspectRoom;
      if (suspectRoom > 0 && passedOver.size > 0) {
        for (const id of passedOver) lanes.delete(id);
        passedOver.clear();
      }
      if (poolFree <= 0 || store.isHousePaused()) return [];
      const queues = store.queues().map(freeSlots);
      if (!queues.some(({ free }) => free > 0)) return [];
      const waiting: Lane[] = [];
      for (const migration of store.openMigrations()) {
        const { pending, running } = migration.counts;
        if (pending === 0 || migration.intent !== 'run') continue;
        const { id, queue } = migration;
        waiting.push({ migrationId: id, queue, pending, running, lastPick: lanes.get(id)?.lastPick ?? 0 });
      }
      if (waiting.length === 0) return [];
      const claimed: ClaimedJob[] = [];
      for (const migrationId of pickNext(queues, waiting, poolFree)) {
        const job = claimNext(migrationId);
        if (job !== null) claimed.push(job);
      }
      return claimed;
    },
    reread(migrationIds) {
      for (const id of migrationIds) {
        const ahead = lanes.get(id);
        if (ahead !== undefined) Object.assign(ahead, { jobs: [], next: 0, lastId: 0 });
      }
    },
    forget() {
      lanes.clear();
    },
  };
}

function freeSlots(queue: StoredQueue): QueueSlots {
  return { name: queue.name, free: queue.paused ? 0 : Math.max(0, queue.concurrency - queue.counts.running) };
}
