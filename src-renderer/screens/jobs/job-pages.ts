/**
 * Owns fetching for one job list: which page comes next, which come back, which jobs are watched, how many are new.
 * Must not know React or the channel; it is lent the two calls it makes. Called by use-job-pages.ts.
 */
import type { ViewPatch } from '../../../src-shared/contract/channel.ts';
import type { Page, Params } from '../../../src-shared/contract/commands.ts';
import { type Failure, toFailure } from '../../../src-shared/model/failure.ts';
import type { JobRow } from '../../../src-shared/model/job.ts';
import type { JobFilter } from './job-filter.ts';
import {
  appendPage,
  EMPTY_WINDOW,
  letGoFar,
  type PageWindow,
  pagesBetween,
  patchRows,
  refillPage,
  rowCount,
  rowsBetween,
} from './page-window.ts';

/** Rows of one fetch: about three screens of 2560 × 1440. */
const PAGE_ROWS = 100;
/** Fetch ahead of the eye by this many rows. */
const AHEAD_ROWS = 60;
/** Rows held on both sides of what is looked at; further ones are let go and fetched again on return. */
const KEEP_ROWS = 2_000;
/** The most ids that one view watches, by contract. */
const MAX_WATCHED = 200;
/** Scrolling settles for this long before the watch follows. */
const WATCH_SETTLE_MS = 120;
/** Browsers end an element at about 33.5 million pixels; rows of 36 px stay below it. */
export const MAX_ROWS = 900_000;

export interface JobPagesState {
  readonly window: PageWindow;
  /** Of the first page. */
  readonly phase: 'loading' | 'ready' | 'failed';
  /** Why the last fetch failed; null when it did not. */
  readonly failure: Failure | null;
  readonly total: Page<JobRow>['total'] | null;
  /** Jobs that came to match since the list was fetched; the house stops counting at 1,000. */
  readonly arrivals: number;
}

/**
 * A list declares two views: `top` once for each fetch from the start, to count arrivals from that moment on, and
 * `rows`, which follows the eye. One view for both would begin to count anew with every scroll.
 */
export type ListView = 'top' | 'rows';

export interface JobPages {
  getState(): JobPagesState;
  subscribe(listener: () => void): () => void;
  /** Says which rows are on screen, both included, and which others must stay fresh (the selected ones). */
  lookAt(first: number, last: number, alsoWatch: readonly number[]): void;
  applyViewPatch(view: ListView, patch: ViewPatch): void;
  /** Fetches from the top again; the rows on screen stay until the answer is there. Also the way out of a failure. */
  refresh(): void;
  /** After a break in the updates: watches anew and fetches again what is looked at, at its place. */
  renew(): void;
  stop(): void;
}

export type JobSort = NonNullable<Params<'job.list'>['sort']>;

export function createJobPages(needs: {
  readonly filter: JobFilter;
  readonly sort: JobSort;
  readonly list: (params: Params<'job.list'>) => Promise<Page<JobRow>>;
  /** Makes the view carry these jobs from now on. */
  readonly watch: (view: ListView, jobIds: readonly number[]) => Promise<unknown>;
}): JobPages {
  let state: JobPagesState = { window: EMPTY_WINDOW, phase: 'loading', failure: null, total: null, arrivals: 0 };
  const listeners = new Set<() => void>();
  let looked = { first: 0, last: 0, alsoWatch: [] as readonly number[] };
  /** Grows with every refresh: answers of an older round are not for this list any more. */
  let round = 0;
  let fetching = false;
  let stopped = false;
  let settleTimer: ReturnType<typeof setTimeout> | null = null;
  let watched = '';
  /** Pages fetched before a break in the updates. */
  let stale = new Set<number>();
  /** Arrivals from before the break. */
  let arrivalsBefore = 0;

  const set = (patch: Partial<JobPagesState>): void => {
    if (stopped) return;
    state = { ...state, ...patch };
    for (const listener of listeners) listener();
  };

  async function fetchPage(cursor: string | null, limit: number, use: (page: Page<JobRow>) => void): Promise<void> {
    const mine = round;
    fetching = true;
    try {
      const page = await needs.list({
        filter: needs.filter,
        sort: needs.sort,
        limit,
        ...(cursor === null ? {} : { cursor }),
      });
      if (mine !== round || stopped) return;
      fetching = false;
      use(page);
      follow();
    } catch (thrown) {
      if (mine !== round || stopped) return;
      fetching = false;
      set({ failure: toFailure(thrown), phase: state.phase === 'loading' ? 'failed' : state.phase });
    }
  }

  function fetchFirst(): void {
    void fetchPage(null, PAGE_ROWS, (page) => {
      const window = appendPage(EMPTY_WINDOW, { cursor: null, rows: page.rows, nextCursor: page.nextCursor });
      watched = '';
      stale = new Set();
      arrivalsBefore = 0;
      set({ window, phase: 'ready', failure: null, total: page.total, arrivals: 0 });
      watchTop();
    });
  }

  /** Brings what is looked at: pages that are missing or stale, then the next one. A failure waits for `refresh`. */
  function follow(): void {
    scheduleWatch();
    if (fetching || stopped || state.phase !== 'ready' || state.failure !== null) return;
    const { first, last } = looked;
    const wanted = pageToFetchAgain(first, last);
    if (wanted === 0) {
      fetchFirst();
      return;
    }
    const page = state.window.pages[wanted ?? -1];
    if (wanted !== null && page !== undefined) {
      void fetchPage(page.cursor, page.size, ({ rows }) => {
        stale.delete(wanted);
        set({ window: refillPage(state.window, wanted, rows) });
      });
      return;
    }
    const count = rowCount(state.window);
    const cursor = state.window.nextCursor;
    if (cursor === null || last + AHEAD_ROWS < count || count >= MAX_ROWS) return;
    void fetchPage(cursor, PAGE_ROWS, ({ rows, nextCursor }) =>
      set({ window: appendPage(state.window, { cursor, rows, nextCursor }) }),
    );
  }

  function pageToFetchAgain(first: number, last: number): number | null {
    const near = pagesBetween(state.window, first - AHEAD_ROWS, last + AHEAD_ROWS);
    const absent = near.find((index) => state.window.pages[index]?.slots === null);
    return absent ?? pagesBetween(state.window, first, last).find((index) => stale.has(index)) ?? null;
  }

  function scheduleWatch(): void {
    if (settleTimer !== null || stopped) return;
    settleTimer = setTimeout(() => {
      settleTimer = null;
      if (state.phase === 'ready') watchNow();
    }, WATCH_SETTLE_MS);
  }

  function watchNow(): void {
    const visible = rowsBetween(state.window, looked.first, looked.last).map((row) => row.id);
    const ids = [...new Set([...visible, ...looked.alsoWatch])].slice(0, MAX_WATCHED);
    const key = ids.join(' ');
    if (key === watched) return;
    watched = key;
    watch('rows', ids);
  }

  function watchTop(): void {
    const rows = state.window.pages[0]?.slots ?? [];
    watch(
      'top',
      rows.flatMap((row) => (row === null ? [] : [row.id])),
    );
  }

  /** A refused watch is told: rows that only look live would be a false picture. */
  function watch(view: ListView, ids: readonly number[]): void {
    needs.watch(view, ids).catch((thrown: unknown) => set({ failure: toFailure(thrown) }));
  }

  fetchFirst();
  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    lookAt(first, last, alsoWatch) {
      looked = { first, last, alsoWatch };
      const window = letGoFar(state.window, first, last, KEEP_ROWS);
      if (window !== state.window) set({ window });
      follow();
    },
    applyViewPatch(view, patch) {
      const window = patchRows(state.window, patch.rows, patch.removed);
      const arrivals = view === 'top' ? arrivalsBefore + patch.arrivals : state.arrivals;
      if (window !== state.window || arrivals !== state.arrivals) set({ window, arrivals });
    },
    refresh() {
      round += 1;
      if (state.failure !== null) set({ failure: null });
      fetchFirst();
    },
    renew() {
      if (state.phase !== 'ready') {
        this.refresh();
        return;
      }
      stale = new Set(state.window.pages.keys());
      arrivalsBefore = state.arrivals;
      watched = '';
      if (state.failure !== null) set({ failure: null });
      watchTop();
      follow();
    },
    stop() {
      stopped = true;
      if (settleTimer !== null) clearTimeout(settleTimer);
      listeners.clear();
    },
  };
}
