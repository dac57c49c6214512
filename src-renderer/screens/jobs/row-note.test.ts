/** Proves that each row says what a person asks of it next: how far, why not, or what was done. */
import { expect, test } from 'vitest';
import { failure } from '../../../src-shared/model/failure.ts';
import type { JobRow } from '../../../src-shared/model/job.ts';
import { NO_COUNTS } from '../../../src-shared/model/job-state.ts';
import { jobRow } from './job-row.fixture.ts';
import { rowNote, waitReason } from './row-note.ts';

const note = (fields: Partial<JobRow>, waitsFor = 'waits its turn') =>
  rowNote(jobRow(fields), null, { nowMs: 10_000, waitsFor });

test('a waiting job tells why it waits', () => {
  expect(note({ state: 'pending' })).toEqual({ left: 'waits its turn', right: '1.0 kB', tone: 'quiet' });
  expect(note({ state: 'pending', sizeBytes: null }, 'Paused by you')).toEqual({
    left: 'Paused by you',
    right: '',
    tone: 'quiet',
  });
});

test('a scheduled job counts down to its next attempt and never below now', () => {
  const scheduled = { state: 'scheduled', attempts: 1 } as const;
  expect(note({ ...scheduled, notBeforeMs: 48_000 })).toMatchObject({ left: 'again in 38 s', right: 'attempt 2' });
  expect(note({ ...scheduled, notBeforeMs: 9_000 }).left).toBe('again now');
});

test('a running job tells bytes and rate, and only "starting" before it reported any', () => {
  const progress = {
    jobId: 1,
    step: 'upload',
    spooledBytes: 30_000_000,
    writtenBytes: 27_900_000,
    totalBytes: 48_200_000,
    bytesPerSecond: 118_000_000,
  } as const;
  const at = { nowMs: 0, waitsFor: '' };
  expect(rowNote(jobRow({ state: 'running' }), progress, at)).toMatchObject({
    left: '27.9 of 48.2 MB',
    right: '118 MB/s',
  });
  const reading = { ...progress, step: 'spool', writtenBytes: 0, bytesPerSecond: 0 } as const;
  expect(rowNote(jobRow({ state: 'running' }), reading, at)).toMatchObject({
    left: '30.0 of 48.2 MB read',
    right: 'reading',
  });
  expect(note({ state: 'running' })).toEqual({ left: 'starting', right: '', tone: 'quiet' });
});

test('a finished job tells what was done, a failed one its code and how often it was tried', () => {
  expect(note({ state: 'completed', startedAtMs: 1_000, finishedAtMs: 2_400, attempts: 1 })).toMatchObject({
    left: '1.0 kB in 1.4 s',
    right: '',
  });
  expect(note({ state: 'failed', failure: failure('timeout', 'Slow.'), attempts: 5 })).toEqual({
    left: 'timeout',
    right: 'attempt 5',
    tone: 'attention',
  });
  expect(note({ state: 'skipped', skipReason: 'Already there, identical' }).left).toBe('Already there, identical');
});

test('a waiting job is told the widest reason: everything, its migration, its queue, its turn', () => {
  const queue = {
    name: 'q',
    concurrency: 4,
    paused: false,
    pausedReason: null,
    priority: 0,
    startsPerMinute: null,
    hours: null,
    bandwidthCap: null,
    gate: { state: 'full', reason: '4 of 4 berths busy', untilMs: null },
    counts: NO_COUNTS,
    doneBytes: 0,
  } as const;
  const house = { paused: false, queues: [queue] };
  expect(waitReason({ ...house, paused: true }, 'q', { intent: 'pause' })).toBe('everything is paused');
  expect(waitReason(house, 'q', { intent: 'pause' })).toBe('its migration is paused');
  expect(waitReason(house, 'q', { intent: 'run' })).toBe('4 of 4 berths busy');
  expect(waitReason(house, 'another', null)).toBe('waits its turn');
});
