/**
 * Owns the choice of what runs next. Pure: a table of lanes in, an order of migrations out. Must not know jobs.
 * Called by the scheduler in every batch.
 */

export interface QueueSlots {
  readonly name: string;
  /** Berths that may be filled now; 0 when the queue is paused. */
  readonly free: number;
}

/** The waiting jobs of one migration. */
export interface Lane {
  readonly migrationId: number;
  readonly queue: string;
  readonly pending: number;
  readonly running: number;
  /** Grows with every pick in the house; the lane's last one. Breaks ties in favour of who waited longest. */
  readonly lastPick: number;
}

/**
 * One entry for each berth to fill: the migration whose oldest pending job goes there. Berths of a queue are shared
 * evenly between its migrations (fewest running first, then longest not served), so that a migration of a million
 * assets does not hold up one of three; within a migration, jobs keep their order.
 * `poolFree`: attempts that the worker processes can still take.
 */
export function pickNext(queues: readonly QueueSlots[], lanes: readonly Lane[], poolFree: number): number[] {
  const picks: number[] = [];
  let left = poolFree;
  for (const queue of queues) {
    let free = Math.min(queue.free, left);
    if (free <= 0) continue;
    const eligible = lanes
      .filter((lane) => lane.queue === queue.name && lane.pending > 0)
      .map((lane) => ({ id: lane.migrationId, pending: lane.pending, running: lane.running, lastPick: lane.lastPick }));
    while (free > 0 && eligible.length > 0) {
      let best = 0;
      for (let index = 1; index < eligible.length; index += 1) {
        if (isBefore(eligible[index], eligible[best])) best = index;
      }
      const lane = eligible[best];
      if (lane === undefined) break;
      picks.push(lane.id);
      lane.running += 1;
      lane.pending -= 1;
      lane.lastPick = Number.MAX_SAFE_INTEGER;
      if (lane.pending === 0) eligible.splice(best, 1);
      free -= 1;
      left -= 1;
    }
  }
  return picks;
}

type Candidate = { readonly id: number; readonly running: number; readonly lastPick: number } | undefined;

function isBefore(one: Candidate, other: Candidate): boolean {
  if (one === undefined || other === undefined) return false;
  if (one.running !== other.running) return one.running < other.running;
  if (one.lastPick !== other.lastPick) return one.lastPick < other.lastPick;
  return one.id < other.id;
}
