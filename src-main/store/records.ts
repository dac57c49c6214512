/**
 * Owns the shapes that go in and out of the store and are seen by the engine only. Must not hold SQL or logic.
 */

import type { ActiveHours } from '../../src-shared/model/active-hours.ts';
import type { Location, StatedAsset } from '../../src-shared/model/asset.ts';
import type { BandwidthCap } from '../../src-shared/model/bandwidth-cap.ts';
import type { BulkVerb } from '../../src-shared/model/bulk.ts';
import type { Failure } from '../../src-shared/model/failure.ts';
import type { AttemptOutcome, TransferResult, TransferStep } from '../../src-shared/model/job.ts';
import type { JobEvent, JobState, StateCounts } from '../../src-shared/model/job-state.ts';
import type { ListingState, MigrationIntent, MigrationPolicies } from '../../src-shared/model/migration.ts';
import type { OutcomeEvent } from '../../src-shared/model/outcome.ts';
import type { AccountCheck } from '../../src-shared/model/provider.ts';
import type { SchedulePlan, ScheduleRun } from '../../src-shared/model/schedule.ts';
import type { SelectionFilter } from '../../src-shared/model/selection.ts';
import type { KeptReason, RemovalCounts } from '../../src-shared/model/source-removal.ts';

export interface StoredQueue {
  readonly name: string;
  readonly concurrency: number;
  readonly paused: boolean;
  readonly pausedReason: string | null;
  /** Higher first. */
  readonly priority: number;
  readonly startsPerMinute: number | null;
  readonly hours: ActiveHours | null;
  readonly bandwidthCap: BandwidthCap | null;
  readonly counts: StateCounts;
  readonly totalBytes: number;
  readonly doneBytes: number;
}

export interface NewAccount {
  readonly id: string;
  readonly provider: string;
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  readonly secretNames: readonly string[];
}

export interface AccountRecord extends NewAccount {
  /** Goes up with every change, so that workers know when theirs is old. */
  readonly revision: number;
  readonly lastCheck: AccountCheck | null;
  /** Attempts that may use it at once, in all queues together; null: as many as the queues allow. */
  readonly maxAttempts: number | null;
  readonly createdAtMs: number;
}

export interface NewMigration {
  /** `notices`: the one migration whose jobs tell people; it is shown to nobody as a migration. */
  readonly kind: 'transfer' | 'notices';
  readonly name: string;
  readonly queue: string;
  readonly source: Location;
  readonly destination: Location;
  readonly selection: 'listing' | 'assets';
  /** null: it moves the assets that were named. */
  readonly filter: SelectionFilter | null;
  readonly policies: MigrationPolicies;
  readonly isSample: boolean;
}

export interface StoredMigration extends NewMigration {
  readonly id: number;
  readonly intent: MigrationIntent;
  readonly listing: ListingState;
  /** The provider's position, or the ordinal of the next named asset. */
  readonly listingPosition: string | null;
  readonly listingFailure: Failure | null;
  /** Assets that were listed and are not moved. */
  readonly leftOut: number;
  readonly removals: RemovalCounts;
  /** When its finished jobs were cleaned up; its counters still tell of them. */
  readonly prunedAtMs: number | null;
  readonly counts: StateCounts;
  readonly totalBytes: number;
  readonly doneBytes: number;
  readonly createdAtMs: number;
  readonly finishedAtMs: number | null;
}

export interface MigrationChange {
  readonly intent?: MigrationIntent;
  readonly listing?: ListingState;
  readonly listingPosition?: string | null;
  readonly listingFailure?: Failure | null;
  readonly leftOut?: number;
  readonly prunedAtMs?: number | null;
  readonly finishedAtMs?: number | null;
}

export interface NewJob {
  readonly sourceKey: string;
  readonly destinationKey: string;
  readonly sizeBytes: number | null;
  readonly versionToken: string | null;
  /** What the list that named it says of it. */
  readonly stated?: StatedAsset | undefined;
  /** It may never run: this is what it fails with, however often somebody sets it going. */
  readonly refusal?: Failure;
}

/** The rank of a job that somebody wants to run now, far below what a priority can set. */
export const RUN_NOW_RANK = -1_000;

/** What is needed to claim and dispatch a job. */
export interface PendingJob extends NewJob {
  readonly id: number;
  readonly migrationId: number;
  readonly attempts: number;
  /** Failed attempts that count against the retry policy. */
  readonly strikes: number;
  /** Attempts that ended with their worker. */
  readonly workerLosses: number;
  /** 0 unless somebody set a priority: lower runs earlier within its migration, and below 0 ahead of others. */
  readonly rank: number;
  /** Its place among those of the same rank; the order they were made in, unless somebody put it elsewhere. */
  readonly place: number;
  /** When it first failed since it was last set going; null: it has not. */
  readonly troubledSinceMs: number | null;
  readonly createdAtMs: number;
}

/** What can be changed about a queue. */
export type QueueChange = {
  readonly [K in
    | 'concurrency'
    | 'paused'
    | 'pausedReason'
    | 'priority'
    | 'startsPerMinute'
    | 'hours'
    | 'bandwidthCap']?: StoredQueue[K];
};

/** A place in a lane: jobs run in the order of rank, then of place; two that came to the same place, by their ids. */
export interface LanePlace {
  readonly rank: number;
  readonly place: number;
  readonly id: number;
}

/** What makes a claim: who may end the attempt, since when, until when in words. */
export interface JobLease {
  readonly token: string;
  readonly startedAtMs: number;
  readonly endsAtMs: number;
}

/** The same job while it runs, and after it was settled. */
export interface ClaimedJob extends PendingJob {
  readonly token: string;
  readonly startedAtMs: number;
}

/** A large write that began: by its mark the destination finds it again. Or tries that were lost (lost-tries.ts). */
export interface StoredUpload {
  readonly jobId: number;
  readonly accountId: string;
  readonly container: string;
  readonly key: string;
  readonly mark: string;
}

/** A source that is to be deleted: its copy is proven and recorded. */
export interface OwedRemoval {
  readonly jobId: number;
  readonly sourceKey: string;
  readonly destinationKey: string;
  readonly sourceVersion: string;
  readonly destinationVersion: string;
  readonly strikes: number;
  /** When a try first failed; null: none has. */
  readonly troubledSinceMs: number | null;
}

export type RemovalRecord =
  | { readonly state: 'owed'; readonly dueAtMs: number; readonly failure: Failure | null; readonly strikes: 0 | 1 }
  | { readonly state: 'deleted' }
  | { readonly state: 'failed'; readonly failure: Failure }
  | { readonly state: 'kept'; readonly because: KeptReason };

/** How an attempt ends and where the job goes. */
export interface JobSettlement {
  readonly event: Extract<JobEvent, 'complete' | 'skip' | 'fail' | 'snooze' | 'release'>;
  readonly outcome: AttemptOutcome;
  readonly failure: Failure | null;
  readonly failedStep: TransferStep | null;
  readonly result: TransferResult | null;
  readonly skipReason: string | null;
  /** For `snooze`. */
  readonly notBeforeMs: number | null;
  /** Added to the counters of the job. */
  readonly strikes: 0 | 1;
  readonly workerLosses: 0 | 1;
  /** The version that was listed is no longer there: the next attempt takes what it finds. */
  readonly forgetVersion: boolean;
  readonly workerPid: number | null;
}

/** What a commit made durable: ids, and the outcomes in their order. */
export interface Committed {
  readonly jobs: ReadonlySet<number>;
  readonly migrations: ReadonlySet<number>;
  /** Migrations with jobs that are pending now, and may lie behind what was read ahead. */
  readonly returned: ReadonlySet<number>;
  readonly queues: boolean;
  readonly accounts: boolean;
  readonly house: boolean;
  readonly outcomes: readonly OutcomeEvent[];
  /** Every arrow that a job took, in order. */
  readonly changes: readonly JobChange[];
  readonly topics: ReadonlySet<HouseTopic>;
}

/** Things of which there is a handful, announced whole. */
export type HouseTopic = 'bulks' | 'schedules' | 'notice-rules' | 'settings' | 'news';

/** One arrow that a job took. `from` is null when the job was made, `to` when it was cleaned up. */
export interface JobChange {
  readonly jobId: number;
  readonly migrationId: number;
  readonly event: JobEvent | 'make' | 'prune';
  readonly from: JobState | null;
  readonly to: JobState | null;
}

/** What a bulk keeps beside its view: how far it is in its pinned ids is `handled`. */
export interface NewBulk {
  readonly verb: BulkVerb;
  readonly subject: string;
  /** Ascending. */
  readonly jobIds: readonly number[];
}

/** A schedule as it is kept. `anchorAtMs`: what intervals are counted from. */
export interface StoredSchedule extends SchedulePlan {
  readonly id: number;
  readonly isBuiltIn: boolean;
  readonly paused: boolean;
  readonly skipNext: boolean;
  readonly anchorAtMs: number;
  /** When it falls due next, by its timing; null: never. */
  readonly nextDueAtMs: number | null;
}

export type NewScheduleRun = Omit<ScheduleRun, 'id'>;
export type ScheduleRunChange = Partial<
  Pick<ScheduleRun, 'finishedAtMs' | 'outcome' | 'detail' | 'failure' | 'migrationId'>
>;
