/**
 * Owns the pace of the house: bytes read and written and jobs finished, as one sample a second, and the forecast made
 * of them. Must not look at jobs. Fed by the coordinator, read by the update stream.
 */
import type { Forecast, ThroughputSample } from '../../src-shared/model/house.ts';
import type { JobProgress } from '../../src-shared/model/job.ts';

/** Ten minutes of chart. */
const KEPT_SAMPLES = 600;
/** The forecast looks back so far: long enough to smooth, short enough to notice a change. */
const FORECAST_SAMPLES = 120;
/** With fewer samples than this nothing is foretold. */
const LEAST_SAMPLES = 8;

export interface WorkLeft {
  readonly jobs: number;
  readonly bytes: number;
}

export class Throughput {
  private readBytes = 0;
  private writtenBytes = 0;
  private finishedJobs = 0;
  private readonly samples: ThroughputSample[] = [];

  /** `before`: what the same attempt reported last; null at its first report. */
  progress(before: JobProgress | null, now: JobProgress): void {
    this.readBytes += Math.max(0, now.spooledBytes - (before?.spooledBytes ?? 0));
    this.writtenBytes += Math.max(0, now.writtenBytes - (before?.writtenBytes ?? 0));
  }

  /** An attempt ended well: adds what it never reported. */
  finish(last: JobProgress | null, sizeBytes: number): void {
    this.readBytes += Math.max(0, sizeBytes - (last?.spooledBytes ?? 0));
    this.writtenBytes += Math.max(0, sizeBytes - (last?.writtenBytes ?? 0));
    this.finishedJobs += 1;
  }

  /** Closes the running second, or however long it was. */
  sample(atMs: number, elapsedMs: number): ThroughputSample {
    const perSecond = 1_000 / Math.max(1, elapsedMs);
    const made: ThroughputSample = {
      atMs,
      readBytesPerSecond: Math.round(this.readBytes * perSecond),
      writtenBytesPerSecond: Math.round(this.writtenBytes * perSecond),
      jobsPerMinute: Math.round(this.finishedJobs * perSecond * 60),
    };
    this.readBytes = 0;
    this.writtenBytes = 0;
    this.finishedJobs = 0;
    this.samples.push(made);
    if (this.samples.length > KEPT_SAMPLES) this.samples.shift();
    return made;
  }

  /** True when the last samples show no movement: nothing more needs to be sampled until something moves. */
  isStill(): boolean {
    const last = this.samples.at(-1);
    return (
      last === undefined ||
      (last.writtenBytesPerSecond === 0 && last.readBytesPerSecond === 0 && last.jobsPerMinute === 0)
    );
  }

  all(): readonly ThroughputSample[] {
    return [...this.samples];
  }

  forecast(left: WorkLeft, nowMs: number): Forecast | null {
    return forecast(this.samples.slice(-FORECAST_SAMPLES), left, nowMs);
  }
}

/**
 * Earliest from the median pace, latest from the pace that nine of ten seconds reached; by bytes and by jobs,
 * whichever takes longer. Pure. null: nothing left, or too little measured to say anything honest.
 */
export function forecast(samples: readonly ThroughputSample[], left: WorkLeft, nowMs: number): Forecast | null {
  if (left.jobs === 0 || samples.length < LEAST_SAMPLES) return null;
  const bytes = smooth(samples.map((sample) => sample.writtenBytesPerSecond));
  const jobs = smooth(samples.map((sample) => sample.jobsPerMinute / 60));
  const medianMs = Math.max(timeFor(left.bytes, at(bytes, 0.5)), timeFor(left.jobs, at(jobs, 0.5)));
  const slowMs = Math.max(timeFor(left.bytes, at(bytes, 0.1)), timeFor(left.jobs, at(jobs, 0.1)));
  if (!Number.isFinite(medianMs)) return null;
  return {
    earliestAtMs: Math.round(nowMs + medianMs),
    latestAtMs: Math.round(nowMs + (Number.isFinite(slowMs) ? slowMs : medianMs * 2)),
  };
}

/** Means of five neighbours, sorted: single large assets finish in bursts. */
function smooth(values: readonly number[]): number[] {
  const means: number[] = [];
  for (let index = 4; index < values.length; index += 1) {
    const window = values.slice(index - 4, index + 1);
    means.push(window.reduce((sum, value) => sum + value, 0) / window.length);
  }
  return means.sort((one, other) => one - other);
}

function at(sorted: readonly number[], fraction: number): number {
  return sorted[Math.floor((sorted.length - 1) * fraction)] ?? 0;
}

function timeFor(amount: number, perSecond: number): number {
  return amount <= 0 ? 0 : (amount / perSecond) * 1_000;
}
