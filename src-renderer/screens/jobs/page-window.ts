/**
 * Owns the part of a long job list that the window holds: keyset pages in order, patched in place, so that a row never
 * changes its place while it is looked at. Must not fetch or know React. Called by use-job-pages.ts.
 *
 * A page keeps its length when its rows are let go (`slots: null`), so row numbers and the scroll bar stay as they
 * were. A slot of `null` is a row that is gone: pruned, or no longer matching when its page was fetched again.
 */
import type { JobRow } from '../../../src-shared/model/job.ts';

export interface JobPage {
  /** The cursor that this page is fetched with; null: the first. */
  readonly cursor: string | null;
  readonly size: number;
  readonly slots: readonly (JobRow | null)[] | null;
}

export interface PageWindow {
  readonly pages: readonly JobPage[];
  /** Where to go on; null with no pages loaded means from the start, otherwise that the end is reached. */
  readonly nextCursor: string | null;
}

export const EMPTY_WINDOW: PageWindow = { pages: [], nextCursor: null };

/** `gone`: was there; `absent`: its page was let go, or is not fetched yet. */
export type Slot = JobRow | 'gone' | 'absent';

export function rowCount(window: PageWindow): number {
  return window.pages.reduce((sum, page) => sum + page.size, 0);
}

export function slotAt(window: PageWindow, index: number): Slot {
  const place = placeOf(window, index);
  if (place === null) return 'absent';
  if (place.page.slots === null) return 'absent';
  return place.page.slots[place.offset] ?? 'gone';
}

/** Rows held between two row numbers, both included. */
export function rowsBetween(window: PageWindow, first: number, last: number): readonly JobRow[] {
  const rows: JobRow[] = [];
  for (let index = Math.max(first, 0); index <= last; index += 1) {
    const slot = slotAt(window, index);
    if (typeof slot === 'object') rows.push(slot);
  }
  return rows;
}

/** Puts a page behind the last one. Rows that the window already shows keep their place; the newcomer is dropped. */
export function appendPage(
  window: PageWindow,
  fetched: { readonly cursor: string | null; readonly rows: readonly JobRow[]; readonly nextCursor: string | null },
): PageWindow {
  const held = idsHeld(window, null);
  const slots = fetched.rows.filter((row) => !held.has(row.id));
  return {
    pages: [...window.pages, { cursor: fetched.cursor, size: slots.length, slots }],
    nextCursor: fetched.nextCursor,
  };
}

/** Fills a page that was let go. It keeps its size: what is missing stands as gone, what is too much is not shown. */
export function refillPage(window: PageWindow, pageIndex: number, rows: readonly JobRow[]): PageWindow {
  const page = window.pages[pageIndex];
  if (page === undefined) return window;
  const held = idsHeld(window, pageIndex);
  const fresh = rows.filter((row) => !held.has(row.id));
  const slots = Array.from({ length: page.size }, (_, offset) => fresh[offset] ?? null);
  return { ...window, pages: window.pages.with(pageIndex, { ...page, slots }) };
}

/** Changed rows take the place of their older selves; removed ones leave an empty slot. Untouched pages stay the same object. */
export function patchRows(window: PageWindow, changed: readonly JobRow[], removed: readonly number[]): PageWindow {
  if (changed.length === 0 && removed.length === 0) return window;
  const newer = new Map<number, JobRow | null>(changed.map((row) => [row.id, row]));
  for (const id of removed) newer.set(id, null);
  let touched = false;
  const pages = window.pages.map((page) => {
    if (page.slots === null || !page.slots.some((slot) => slot !== null && newer.has(slot.id))) return page;
    touched = true;
    const slots = page.slots.map((slot) => {
      const replacement = slot === null ? undefined : newer.get(slot.id);
      return replacement === undefined ? slot : replacement;
    });
    return { ...page, slots };
  });
  return touched ? { ...window, pages } : window;
}

/**
 * Lets go of the rows of pages that are far from what is looked at, so that scrolling for hours costs no memory. The
 * first page stays: its cursor means "from the newest", which would bring other rows by then and leave a hole below.
 */
export function letGoFar(window: PageWindow, first: number, last: number, keepRows: number): PageWindow {
  let touched = false;
  let start = 0;
  const pages = window.pages.map((page, index) => {
    const end = start + page.size - 1;
    const distance = Math.max(start - last, first - end, 0);
    start += page.size;
    if (index === 0 || page.slots === null || distance <= keepRows) return page;
    touched = true;
    return { ...page, slots: null };
  });
  return touched ? { ...window, pages } : window;
}

/** Numbers of the pages that have a row between two row numbers. */
export function pagesBetween(window: PageWindow, first: number, last: number): readonly number[] {
  const found: number[] = [];
  let start = 0;
  for (const [index, page] of window.pages.entries()) {
    const end = start + page.size - 1;
    if (page.size > 0 && start <= last && end >= first) found.push(index);
    start += page.size;
  }
  return found;
}

function placeOf(window: PageWindow, index: number): { readonly page: JobPage; readonly offset: number } | null {
  let offset = index;
  if (offset < 0) return null;
  for (const page of window.pages) {
    if (offset < page.size) return { page, offset };
    offset -= page.size;
  }
  return null;
}

function idsHeld(window: PageWindow, exceptPage: number | null): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const [index, page] of window.pages.entries()) {
    if (index === exceptPage) continue;
    for (const slot of page.slots ?? []) if (slot !== null) ids.add(slot.id);
  }
  return ids;
}
