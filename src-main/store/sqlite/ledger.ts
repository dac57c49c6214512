/**
 * Owns the counters of queues and migrations: kept in memory while a batch is open, written in the same transaction
 * as the jobs they count, so that no question ever counts jobs. Must not decide anything about jobs.
 * Used by the verbs of the sqlite store.
 */
import { isOpen, JOB_STATES, type JobState } from '../../../src-shared/model/job-state.ts';
import type { HouseSettings } from '../../../src-shared/model/settings.ts';
import type { RemovalState } from '../../../src-shared/model/source-removal.ts';
import type { StoredMigration, StoredQueue } from '../records.ts';
import type { Batch } from './batch.ts';
import type { Database } from './open-database.ts';
import { countColumns, migrationFrom, queueFrom } from './rows.ts';

type Counts = Record<JobState, number>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type OpenMigration = Mutable<Omit<StoredMigration, 'counts' | 'removals'>> & {
  counts: Counts;
  removals: Record<RemovalState, number>;
};
export type OpenQueue = Mutable<Omit<StoredQueue, 'counts'>> & { counts: Counts };

const SET_COUNTS = `${JOB_STATES.map((state) => `${countColumns[state]} = ?`).join(', ')}, total_bytes = ?, done_bytes = ?`;

export class Ledger {
  private readonly migrations = new Map<number, OpenMigration>();
  /** Of those in `migrations`: records that may be finished, and then need no place in memory after the commit. */
  private readonly passing = new Set<OpenMigration>();
  private queues: Map<string, OpenQueue> | null = null;
  private allOpenLoaded = false;
  /** Asked several times in every batch; null: to be read. */
  housePaused: boolean | null = null;
  /** Asked for every attempt; null: to be read. */
  settings: HouseSettings | null = null;
  private readonly dirtyMigrations = new Set<OpenMigration>();
  private readonly dirtyQueues = new Set<OpenQueue>();
  private readonly selectMigration;
  private readonly selectOpen;
  private readonly selectQueues;
  private readonly updateMigration;
  private readonly updateQueue;
  private readonly batch: Batch;

  constructor(db: Database, batch: Batch) {
    this.batch = batch;
    this.selectMigration = db.prepare('SELECT * FROM migration WHERE id = ?');
    this.selectOpen = db.prepare('SELECT * FROM migration WHERE finished_at_ms IS NULL ORDER BY id');
    this.selectQueues = db.prepare('SELECT * FROM queue ORDER BY name');
    this.updateMigration = db.prepare(
      `UPDATE migration SET intent = ?, listing = ?, listing_position = ?, listing_failure = ?, left_out = ?, queue = ?,
       removals_owed = ?, removals_deleted = ?, removals_kept = ?, removals_failed = ?,
       pruned_at_ms = ?, finished_at_ms = ?, ${SET_COUNTS} WHERE id = ?`,
    );
    this.updateQueue =
      db.prepare(`UPDATE queue SET concurrency = ?, is_paused = ?, paused_reason = ?, priority = ?, starts_per_minute = ?, hours = ?,
       bandwidth_cap = ?,
       ${SET_COUNTS} WHERE name = ?`);
  }

  /** The live record: changes made to it are written at commit when it is also marked with `touch`. */
  migration(id: number): OpenMigration | null {
    const known = this.migrations.get(id);
    if (known !== undefined) return known;
    const row = this.selectMigration.get(id);
    if (row === undefined) return null;
    const record = migrationFrom(row) as OpenMigration;
    this.migrations.set(id, record);
    if (record.finishedAtMs !== null) this.passing.add(record);
    return record;
  }

  openMigrations(): OpenMigration[] {
    if (!this.allOpenLoaded) {
      for (const row of this.selectOpen.all()) {
        const id = Number(row.id);
        if (!this.migrations.has(id)) this.migrations.set(id, migrationFrom(row) as OpenMigration);
      }
      this.allOpenLoaded = true;
    }
    const open: OpenMigration[] = [];
    for (const record of this.migrations.values()) {
      if (record.finishedAtMs === null || !isFinished(record)) open.push(record);
    }
    return open;
  }

  queue(name: string): OpenQueue | null {
    return this.allQueues().get(name) ?? null;
  }

  allQueues(): Map<string, OpenQueue> {
    if (this.queues === null) {
      this.queues = new Map();
      for (const row of this.selectQueues.all()) {
        const record = queueFrom(row) as OpenQueue;
        this.queues.set(record.name, record);
      }
    }
    return this.queues;
  }

  touch(record: OpenMigration): void {
    this.dirtyMigrations.add(record);
    this.batch.migration(record.id);
  }

  touchQueue(record: OpenQueue): void {
    this.dirtyQueues.add(record);
    this.batch.queue();
  }

  /** `count` jobs of the migration go from one state to another; null on either side: they are new, or gone. */
  move(
    migrationId: number,
    from: JobState | null,
    to: JobState | null,
    count: number,
    bytes: { total: number; done: number },
  ): void {
    const migration = this.migration(migrationId);
    if (migration === null) throw new Error(`There is no migration ${migrationId} to count for.`);
    const queue = this.queue(migration.queue);
    if (queue === null) throw new Error(`There is no queue ${migration.queue} to count for.`);
    for (const record of [migration, queue]) {
      if (from !== null) record.counts[from] -= count;
      if (to !== null) record.counts[to] += count;
      record.totalBytes += bytes.total;
      record.doneBytes += bytes.done;
    }
    this.touch(migration);
    this.touchQueue(queue);
  }

  /** Sources of jobs of the migration go from one state to another; null: there is none. */
  moveRemovals(migrationId: number, from: RemovalState | null, to: RemovalState | null, count = 1): void {
    const migration = this.migration(migrationId);
    if (migration === null) throw new Error(`There is no migration ${migrationId} to count for.`);
    if (from !== null) migration.removals[from] -= count;
    if (to !== null) migration.removals[to] += count;
    this.touch(migration);
  }

  /** The record as it stands in memory, when it does. */
  known(id: number): OpenMigration | null {
    return this.migrations.get(id) ?? null;
  }

  /** What the open batch changed so far. */
  touched(): { migration: OpenMigration; isFinishing: boolean }[] {
    return [...this.dirtyMigrations].map((migration) => ({
      migration,
      isFinishing: migration.finishedAtMs === null && isFinished(migration),
    }));
  }

  /** Takes jobs that are cleaned up out of their queue's counters; those of the migration go on telling of them. */
  uncountJobs(queueName: string, state: JobState, count: number, bytes: { total: number; done: number }): void {
    const queue = this.queue(queueName);
    if (queue === null) throw new Error(`There is no queue ${queueName} to count for.`);
    queue.counts[state] -= count;
    queue.totalBytes -= bytes.total;
    queue.doneBytes -= bytes.done;
    this.touchQueue(queue);
  }

  /** Queues came or went: they are read anew. */
  rereadQueues(): void {
    this.flushQueues();
    this.queues = null;
    this.batch.queue();
  }

  /** Writes what changed. Called once, just before COMMIT: what was flushed does not count as touched any more. */
  flush(): void {
    for (const record of this.dirtyMigrations) {
      if (isFinished(record)) record.finishedAtMs ??= this.batch.nowMs;
      else record.finishedAtMs = null;
      this.passing.add(record);
      this.updateMigration.run(
        record.intent,
        record.listing,
        record.listingPosition,
        record.listingFailure === null ? null : JSON.stringify(record.listingFailure),
        record.leftOut,
        record.queue,
        record.removals.owed,
        record.removals.deleted,
        record.removals.kept,
        record.removals.failed,
        record.prunedAtMs,
        record.finishedAtMs,
        ...figures(record),
        record.id,
      );
    }
    this.dirtyMigrations.clear();
    this.flushQueues();
  }

  private flushQueues(): void {
    for (const record of this.dirtyQueues) {
      this.updateQueue.run(
        record.concurrency,
        record.paused ? 1 : 0,
        record.pausedReason,
        record.priority,
        record.startsPerMinute,
        record.hours === null ? null : JSON.stringify(record.hours),
        record.bandwidthCap === null ? null : JSON.stringify(record.bandwidthCap),
        ...figures(record),
        record.name,
      );
    }
    this.dirtyQueues.clear();
  }

  /** After commit: finished migrations need no place in memory any more. */
  forgetFinished(): void {
    for (const { id, finishedAtMs } of this.passing) if (finishedAtMs !== null) this.migrations.delete(id);
    this.passing.clear();
  }

  /** After a rollback: memory must be read anew. */
  forget(): void {
    this.migrations.clear();
    this.passing.clear();
    this.dirtyMigrations.clear();
    this.dirtyQueues.clear();
    this.queues = null;
    this.allOpenLoaded = false;
    this.housePaused = null;
    this.settings = null;
  }

  /** The migration's row is gone. */
  drop(id: number): void {
    const record = this.migrations.get(id);
    if (record !== undefined) this.dirtyMigrations.delete(record);
    this.migrations.delete(id);
    this.batch.migration(id);
  }
}

function figures(record: { counts: Counts; totalBytes: number; doneBytes: number }): number[] {
  return [...JOB_STATES.map((state) => record.counts[state]), record.totalBytes, record.doneBytes];
}

/** Nothing is left to list, to run or to delete. */
function isFinished(record: OpenMigration): boolean {
  const listed = record.intent === 'cancel' || record.listing === 'done' || record.listing === 'failed';
  if (!listed || record.removals.owed > 0) return false;
  return JOB_STATES.every((state) => !isOpen(state) || record.counts[state] === 0);
}
