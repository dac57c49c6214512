/**
 * Owns the live picture of the whole house as every window sees it: queues, pool, rates, running jobs.
 * Must stay small: it is bounded by queues, berths and open migrations, never by the number of jobs.
 * Built by engine/updates, mirrored by the renderer.
 */
import type { ActiveHours } from './active-hours.ts';
import type { BandwidthCap } from './bandwidth-cap.ts';
import type { BulkView } from './bulk.ts';
import type { Failure } from './failure.ts';
import type { HealthReport, HouseNews } from './health.ts';
import type { JobProgress, JobRow } from './job.ts';
import type { JobState, StateCounts } from './job-state.ts';
import type { MigrationView } from './migration.ts';
import type { NoticeRule } from './notice-rule.ts';
import type { AccountView } from './provider.ts';
import type { ScheduleView } from './schedule.ts';
import type { HouseSettings } from './settings.ts';

/** The words people know, with the rest beside them. processed = completed + skipped. */
export interface Stats {
  readonly pending: number;
  readonly processing: number;
  readonly processed: number;
  readonly failed: number;
  readonly counts: StateCounts;
  readonly migrations: number;
  readonly totalBytes: number;
  readonly doneBytes: number;
}

/**
 * Why work does not start now. closed: outside the active hours; limited: the queue's own rate; throttled: an account
 * was told to slow down, or has all the attempts it may have; no-space: the disk of the spool is nearly full, or what
 * runs has set its room aside;
 * waiting: the job's own time has not come, or others are ahead of it.
 */
export const GATE_STATES = [
  'open',
  'paused',
  'closed',
  'limited',
  'throttled',
  'full',
  'no-workers',
  'no-space',
  'waiting',
] as const;
export type GateState = (typeof GATE_STATES)[number];

export interface Gate {
  readonly state: GateState;
  /** A sentence; empty when open. */
  readonly reason: string;
  /** When it opens by itself, by the wall clock; null: when something ends, or somebody acts. */
  readonly untilMs: number | null;
}

/** Why a job does not run, or that nothing holds it. */
export interface Explanation {
  readonly jobId: number;
  readonly state: JobState;
  /** One sentence for the first gate; what the job does when it is not held. */
  readonly summary: string;
  /** Every gate that is shut, from the outermost inwards. */
  readonly gates: readonly Gate[];
}

export interface QueueView {
  readonly name: string;
  /** How many attempts may run at once: the number of berths. */
  readonly concurrency: number;
  readonly paused: boolean;
  /** What the person (or the rule) that paused it said; null when it is not paused. */
  readonly pausedReason: string | null;
  /** Higher first. */
  readonly priority: number;
  /** Attempts that may start in a minute; null: any number. */
  readonly startsPerMinute: number | null;
  /** null: at any hour. */
  readonly hours: ActiveHours | null;
  /** Of what its attempts move together; null: none of its own. */
  readonly bandwidthCap: BandwidthCap | null;
  readonly gate: Gate;
  readonly counts: StateCounts;
  readonly doneBytes: number;
}

/** The lane of an account that was told to slow down. */
export interface LaneView {
  readonly accountId: string;
  /** Attempts that it takes at once for now; null: as many as the queues allow. */
  readonly width: number | null;
  /** What it said. */
  readonly reason: string;
  /** Nothing starts before, by the wall clock; null: it is asked again. */
  readonly heldUntilMs: number | null;
}

/** One worker process. */
export interface WorkerView {
  readonly pid: number;
  readonly busy: number;
  readonly startedAtMs: number;
}

/** healthy; restarting after a death; or degraded: died too often, waits for somebody to press resume. */
export interface PoolView {
  readonly state: 'starting' | 'healthy' | 'restarting' | 'degraded';
  readonly workers: readonly WorkerView[];
  /** How many there should be, and what one takes at most. */
  readonly size: number;
  readonly attemptsPerWorker: number;
  readonly failure: Failure | null;
}

/** One point of the throughput chart: averages over the second that ended at `atMs`. */
export interface ThroughputSample {
  readonly atMs: number;
  readonly readBytesPerSecond: number;
  readonly writtenBytesPerSecond: number;
  readonly jobsPerMinute: number;
}

/** A running job with its live progress (null until the worker reported some). */
export interface RunningJob {
  readonly job: JobRow;
  readonly progress: JobProgress | null;
}

/** When the work will be done, from the measured pace. null while there is none or too little to tell. */
export interface Forecast {
  readonly earliestAtMs: number;
  readonly latestAtMs: number;
}

export interface HouseState {
  readonly paused: boolean;
  readonly stats: Stats;
  readonly pool: PoolView;
  readonly queues: readonly QueueView[];
  /** Every open migration, and the latest finished ones; the rest is history. */
  readonly migrations: readonly MigrationView[];
  readonly accounts: readonly AccountView[];
  /** Only of accounts that were told to slow down, and not long ago. */
  readonly lanes: readonly LaneView[];
  readonly running: readonly RunningJob[];
  /** The last ten minutes, oldest first. */
  readonly throughput: readonly ThroughputSample[];
  readonly forecast: Forecast | null;
  /** Those under way, and the latest that ended, newest first. */
  readonly bulks: readonly BulkView[];
  readonly schedules: readonly ScheduleView[];
  readonly noticeRules: readonly NoticeRule[];
  readonly settings: HouseSettings;
  readonly health: HealthReport | null;
  readonly news: readonly HouseNews[];
}
