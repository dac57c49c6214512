/**
 * Owns the interface of the database as the engine uses it: records, verbs, transactions, the announcement of what
 * changed. Must not hold SQL. Implemented by sqlite/open-sqlite-store.ts; proven by store-conformance.ts.
 *
 * Everything but the history queries is synchronous and runs inside `begin` … `commit`: the mailbox of the engine is
 * the only writer, and nothing is acknowledged before `commit` returned.
 */
import type { Page } from '../../src-shared/contract/commands.ts';
import type { BulkView } from '../../src-shared/model/bulk.ts';
import type { JobEvidence } from '../../src-shared/model/evidence.ts';
import type { HouseNews } from '../../src-shared/model/health.ts';
import type { JobDetail, JobRow } from '../../src-shared/model/job.ts';
import type { JobState, SteerEvent } from '../../src-shared/model/job-state.ts';
import type { MigrationView, NamedAsset } from '../../src-shared/model/migration.ts';
import type { NoticeRule } from '../../src-shared/model/notice-rule.ts';
import type { AccountCheck } from '../../src-shared/model/provider.ts';
import type { ScheduleRun } from '../../src-shared/model/schedule.ts';
import type { HouseSettings } from '../../src-shared/model/settings.ts';
import type {
  AccountRecord,
  ClaimedJob,
  Committed,
  JobLease,
  JobSettlement,
  LanePlace,
  MigrationChange,
  NewAccount,
  NewBulk,
  NewJob,
  NewMigration,
  NewScheduleRun,
  OwedRemoval,
  PendingJob,
  QueueChange,
  RemovalRecord,
  ScheduleRunChange,
  StoredMigration,
  StoredQueue,
  StoredSchedule,
  StoredUpload,
} from './records.ts';

export interface JobFilter {
  readonly migrationId?: number;
  readonly queue?: string;
  readonly states?: readonly JobState[];
  readonly search?: string;
}

export interface JobQuery extends JobFilter {
  readonly sort: 'newest' | 'oldest' | 'updated';
  readonly cursor?: string;
  readonly limit: number;
}

/** Jobs of one migration in the order of their ids, each once: `afterId` is the last one of the page before, 0 at first. */
export interface EvidenceQuery {
  readonly migrationId: number;
  readonly states: readonly JobState[];
  readonly afterId: number;
  readonly limit: number;
}

export interface MigrationQuery {
  readonly search?: string;
  readonly cursor?: string;
  readonly limit: number;
}

export interface Store {
  /** Opens a batch; `nowMs` is the time of everything in it. */
  begin(nowMs: number): void;
  /** Durable when it returns. Throws what SQLite throws; then nothing of the batch happened. */
  commit(): Committed;
  /** Forgets the batch, and every record held in memory. */
  rollback(): void;
  /** Grows with every write of the open batch: lets the mailbox see whether a verb wrote before it refused. */
  writes(): number;

  /** Counts this start of the house: part of every lease token, so that tokens of two runs never meet. */
  nextEpoch(): number;
  isHousePaused(): boolean;
  setHousePaused(paused: boolean): void;

  queues(): readonly StoredQueue[];
  queue(name: string): StoredQueue | null;
  /** Throws when there is such a queue already. */
  insertQueue(name: string, concurrency: number): void;
  updateQueue(name: string, change: QueueChange): void;
  settings(): HouseSettings;
  changeSettings(change: Partial<HouseSettings>): void;
  /** Newest first. */
  news(): readonly HouseNews[];
  insertNews(news: Omit<HouseNews, 'id' | 'atMs'>): void;
  /** False: there is no such news. */
  removeNews(id: number): boolean;
  /** False: something was put in it once, and tells of it in its history. */
  removeQueue(name: string): boolean;

  accounts(): readonly AccountRecord[];
  account(id: string): AccountRecord | null;
  /** Inserts or replaces; the revision goes up. */
  saveAccount(account: NewAccount): void;
  recordAccountCheck(id: string, check: AccountCheck): void;
  limitAccount(id: string, maxAttempts: number | null): void;
  removeAccount(id: string): void;

  insertMigration(migration: NewMigration): number;
  migration(id: number): StoredMigration | null;
  /** Those that the open batch changed so far, and whether they come to their end with it. */
  touchedMigrations(): readonly { readonly migration: StoredMigration; readonly isFinishing: boolean }[];
  /** Gives a migration with all its jobs to another queue. */
  moveMigration(id: number, queue: string): void;
  /** Those with work left: not listed to the end, or open jobs. */
  openMigrations(): readonly StoredMigration[];
  /** The newest ones, open or not, newest first. */
  latestMigrations(limit: number): readonly StoredMigration[];
  updateMigration(id: number, change: MigrationChange): void;
  /** With its jobs and attempts. Only when no job is open. */
  removeMigration(id: number): void;
  sampleMigrations(): readonly number[];
  /** `from`: the ordinal of the first one, behind those that are there. */
  insertNamedAssets(migrationId: number, assets: readonly NamedAsset[], from?: number): void;
  /** From ordinal `from` on, in the order they were given. */
  readNamedAssets(migrationId: number, from: number, limit: number): readonly NamedAsset[];

  /**
   * As pending. A destination key that the migration has already is left out; null stands in its place. Jobs with a
   * refusal have no destination; there is one for a source key.
   */
  insertJobs(migrationId: number, jobs: readonly NewJob[]): readonly (number | null)[];
  /** The source key of the job that has this destination key; null: none has. */
  sourceOf(migrationId: number, destinationKey: string): string | null;
  /** In the order they run: by rank, then by id, which is the order they were made in. null: from the start. */
  readPending(migrationId: number, after: LanePlace | null, limit: number): readonly PendingJob[];
  /** Migrations with pending jobs that go ahead of others. */
  urgentMigrations(): readonly number[];
  /** Sets the rank of an open job; false when it is not open. */
  rank(jobId: number, rank: number): boolean;
  /** Waiting jobs that somebody wants to run now, the oldest first. */
  readRunNow(limit: number): readonly PendingJob[];
  /** Puts a waiting job elsewhere in its migration. `no-room`: no number fits between the two any more. */
  reorder(
    jobId: number,
    to: 'first' | 'last' | { readonly before: number },
  ): 'done' | 'not-waiting' | 'not-beside' | 'no-room';
  /**
   * State, lease token and lease end in one statement. null: it is pending no more, or it is not as it was read ahead;
   * whatever changed it has its lane read again.
   */
  claim(job: PendingJob, lease: JobLease): ClaimedJob | null;
  /** Ends the running attempt where the token matches; false when it does not: the attempt was fenced off. */
  settle(job: ClaimedJob, settlement: JobSettlement): boolean;
  /** Takes the place of what was noted for the same job. Forgotten when the job completes. */
  noteUpload(upload: StoredUpload): void;
  /** The mark of a large write of this job that is not known to have ended. */
  unfinishedUpload(jobId: number): string | null;
  /**
   * Up to `limit` of those whose job will not go on with them: it ended, failed before `failedBeforeMs`, or is gone. By
   * job, those after `afterJobId`.
   */
  abandonedUploads(failedBeforeMs: number, limit: number, afterJobId?: number): readonly StoredUpload[];
  removeUpload(jobId: number, mark: string): void;
  /** Source and destination of this job, which has not arrived yet, were seen to be two assets. */
  noteApart(jobId: number): void;
  isApart(jobId: number): boolean;
  /** Of all jobs that have not arrived and use the account: it may lead elsewhere now. */
  forgetApart(accountId: string): void;
  /** What is owed to the source of a job that arrived, or how that ended. `strikes` are added. */
  recordRemoval(jobId: number, removal: RemovalRecord): void;
  /** What could not be deleted is owed again. */
  retryRemovals(migrationId: number): void;
  /** Those of a migration that are due, the longest due first. */
  owedRemovals(migrationId: number, nowMs: number, limit: number): readonly OwedRemoval[];
  /** What a person asks of one job, in any state that its arrow allows; else says which state it is in. */
  steer(
    jobId: number,
    event: SteerEvent,
  ):
    | { readonly changed: true; readonly wasRunning: boolean }
    | { readonly changed: false; readonly state: JobState | null };
  /** Cancels up to `limit` waiting jobs of a migration; how many. */
  cancelSlice(migrationId: number, limit: number): number;
  /** Scheduled jobs whose time has come go back to pending; how many. */
  releaseDue(limit: number): number;
  /** The clock was set back by so much: scheduled jobs fall due so much earlier. */
  bringForward(byMs: number): void;
  /** When a job was last told to wait, of those that wait now; 0 when none does. */
  lastSnoozeMs(): number;
  /** When the next scheduled job falls due; null when none waits. */
  nextDueMs(): number | null;
  /** Jobs that an earlier run of the app left running. */
  orphans(): readonly ClaimedJob[];
  highestJobId(): number;
  /** null: there is no such job. */
  rankOf(jobId: number): number | null;
  /** null: there is no such job. */
  migrationIdOf(jobId: number): number | null;
  /** Waiting jobs of the same migration that run before this one; counts up to 10,000. */
  countAhead(jobId: number): number;

  insertBulk(bulk: NewBulk): number;
  bulk(id: number): BulkView | null;
  runningBulks(): readonly BulkView[];
  latestBulks(limit: number): readonly BulkView[];
  /** The ids that a running bulk was pinned to, ascending. */
  pinnedIds(bulkId: number): Float64Array;
  /** So many more were looked at, so many of them changed. */
  advanceBulk(id: number, handled: number, changed: number): void;
  endBulk(id: number, state: 'done' | 'stopped'): void;

  schedules(): readonly StoredSchedule[];
  schedule(id: number): StoredSchedule | null;
  insertSchedule(schedule: Omit<StoredSchedule, 'id'>): number;
  updateSchedule(id: number, change: Partial<Omit<StoredSchedule, 'id' | 'isBuiltIn'>>): void;
  removeSchedule(id: number): void;
  insertRun(run: NewScheduleRun): number;
  updateRun(id: number, change: ScheduleRunChange): void;
  /** Newest first. */
  runs(scheduleId: number, limit: number): readonly ScheduleRun[];
  /** Runs that have not ended, oldest first. */
  openRuns(): readonly ScheduleRun[];

  noticeRules(): readonly NoticeRule[];
  /** `id` null: a new one. Returns its id. */
  saveNoticeRule(id: number | null, rule: Omit<NoticeRule, 'id'>): number;
  removeNoticeRule(id: number): void;
  /** The migration whose jobs are notices; made when it is first asked for. */
  noticeMigration(): number;

  /** Removes up to `limit` completed, skipped or cancelled jobs that ended before; how many. */
  pruneJobs(migrationId: number, endedBeforeMs: number, limit: number): number;
  /** Ended bulks and runs of schedules that are older. */
  pruneRecords(endedBeforeMs: number): void;
  jobRow(id: number): JobRow | null;
  job(id: number): JobDetail | null;

  /** On a second, read-only connection outside the main loop; sees what is committed. */
  listJobs(query: JobQuery): Promise<Page<JobRow>>;
  listMigrations(query: MigrationQuery): Promise<Page<MigrationView>>;
  /** The ids of all jobs that match, ascending; with `states` those only. */
  matchingIds(filter: JobFilter): Promise<readonly number[]>;
  /** Fewer than `limit`: these are the last. */
  readEvidence(query: EvidenceQuery): Promise<readonly JobEvidence[]>;
  /** Migrations that ended before and hold jobs that `pruneJobs` may remove, ascending; with them the one of notices. */
  prunableMigrations(endedBeforeMs: number): Promise<readonly number[]>;
  /** Makes a checked backup in the folder, off the main loop. */
  backUp(folder: string, nowMs: number): Promise<{ readonly path: string; readonly atMs: number }>;
  /**
   * After the disk failed a write: nothing that this connection believes can be trusted. Closes it, checks the whole
   * file and opens it anew. Throws when that cannot be done yet, or FailureError when the file is damaged.
   */
  reopen(): void;
  close(): Promise<void>;
}
