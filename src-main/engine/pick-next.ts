/**
 * Owns the choice of what runs next. Pure: tables of queues, lanes and accounts in, an order of migrations out. Must
 * not know jobs. Called by the scheduler in every batch.
 */

export interface QueueSlots {
  readonly name: string;
  /** Higher first. */
  readonly priority: number;
  /** Attempts that may start now; 0 when its gate is shut. */
  readonly free: number;
}

/** The waiting jobs of one migration. */
export interface Lane {
  readonly migrationId: number;
  readonly queue: string;
  /** Source and destination; an account without an entry in `accountsFree` has no limit. */
  readonly accounts: readonly string[];
  readonly pending: number;
  readonly running: number;
  /** Of its next job: below 0 goes ahead of other lanes. */
  readonly rank: number;
  /** Grows with every pick in the house; the lane's last one. Breaks ties in favour of who waited longest. */
  readonly lastPick: number;
}

/**
 * One entry for each berth to fill: the migration whose next job goes there. Queues of higher priority come first.
 * Within a queue, jobs that somebody put first come first; then berths are shared evenly between migrations (fewest
 * running, then longest not served), so that a migration of a million assets does not hold up one of three.
 * `poolFree`: attempts that the worker processes can still take.
 */
export function pickNext(
  queues: readonly QueueSlots[],
  lanes: readonly Lane[],
  accountsFree: ReadonlyMap<string, number>,
  poolFree: number,
): number[] {
  const picks: number[] = [];
  const free = new Map(accountsFree);
  const inOrder = [...queues].sort((one, other) => other.priority - one.priority);
  for (const queue of inOrder) {
    const candidates = lanes
      .filter((lane) => lane.queue === queue.name && lane.pending > 0)
      .map((lane) => ({ ...lane }));
    for (let left = queue.free; left > 0 && picks.length < poolFree; left -= 1) {
      const lane = best(candidates, free);
      if (lane === null) break;
      picks.push(lane.migrationId);
      lane.running += 1;
      lane.pending -= 1;
      // The job behind an urgent one is taken to be an ordinary one until it is looked at.
      lane.rank = Math.max(0, lane.rank);
      lane.lastPick = Number.MAX_SAFE_INTEGER;
      for (const account of lane.accounts) free.set(account, (free.get(account) ?? Number.POSITIVE_INFINITY) - 1);
    }
  }
  return picks;
}

/** What decides which lane is picked. */
export type LaneOrder = Pick<Lane, 'migrationId' | 'rank' | 'running' | 'lastPick'>;

/** Puts the lane in its place among the `limit` that come first. True: one had to be left out. */
export function keepFirst(kept: LaneOrder[], lane: LaneOrder, limit: number): boolean {
  const last = kept.at(-1);
  if (kept.length >= limit && (last === undefined || !isBefore(lane, last))) return true;
  const after = kept.findIndex((other) => isBefore(lane, other));
  kept.splice(after === -1 ? kept.length : after, 0, lane);
  if (kept.length <= limit) return false;
  kept.pop();
  return true;
}

type Candidate = { -readonly [K in keyof Lane]: Lane[K] };

function best(candidates: readonly Candidate[], free: ReadonlyMap<string, number>): Candidate | null {
  let found: Candidate | null = null;
  for (const lane of candidates) {
    if (lane.pending === 0 || lane.accounts.some((account) => (free.get(account) ?? 1) < 1)) continue;
    if (found === null || isBefore(lane, found)) found = lane;
  }
  return found;
}

function isBefore(one: LaneOrder, other: LaneOrder): boolean {
  if (one.rank !== other.rank) return one.rank < other.rank;
  if (one.running !== other.running) return one.running < other.running;
  if (one.lastPick !== other.lastPick) return one.lastPick < other.lastPick;
  return one.migrationId < other.migrationId;
}
