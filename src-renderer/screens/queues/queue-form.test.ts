/** Proves that a queue's form gives back what it was filled with, and complains at the field that is wrong. */
import { expect, test } from 'vitest';
import type { QueueView } from '../../../src-shared/model/house.ts';
import { NO_COUNTS } from '../../../src-shared/model/job-state.ts';
import { toQueueChange, toQueueForm } from './queue-form.ts';

const QUEUE: QueueView = {
  name: 'video',
  concurrency: 4,
  paused: false,
  pausedReason: null,
  priority: -2,
  startsPerMinute: null,
  hours: { timeZone: 'UTC', windows: [{ days: [1], fromMinute: 0, toMinute: 360 }] },
  bandwidthCap: { bytesPerSecond: 2_500_000, hours: null },
  gate: { state: 'open', reason: '', untilMs: null },
  counts: NO_COUNTS,
  doneBytes: 0,
};
const form = toQueueForm(QUEUE, 'Europe/Berlin');

test('what was not touched is sent as it was', () => {
  const { name, concurrency, priority, startsPerMinute, hours, bandwidthCap } = QUEUE;
  expect(toQueueChange(name, form)).toEqual({
    ok: true,
    value: { queue: name, concurrency, priority, startsPerMinute, hours, bandwidthCap },
  });
});

test('every wrong field has its own complaint', () => {
  const hours = { ...form.hours, timeZone: 'Mars/Olympus', windows: [{ id: 1, days: [], from: 'noon', to: '06:00' }] };
  const answer = toQueueChange('video', {
    concurrency: '0',
    priority: '1.5',
    startsPerMinute: '1e2',
    hours,
    bandwidthCap: { ...form.bandwidthCap, megabytes: '-1' },
  });
  expect(answer.ok ? [] : Object.keys(answer.complaints).sort()).toEqual([
    'bandwidthCap.bytesPerSecond',
    'concurrency',
    'hours.timeZone',
    'hours.windows.0.days',
    'hours.windows.0.fromMinute',
    'priority',
    'startsPerMinute',
  ]);
});

test('hours without a window are refused, and taken away are sent as none', () => {
  const none = { ...form.hours, windows: [] };
  expect(toQueueChange('video', { ...form, hours: none })).toMatchObject({
    ok: false,
    complaints: { 'hours.windows': { message: 'Add a window, or choose “at any hour”.' } },
  });
  expect(toQueueChange('video', { ...form, hours: { ...none, isLimited: false } })).toMatchObject({
    value: { hours: null },
  });
});
