/** Proves that rows keep their place: through patches, later pages, letting go and fetching again. */
import { expect, test } from 'vitest';
import type { JobRow } from '../../../src-shared/model/job.ts';
import { jobRow } from './job-row.fixture.ts';
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
  slotAt,
} from './page-window.ts';

const rows = (from: number, to: number): readonly JobRow[] =>
  Array.from({ length: from - to + 1 }, (_, at) => jobRow({ id: from - at }));

const idAt = (window: PageWindow, index: number): number | string => {
  const slot = slotAt(window, index);
  return typeof slot === 'object' ? slot.id : slot;
};

const twoPages = appendPage(appendPage(EMPTY_WINDOW, { cursor: null, rows: rows(6, 4), nextCursor: 'c3' }), {
  cursor: 'c3',
  rows: rows(3, 1),
  nextCursor: null,
});

test('pages stand behind each other and know where to go on', () => {
  expect(rowsBetween(twoPages, 0, 5).map((row) => row.id)).toEqual([6, 5, 4, 3, 2, 1]);
  expect(twoPages.nextCursor).toBeNull();
  expect(rowCount(twoPages)).toBe(6);
  expect(slotAt(twoPages, 6)).toBe('absent');
  expect(slotAt(twoPages, -1)).toBe('absent');
});

test('a row that a later page brings again keeps its first place', () => {
  const window = appendPage(appendPage(EMPTY_WINDOW, { cursor: null, rows: rows(6, 4), nextCursor: 'c' }), {
    cursor: 'c',
    rows: rows(4, 2),
    nextCursor: null,
  });
  expect(rowsBetween(window, 0, 9).map((row) => row.id)).toEqual([6, 5, 4, 3, 2]);
});

test('a live patch changes a row in place, even out of the filter, and touches no other page', () => {
  const patched = patchRows(twoPages, [jobRow({ id: 2, state: 'completed' })], []);
  expect(idAt(patched, 4)).toBe(2);
  expect(rowsBetween(patched, 4, 4)[0]?.state).toBe('completed');
  expect(patched.pages[0]).toBe(twoPages.pages[0]);
});

test('a patch about jobs that are not held changes nothing at all', () => {
  expect(patchRows(twoPages, [jobRow({ id: 99 })], [98])).toBe(twoPages);
});

test('a removed row leaves its slot, so the rows below do not move up', () => {
  const window = patchRows(twoPages, [], [5]);
  expect([0, 1, 2].map((index) => idAt(window, index))).toEqual([6, 'gone', 4]);
  expect(rowCount(window)).toBe(6);
});

const threePages = appendPage({ ...twoPages, nextCursor: 'c0' }, { cursor: 'c0', rows: rows(0, -2), nextCursor: null });
const letGo = letGoFar(threePages, 8, 8, 1);

test('far pages let go of their rows but keep their length; the first page, which no cursor brings back, stays', () => {
  expect(rowCount(letGo)).toBe(9);
  expect([2, 3, 5, 6].map((index) => idAt(letGo, index))).toEqual([4, 'absent', 'absent', 0]);
  expect(letGoFar(threePages, 8, 8, 10)).toBe(threePages);
});

test('knows which pages have a row in view', () => {
  expect(pagesBetween(threePages, 2, 3)).toEqual([0, 1]);
  expect(pagesBetween(threePages, 8, 99)).toEqual([2]);
  expect(pagesBetween(threePages, 9, 99)).toEqual([]);
});

test('a page that is fetched again keeps its size whatever came', () => {
  const fewer = refillPage(letGo, 1, rows(3, 3));
  expect([2, 3, 4, 5, 6].map((index) => idAt(fewer, index))).toEqual([4, 3, 'gone', 'gone', 0]);
  const more = refillPage(letGo, 1, rows(90, 81));
  expect([2, 3, 4, 5, 6].map((index) => idAt(more, index))).toEqual([4, 90, 89, 88, 0]);
});

test('a page that is fetched again never shows a row twice', () => {
  const window = refillPage(letGo, 1, rows(4, 2));
  expect([2, 3, 4, 5].map((index) => idAt(window, index))).toEqual([4, 3, 2, 'gone']);
});
