/**
 * Owns the answers to "is it working?" and "how long still?", in words. Pure. Shown on the overview and at the foot of
 * the side.
 */
import type { HouseState } from '../../../src-shared/model/house.ts';
import { formatRate } from '../../format/bytes.ts';
import { formatNumberOf } from '../../format/count.ts';
import { formatDuration } from '../../format/durations.ts';
import { formatClock } from '../../format/moments.ts';

/** Seconds that the shown rate is the mean of: single small assets would make it jump. */
const RATE_SAMPLES = 5;

export interface Working {
  readonly isWorking: boolean;
  readonly word: string;
  readonly value: string;
}

export function isWorking(house: HouseState): Working {
  const { stats } = house;
  if (stats.processing > 0) return { isWorking: true, word: 'Working', value: formatRate(recentRate(house)) };
  if (house.paused) return { isWorking: false, word: 'Paused', value: formatNumberOf(stats.pending, 'job') };
  const waiting = stats.pending + stats.counts.scheduled + stats.counts.paused;
  if (waiting > 0) return { isWorking: false, word: 'Waiting', value: formatNumberOf(waiting, 'job') };
  return { isWorking: false, word: 'Idle', value: 'nothing queued' };
}

/** Bytes a second that reached their destination, over the last seconds. Nothing is sampled while nothing runs. */
export function recentRate({ throughput, stats }: HouseState): number {
  if (stats.processing === 0) return 0;
  const recent = throughput.slice(-RATE_SAMPLES);
  if (recent.length === 0) return 0;
  return recent.reduce((sum, sample) => sum + sample.writtenBytesPerSecond, 0) / recent.length;
}

export interface HowLong {
  /** "23:40 – 00:25"; empty when it can not be told. */
  readonly value: string;
  /** "2 h 36 min to 3 h 21 min". */
  readonly span: string;
}

export function howLong({ forecast, throughput }: HouseState): HowLong {
  if (forecast === null) return { value: '', span: '' };
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
