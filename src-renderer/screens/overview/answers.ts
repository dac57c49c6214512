/**
 * Owns the answers to "is it working?" and "how long still?", in words. Pure. Shown on the overview and at the foot of
 * the side.
 */
import type { HouseState } from '../../../src-shared/model/house.ts';
import { type JobProgress, TRANSFER_STEPS } from '../../../src-shared/model/job.ts';
import { NOTICE_QUEUE } from '../../../src-shared/model/notice-rule.ts';
import { formatRate } from '../../format/bytes.ts';
import { formatNumberOf } from '../../format/count.ts';
import { formatDuration } from '../../format/durations.ts';
import { formatClock } from '../../format/moments.ts';
import { STEP_WORDS } from '../step-words.ts';

/** Seconds that the shown rate is the mean of: single small assets would make it jump. */
const RATE_SAMPLES = 5;

export interface Working {
  readonly isWorking: boolean;
  readonly word: string;
  readonly value: string;
}

export function isWorking(house: HouseState): Working {
  if (house.stats.processing > 0) return { isWorking: true, word: 'Working', value: pace(house) };
  // Between two starts of a slowed queue nothing runs, and yet it goes on.
  const isSlowed = house.queues.some(({ name, gate, counts }) => {
    return name !== NOTICE_QUEUE && gate.state === 'limited' && counts.pending > 0;
  });
  if (isSlowed) return { isWorking: true, word: 'Working', value: 'slowed' };
  const waiting = waitingJobs(house);
  const jobs = formatNumberOf(waiting, 'job');
  if (waiting > 0) return { isWorking: false, word: heldJobs(house) >= waiting ? 'Paused' : 'Waiting', value: jobs };
  return { isWorking: false, word: house.paused ? 'Paused' : 'Idle', value: 'nothing queued' };
}

/** Open jobs that do not run now. */
function waitingJobs({ stats: { counts } }: HouseState): number {
  return counts.pending + counts.scheduled + counts.paused;
}

/** Those of them that stay where they are until somebody resumes them, their migration, their queue, or everything. */
export function heldJobs(house: HouseState): number {
  if (house.paused) return waitingJobs(house);
  const shut = new Set(house.queues.filter(({ paused }) => paused).map(({ name }) => name));
  let held = 0;
  for (const { name, counts } of house.queues) {
    if (name === NOTICE_QUEUE) continue;
    held += counts.paused + (shut.has(name) ? counts.pending + counts.scheduled : 0);
  }
  for (const { intent, queue, counts } of house.migrations) {
    if (intent === 'pause' && !shut.has(queue)) held += counts.pending + counts.scheduled;
  }
  return held;
}

/** What is written in a second; while nothing is, what is read; while nothing moves, what the foremost job is at. */
function pace(house: HouseState): string {
  const written = recentRate(house);
  if (written > 0) return formatRate(written);
  const read = recentRate(house, 'readBytesPerSecond');
  if (read > 0) return `${formatRate(read)} read`;
  const steps = house.running.flatMap(({ job, progress }) => (job.queue === NOTICE_QUEUE ? [] : [stepOf(progress)]));
  const foremost = Math.max(-1, ...steps);
  const step = TRANSFER_STEPS[foremost];
  return step === undefined ? 'starting' : STEP_WORDS[step];
}

/** Bytes a second over the last seconds; written ones have reached their destination. Nothing is sampled in silence. */
export function recentRate(
  { throughput, stats }: HouseState,
  of: 'writtenBytesPerSecond' | 'readBytesPerSecond' = 'writtenBytesPerSecond',
): number {
  if (stats.processing === 0) return 0;
  const recent = throughput.slice(-RATE_SAMPLES);
  return recent.reduce((sum, sample) => sum + sample[of], 0) / Math.max(1, recent.length);
}

function stepOf(progress: JobProgress | null): number {
  return progress === null ? -1 : TRANSFER_STEPS.indexOf(progress.step);
}

export interface HowLong {
  /** "23:40 – 00:25"; empty when it can not be told, and while everything that is left is held. */
  readonly value: string;
  /** "2 h 36 min to 3 h 21 min". */
  readonly span: string;
}

export function howLong(house: HouseState): HowLong {
  const { forecast, throughput, stats } = house;
  const isHeld = stats.processing === 0 && heldJobs(house) >= waitingJobs(house);
  if (forecast === null || isHeld) return { value: '', span: '' };
  // The forecast was made with the last sample: its own clock, not ours.
  const madeAtMs = throughput.at(-1)?.atMs ?? forecast.earliestAtMs;
  const from = formatClock(forecast.earliestAtMs);
  const to = formatClock(forecast.latestAtMs);
  const shortest = formatDuration(forecast.earliestAtMs - madeAtMs);
  const longest = formatDuration(forecast.latestAtMs - madeAtMs);
  return {
    value: from === to ? from : `${from} – ${to}`,
    span: shortest === longest ? shortest : `${shortest} to ${longest}`,
  };
}
