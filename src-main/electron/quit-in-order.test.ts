/** Proves the way out: goodbye, stop, end; once, in bounded time, whatever asks and however often. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { nodeClock } from '../node-ports/node-clock.ts';
import { quitInOrder } from './quit-in-order.ts';

const fake = vi.hoisted(() => ({
  app: null as unknown as EventEmitter & { exit: (code: number) => void; quit(): void },
}));
vi.mock('electron', () => ({
  get app() {
    return fake.app;
  },
}));

const steps: string[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  steps.length = 0;
  const app = new EventEmitter();
  fake.app = Object.assign(app, {
    exit: (code: number) => void steps.push(`exit ${code}`),
    quit: () => void app.emit('before-quit', { preventDefault: () => void steps.push('held') }),
  });
  const known = (['SIGINT', 'SIGTERM'] as const).map((signal) => ({ signal, listeners: process.listeners(signal) }));
  onTestFinished(() => {
    for (const { signal, listeners } of known) {
      for (const added of process.listeners(signal)) if (!listeners.includes(added)) process.off(signal, added);
    }
  });
});
afterEach(() => {
  vi.useRealTimers();
});

test('says goodbye, waits for the house, then exits with 0', async () => {
  let stopped = () => {};
  const stop = () => new Promise<void>((resolve) => (stopped = resolve));
  quitInOrder({ goodbye: () => steps.push('goodbye'), stop }, nodeClock);
  fake.app.quit();
  fake.app.quit();
  expect(steps).toEqual(['held', 'goodbye', 'held']);
  stopped();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(steps).toEqual(['held', 'goodbye', 'held', 'exit 0']);
});

test('ends after ten seconds even when the house never stops', async () => {
  quitInOrder({ goodbye: () => {}, stop: () => new Promise(() => {}) }, nodeClock);
  fake.app.quit();
  await vi.advanceTimersByTimeAsync(9_999);
  expect(steps).toEqual(['held']);
  await vi.advanceTimersByTimeAsync(1);
  expect(steps).toEqual(['held', 'exit 1']);
});

test('a house that cannot stop is no success', async () => {
  quitInOrder({ goodbye: () => {}, stop: () => Promise.reject(new Error('no')) }, nodeClock);
  fake.app.quit();
  await vi.advanceTimersByTimeAsync(0);
  expect(steps).toEqual(['held', 'exit 1']);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s quits in order, a second one at once', (signal) => {
  quitInOrder({ goodbye: () => steps.push('goodbye'), stop: () => new Promise(() => {}) }, nodeClock);
  process.emit(signal);
  expect(steps).toEqual(['held', 'goodbye']);
  process.emit(signal);
  expect(steps).toEqual(['held', 'goodbye', 'exit 1']);
});
