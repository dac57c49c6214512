/** Proves the clock: long delays neither fire at once nor are lost, and a cancelled one never fires. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nodeClock } from './node-clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const THIRTY_DAYS_MS = 30 * 24 * 3_600_000;

test('a delay of thirty days waits thirty days', () => {
  const action = vi.fn();
  nodeClock.after(THIRTY_DAYS_MS, action);
  vi.advanceTimersByTime(THIRTY_DAYS_MS - 1);
  expect(action).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(action).toHaveBeenCalledOnce();
});

test('cancelling works before and after the first leg of a long delay', () => {
  const action = vi.fn();
  const cancelEarly = nodeClock.after(10, action);
  const cancelLate = nodeClock.after(THIRTY_DAYS_MS, action);
  cancelEarly();
  vi.advanceTimersByTime(THIRTY_DAYS_MS - 10);
  cancelLate();
  vi.advanceTimersByTime(THIRTY_DAYS_MS);
  expect(action).not.toHaveBeenCalled();
});
