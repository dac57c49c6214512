/** Proves what a job list fetches and watches as a person scrolls, and that no answer of an old list slips into a new one. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Page, Params } from '../../../src-shared/contract/commands.ts';
import { FailureError, failure } from '../../../src-shared/model/failure.ts';
import type { JobRow } from '../../../src-shared/model/job.ts';
import { createJobPages, type ListView } from './job-pages.ts';
import { jobRow } from './job-row.fixture.ts';
import { rowCount, slotAt } from './page-window.ts';

const JOBS = 5_000;

/** A house with jobs 5000 … 1, newest first; the cursor is the id to go on below. */
function list(params: Params<'job.list'>): Page<JobRow> {
  const start = params.cursor === undefined ? JOBS : Number(params.cursor);
  const end = Math.max(start - (params.limit ?? 0), 0);
  const rows = Array.from({ length: start - end }, (_, at) => jobRow({ id: start - at }));
  return { rows, nextCursor: end === 0 ? null : String(end), total: { count: JOBS, exact: true } };
}

const listed = vi.fn(async (params: Params<'job.list'>) => list(params));
const watched = vi.fn(async (_view: ListView, _ids: readonly number[]) => ({}));
const open = () => createJobPages({ filter: { queue: 'q' }, sort: 'newest', list: listed, watch: watched });

beforeEach(() => {
  vi.useFakeTimers();
  listed.mockClear();
  watched.mockClear();
});
afterEach(() => vi.useRealTimers());

/** Lets answers arrive and the watch settle. */
const settle = () => vi.advanceTimersByTimeAsync(500);

test('opens with the first page, watches what is on screen and counts what comes', async () => {
  const pages = open();
  expect(pages.getState().phase).toBe('loading');
  await settle();
  expect(pages.getState()).toMatchObject({ phase: 'ready', total: { count: JOBS }, arrivals: 0 });
  pages.lookAt(0, 2, []);
  await settle();
  expect(watched).toHaveBeenCalledWith('top', expect.arrayContaining([5_000, 4_901]));
  expect(watched).toHaveBeenLastCalledWith('rows', [5_000, 4_999, 4_998]);
  pages.applyViewPatch('top', { viewId: 'v', rows: [], removed: [], arrivals: 27 });
  pages.applyViewPatch('rows', {
    viewId: 'v',
    rows: [jobRow({ id: 4_999, state: 'failed' })],
    removed: [],
    arrivals: 3,
  });
  expect(pages.getState().arrivals).toBe(27);
  expect(slotAt(pages.getState().window, 1)).toMatchObject({ id: 4_999, state: 'failed' });
});

test('fetches the next page before the eye is there, and no page twice', async () => {
  const pages = open();
  await settle();
  pages.lookAt(30, 60, []);
  pages.lookAt(31, 61, []);
  await settle();
  expect(listed.mock.calls.map(([params]) => params.cursor)).toEqual([undefined, '4900']);
  expect(rowCount(pages.getState().window)).toBe(200);
});

test('selected rows stay watched although they are not on screen', async () => {
  const pages = open();
  await settle();
  pages.lookAt(0, 0, [4_950, 5_000]);
  await settle();
  expect(watched).toHaveBeenLastCalledWith('rows', [5_000, 4_950]);
});

test('rows far from the eye are let go and fetched again with their own cursor', async () => {
  const pages = open();
  await settle();
  for (let row = 0; row <= 2_600; row += 50) {
    pages.lookAt(row, row + 20, []);
    await settle();
  }
  expect(slotAt(pages.getState().window, 150)).toBe('absent');
  const before = rowCount(pages.getState().window);
  pages.lookAt(140, 160, []);
  await settle();
  expect(slotAt(pages.getState().window, 150)).toMatchObject({ id: 4_850 });
  expect(rowCount(pages.getState().window)).toBe(before);
});

test('a refresh keeps the rows until the new ones are there, and forgets answers that were under way', async () => {
  const pages = open();
  await settle();
  let answerLate: (page: Page<JobRow>) => void = () => {};
  listed.mockImplementationOnce(() => new Promise((resolve) => (answerLate = resolve)));
  pages.lookAt(60, 90, []);
  pages.applyViewPatch('top', { viewId: 'v', rows: [], removed: [], arrivals: 4 });
  pages.refresh();
  expect(rowCount(pages.getState().window)).toBe(100);
  await settle();
  answerLate(list({ cursor: '4900', limit: 100 }));
  await settle();
  const ids = [0, 99, 100].map((index) => slotAt(pages.getState().window, index));
  expect(ids).toMatchObject([{ id: 5_000 }, { id: 4_901 }, { id: 4_900 }]);
  expect(pages.getState().arrivals).toBe(0);
});

test('a failed first page says why, and a refresh is the way out', async () => {
  listed.mockRejectedValueOnce(new FailureError(failure('timeout', 'No answer.')));
  const pages = open();
  await settle();
  expect(pages.getState()).toMatchObject({ phase: 'failed', failure: { message: 'No answer.' } });
  pages.refresh();
  await settle();
  expect(pages.getState()).toMatchObject({ phase: 'ready', failure: null });
});

test('a failed later page keeps the rows, is told, and is not tried in a loop', async () => {
  const pages = open();
  await settle();
  listed.mockRejectedValueOnce(new FailureError(failure('timeout', 'No answer.')));
  pages.lookAt(60, 90, []);
  await settle();
  pages.lookAt(61, 91, []);
  await settle();
  expect(listed).toHaveBeenCalledTimes(2);
  expect(pages.getState()).toMatchObject({ phase: 'ready', failure: { code: 'timeout' } });
  expect(rowCount(pages.getState().window)).toBe(100);
});

test('a refused watch is told, since rows would only look live', async () => {
  watched.mockRejectedValueOnce(new FailureError(failure('invalid-input', 'Too many views.')));
  const pages = open();
  await settle();
  expect(pages.getState().failure).toMatchObject({ message: 'Too many views.' });
});

test('after a break the rows on screen are fetched again at their place, and the views declared again', async () => {
  const pages = open();
  await settle();
  pages.lookAt(110, 120, []);
  await settle();
  pages.applyViewPatch('top', { viewId: 'v', rows: [], removed: [], arrivals: 2 });
  listed.mockClear();
  watched.mockClear();
  listed.mockImplementationOnce(async (params) => {
    const page = list(params);
    return { ...page, rows: page.rows.map((row) => ({ ...row, state: 'completed' as const })) };
  });
  pages.renew();
  await settle();
  expect(listed.mock.calls.map(([params]) => params.cursor)).toEqual(['4900']);
  expect(watched.mock.calls.map(([view]) => view)).toEqual(['top', 'rows']);
  expect(slotAt(pages.getState().window, 110)).toMatchObject({ id: 4_890, state: 'completed' });
  pages.applyViewPatch('top', { viewId: 'v', rows: [], removed: [], arrivals: 1 });
  expect(pages.getState().arrivals).toBe(3);
});

test('after a break at the top the list begins anew', async () => {
  const pages = open();
  await settle();
  pages.applyViewPatch('top', { viewId: 'v', rows: [], removed: [], arrivals: 2 });
  listed.mockClear();
  pages.renew();
  await settle();
  expect(listed.mock.calls.map(([params]) => params.cursor)).toEqual([undefined]);
  expect(pages.getState().arrivals).toBe(0);
});

test('after stop nothing is announced any more', async () => {
  const pages = open();
  const heard = vi.fn();
  pages.subscribe(heard);
  pages.stop();
  await settle();
  expect(heard).not.toHaveBeenCalled();
});
