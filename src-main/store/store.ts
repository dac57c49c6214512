/**
 * Owns the interface of the database as the engine uses it: records, verbs, transactions, the announcement of what
 * changed. Must not hold SQL. Implemented by sqlite/open-sqlite-store.ts; proven by store-conformance.ts.
 *
 * Everything but the history queries is synchronous and runs inside `begin` … `commit`: the mailbox of the engine is
 * the only writer, and nothing is acknowledged before `commit` returned.
 */
import type { Page } from '../../src-shared/contract/commands.ts';
import type { JobDetail, JobRow } from '../../src-shared/model/job.ts';
import type { JobState } from '../../src-shared/model/job-state.ts';
import type { MigrationView, NamedAsset } from '../../src-shared/model/migration.ts';
import type { AccountCheck } from '../../src-shared/model/provider.ts';
import type {
  AccountRecord,
  ClaimedJob,
  Committed,
  JobLease,
  JobSettlement,
  LanePlace,
  MigrationChange,
  NewAccount,
  NewJob,
  NewMigration,
  PendingJob,
  QueueChange,
  StoredMigration,
  StoredQueue,
} from './records.ts';

export interface JobQuery {
  readonly migrationId?: number;
  readonly queue?: string;
  readonly states?: readonly JobState[];
  readonly search?: string;
  readonly sort: 'newest' | 'oldest' | 'updated';
  readonly cursor?: string;
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
  /** Only when nothing was ever put in it. */
  removeQueue(name: string): void;

  accounts(): readonly AccountRecord[];
  account(id: string): AccountRecord | null;
  /** Inserts or replaces; the revision goes up. */
  saveAccount(account: NewAccount): void;
  recordAccountCheck(id: string, check: AccountCheck): void;
  limitAccount(id: string, maxAttempts: number | null): void;
  removeAccount(id: string): void;

  insertMigration(migration: NewMigration): number;
  migration(id: number): StoredMigration | null;
  /** Those with work left: not listed to the end, open jobs, or a bulk change under way. */
  openMigrations(): readonly StoredMigration[];
  /** The newest ones, open or not, newest first. */
  latestMigrations(limit: number): readonly StoredMigration[];
  updateMigration(id: number, change: MigrationChange): void;
  /** With its jobs and attempts. Only when no job is open. */
  removeMigration(id: number): void;
  sampleMigrations(): readonly number[];
  insertNamedAssets(migrationId: number, assets: readonly NamedAsset[]): void;
  /** From ordinal `from` on, in the order they were given. */
  readNamedAssets(migrationId: number, from: number, limit: number): readonly NamedAsset[];

  /** As pending. A destination key that the migration has already is left out; null stands in its place. */
  insertJobs(migrationId: number, jobs: readonly NewJob[]): readonly (number | null)[];
  /** In the order they run: by rank, then by id, which is the order they were made in. null: from the start. */
  readPending(migrationId: number, after: LanePlace | null, limit: number): readonly PendingJob[];
  /** Migrations with pending jobs that go ahead of others. */
  urgentMigrations(): readonly number[];
  /** Sets the rank of an open job; false when it is not open. */
  rank(jobId: number, rank: number): boolean;
  /** State, lease token and lease end in one statement; false when the job is pending no more. */
  claim(job: PendingJob, lease: JobLease): boolean;
  /** Ends the running attempt where the token matches; false when it does not: the attempt was fenced off. */
  settle(job: ClaimedJob, settlement: JobSettlement): boolean;
  /** Pause, resume, cancel or retry of one job, in any state that its arrow allows; else says which state it is in. */
  steer(
    jobId: number,
    event: 'pause' | 'resume' | 'cancel' | 'retry',
  ):
    | { readonly changed: true; readonly wasRunning: boolean }
    | { readonly changed: false; readonly state: JobState | null };
  /** Cancels up to `limit` waiting jobs of a migration; how many. */
  cancelSlice(migrationId: number, limit: number): number;
  /** Sets up to `limit` failed jobs with ids up to `upToId` going again; how many. */
  retrySlice(migrationId: number, upToId: number, limit: number): number;
  /** Scheduled jobs whose time has come go back to pending; how many. */
  releaseDue(limit: number): number;
  /** When the next scheduled job falls due; null when none waits. */
  nextDueMs(): number | null;
  /** Jobs that an earlier run of the app left running. */
  orphans(): readonly ClaimedJob[];
  highestJobId(): number;
  jobRow(id: number): JobRow | null;
  job(id: number): JobDetail | null;

  /** On a second, read-only connection outside the main loop; sees what is committed. */
  listJobs(query: JobQuery): Promise<Page<JobRow>>;
  listMigrations(query: MigrationQuery): Promise<Page<MigrationView>>;
  close(): Promise<void>;
}
