/** Proves that the answers are true while work is held, while it is only read, and while nothing moves yet. */
import { expect, test } from 'vitest';
import type { HouseState } from '../../../src-shared/model/house.ts';
import type { TransferStep } from '../../../src-shared/model/job.ts';
import { NO_COUNTS } from '../../../src-shared/model/job-state.ts';
import { NOTICE_QUEUE } from '../../../src-shared/model/notice-rule.ts';
import { jobRow } from '../jobs/job-row.fixture.ts';
import { heldJobs, howLong, isWorking } from './answers.ts';
import { houseOf, migrationOf, queueView } from './house.fixture.ts';

const forecast = { earliestAtMs: 60_000, latestAtMs: 120_000 };
const running = (step: TransferStep, queue = 'default'): HouseState['running'][number] => ({
  job: jobRow({ state: 'running', queue }),
  progress: { jobId: 1, step, spooledBytes: 0, writtenBytes: 0, totalBytes: null, bytesPerSecond: 0 },
});
const sample = (readBytesPerSecond: number, writtenBytesPerSecond: number) => ({
  atMs: 0,
  readBytesPerSecond,
  writtenBytesPerSecond,
  jobsPerMinute: 0,
});

test('held is what nobody starts: paused jobs, and all that waits behind a paused migration, queue or house', () => {
  const counts = { ...NO_COUNTS, pending: 5, scheduled: 1, paused: 2 };
  expect(heldJobs(houseOf(counts))).toBe(2);
  expect(heldJobs(houseOf(counts, { paused: true }))).toBe(8);
  expect(heldJobs(houseOf(counts, { queues: [queueView({ paused: true, counts })] }))).toBe(8);
  const paused = migrationOf({ intent: 'pause', counts });
  expect(heldJobs(houseOf(counts, { migrations: [paused] }))).toBe(8);
  // Held twice, counted once.
  expect(heldJobs(houseOf(counts, { migrations: [paused], queues: [queueView({ paused: true, counts })] }))).toBe(8);
  expect(heldJobs(houseOf({}, { queues: [queueView({ name: NOTICE_QUEUE, paused: true, counts })] }))).toBe(0);
});

test('while everything that is left is paused it is "Paused" with its jobs, and nothing is foretold', () => {
  expect(isWorking(houseOf({ paused: 3 }, { paused: true }))).toMatchObject({ word: 'Paused', value: '3 jobs' });
  expect(isWorking(houseOf({ paused: 3 }))).toMatchObject({ word: 'Paused', value: '3 jobs' });
  expect(isWorking(houseOf({ paused: 3, pending: 1 }))).toMatchObject({ word: 'Waiting', value: '4 jobs' });
  expect(howLong(houseOf({ paused: 3 }, { forecast })).value).toBe('');
  expect(howLong(houseOf({ paused: 3, pending: 1 }, { forecast })).value).not.toBe('');
});

test('the pace is what is written, else what is read, else what the foremost job is at', () => {
  const at = (fields: Partial<HouseState>) => isWorking(houseOf({ running: 2 }, fields)).value;
  expect(at({ throughput: [sample(9_000, 4_000)] })).toBe('4.0 kB/s');
  expect(at({ throughput: [sample(9_000, 0)] })).toBe('9.0 kB/s read');
  expect(at({ running: [running('open'), running('verify'), running('spool')] })).toBe('verifying');
  expect(at({ running: [running('publish', NOTICE_QUEUE)] })).toBe('starting');
});

test('a slowed queue goes on between two starts', () => {
  const counts = { ...NO_COUNTS, pending: 5 };
  const gate = { state: 'limited', reason: 'At most 6 starts a minute', untilMs: 1 } as const;
  const slowed = queueView({ counts, startsPerMinute: 6, gate });
  expect(isWorking(houseOf(counts, { queues: [slowed] }))).toMatchObject({ isWorking: true, value: 'slowed' });
  expect(isWorking(houseOf({}, { queues: [queueView({ gate })] })).isWorking).toBe(false);
});
