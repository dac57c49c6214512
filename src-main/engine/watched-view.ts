/**
 * Owns one view that a window declared: which jobs it shows, which of them changed, how many others came to match.
 * Must not send. Used by the update stream, one for each view of each session.
 */
import type { ViewPatch } from '../../src-shared/contract/channel.ts';
import type { ParsedParams } from '../../src-shared/contract/commands.ts';
import type { JobRow } from '../../src-shared/model/job.ts';
import { NOTICE_QUEUE } from '../../src-shared/model/notice-rule.ts';
import type { Store } from '../store/store.ts';

export type WatchRequest = ParsedParams<'view.watch'>;

/** Arrivals are counted up to here; a window says "more than" beyond it. */
const MAX_ARRIVALS = 1_000;
/** Rows read in one tick: about 2 ms. The rest waits for the next. */
const ROWS_PER_TICK = 100;

export class WatchedView {
  private readonly request: WatchRequest;
  private readonly shown: ReadonlySet<number>;
  /** Jobs made later have larger ids. */
  private readonly newestId: number;
  private readonly changed = new Set<number>();
  private readonly candidates = new Set<number>();
  private readonly arrived = new Set<number>();
  private announced = 0;

  constructor(request: WatchRequest, newestId: number) {
    this.request = request;
    this.shown = new Set(request.jobIds);
    this.newestId = newestId;
  }

  note(jobIds: ReadonlySet<number>): void {
    const states = this.request.filter.states ?? [];
    for (const id of jobIds) {
      if (this.shown.has(id)) this.changed.add(id);
      else if ((id > this.newestId || states.length > 0) && this.arrived.size + this.candidates.size < MAX_ARRIVALS) {
        this.candidates.add(id);
      }
    }
  }

  /** What there is to tell; null when nothing. */
  take(store: Store): ViewPatch | null {
    const rows: JobRow[] = [];
    const removed: number[] = [];
    for (const id of first(this.changed, ROWS_PER_TICK)) {
      const row = store.jobRow(id);
      if (row === null) removed.push(id);
      else rows.push(row);
    }
    for (const id of first(this.candidates, ROWS_PER_TICK)) {
      const row = store.jobRow(id);
      if (row !== null && this.matches(row)) this.arrived.add(id);
    }
    const arrivals = this.arrived.size;
    if (rows.length === 0 && removed.length === 0 && arrivals === this.announced) return null;
    this.announced = arrivals;
    return { viewId: this.request.viewId, rows, removed, arrivals };
  }

  get isPending(): boolean {
    return this.changed.size > 0 || this.candidates.size > 0;
  }

  private matches(row: JobRow): boolean {
    const { migrationId, queue, states, search } = this.request.filter;
    if (migrationId !== undefined && row.migrationId !== migrationId) return false;
    if (queue !== undefined && row.queue !== queue) return false;
    // As in a list: who asks for the jobs of the house does not mean notices.
    if (migrationId === undefined && queue === undefined && row.queue === NOTICE_QUEUE) return false;
    if (states !== undefined && states.length > 0 && !states.includes(row.state)) return false;
    if (search === undefined || search === '') return true;
    // SQLite's LIKE ignores the case of ASCII letters only; so does this.
    const wanted = lowerAscii(search);
    return lowerAscii(row.sourceKey).includes(wanted) || lowerAscii(row.destinationKey).includes(wanted);
  }
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Takes up to `count` ids out of the set. */
function first(ids: Set<number>, count: number): number[] {
  const taken: number[] = [];
  for (const id of ids) {
    if (taken.length >= count) break;
    taken.push(id);
  }
  for (const id of taken) ids.delete(id);
  return taken;
}
