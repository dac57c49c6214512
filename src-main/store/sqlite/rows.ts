/**
 * Owns turning rows of SQLite into records and views, and back. Must not query. Used by every verb of the sqlite
 * store and by the history thread.
 */
import type { ActiveHours } from '../../../src-shared/model/active-hours.ts';
import type { Location, StatedAsset } from '../../../src-shared/model/asset.ts';
import type { BandwidthCap } from '../../../src-shared/model/bandwidth-cap.ts';
import type { Failure } from '../../../src-shared/model/failure.ts';
import type { AttemptRow, JobRow, TransferResult } from '../../../src-shared/model/job.ts';
import { JOB_STATES, type JobState, type StateCounts } from '../../../src-shared/model/job-state.ts';
import type { MigrationPolicies } from '../../../src-shared/model/migration.ts';
import type { AccountCheck } from '../../../src-shared/model/provider.ts';
import type { SelectionFilter } from '../../../src-shared/model/selection.ts';
import type { KeptReason, RemovalState, SourceRemoval } from '../../../src-shared/model/source-removal.ts';
import type { AccountRecord, PendingJob, StoredMigration, StoredQueue } from '../records.ts';

export type Row = Record<string, unknown>;

/** Counter columns are named by their state; `paused` is taken by the queue's own flag. */
export const countColumns: Readonly<Record<JobState, string>> = {
  pending: 'pending',
  scheduled: 'scheduled',
  running: 'running',
  paused: 'paused_jobs',
  completed: 'completed',
  skipped: 'skipped',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** Columns of a JobRow, in one place for every query that makes one. */
export const JOB_COLUMNS = `id, migration_id, (SELECT queue FROM migration WHERE migration.id = migration_id) AS queue, state, source_key, destination_key, size_bytes, attempts, failure,
  failed_step, proof, skip_reason,
  (SELECT json_array(removal.state, because, json(removal.failure)) FROM removal WHERE job_id = job.id AND removal.state <> 'apart') AS removal, not_before_ms, created_at_ms, updated_at_ms, started_at_ms, finished_at_ms`;

/** Columns of a PendingJob. */
export const PENDING_COLUMNS = `id, migration_id, source_key, destination_key, size_bytes, version_token, stated, refusal, attempts, strikes,
  worker_losses, rank, place, troubled_since_ms, created_at_ms`;

// What SQLite holds was written by this store under CHECK constraints; the casts below say so to the compiler.
const text = (value: unknown): string => value as string;
const textOrNull = (value: unknown): string | null => value as string | null;
const number = (value: unknown): number => value as number;
const numberOrNull = (value: unknown): number | null => value as number | null;
const json = <T>(value: unknown): T => JSON.parse(value as string) as T;
const jsonOrNull = <T>(value: unknown): T | null => (value === null ? null : json<T>(value));

function countsFrom(row: Row): StateCounts {
  const counts: Partial<Record<JobState, number>> = {};
  for (const state of JOB_STATES) counts[state] = number(row[countColumns[state]]);
  return counts as StateCounts;
}

export function queueFrom(row: Row): StoredQueue {
  return {
    name: text(row.name),
    concurrency: number(row.concurrency),
    paused: row.is_paused === 1,
    pausedReason: textOrNull(row.paused_reason),
    priority: number(row.priority),
    startsPerMinute: numberOrNull(row.starts_per_minute),
    hours: jsonOrNull<ActiveHours>(row.hours),
    bandwidthCap: jsonOrNull<BandwidthCap>(row.bandwidth_cap),
    counts: countsFrom(row),
    totalBytes: number(row.total_bytes),
    doneBytes: number(row.done_bytes),
  };
}

export function accountFrom(row: Row): AccountRecord {
  return {
    id: text(row.id),
    provider: text(row.provider),
    name: text(row.name),
    options: json<Record<string, string>>(row.options),
    secretNames: json<string[]>(row.secret_names),
    revision: number(row.revision),
    lastCheck: jsonOrNull<AccountCheck>(row.last_check),
    maxAttempts: numberOrNull(row.max_attempts),
    createdAtMs: number(row.created_at_ms),
  };
}

export function migrationFrom(row: Row): StoredMigration {
  return {
    id: number(row.id),
    kind: row.kind as StoredMigration['kind'],
    name: text(row.name),
    queue: text(row.queue),
    source: json<Location>(row.source),
    destination: json<Location>(row.destination),
    selection: row.selection as StoredMigration['selection'],
    filter: jsonOrNull<SelectionFilter>(row.filter),
    policies: json<MigrationPolicies>(row.policies),
    isSample: row.is_sample === 1,
    intent: row.intent as StoredMigration['intent'],
    listing: row.listing as StoredMigration['listing'],
    listingPosition: textOrNull(row.listing_position),
    listingFailure: jsonOrNull<Failure>(row.listing_failure),
    leftOut: number(row.left_out),
    removals: {
      owed: number(row.removals_owed),
      deleted: number(row.removals_deleted),
      kept: number(row.removals_kept),
      failed: number(row.removals_failed),
    },
    prunedAtMs: numberOrNull(row.pruned_at_ms),
    counts: countsFrom(row),
    totalBytes: number(row.total_bytes),
    doneBytes: number(row.done_bytes),
    createdAtMs: number(row.created_at_ms),
    finishedAtMs: numberOrNull(row.finished_at_ms),
  };
}

export function jobRowFrom(row: Row): JobRow {
  return {
    id: number(row.id),
    migrationId: number(row.migration_id),
    queue: text(row.queue),
    state: row.state as JobState,
    sourceKey: text(row.source_key),
    destinationKey: text(row.destination_key),
    sizeBytes: numberOrNull(row.size_bytes),
    attempts: number(row.attempts),
    failure: jsonOrNull<Failure>(row.failure),
    failedStep: row.failed_step as JobRow['failedStep'],
    proof: row.proof as JobRow['proof'],
    skipReason: textOrNull(row.skip_reason),
    sourceRemoval: removalFrom(row.removal),
    notBeforeMs: numberOrNull(row.not_before_ms),
    createdAtMs: number(row.created_at_ms),
    updatedAtMs: number(row.updated_at_ms),
    startedAtMs: numberOrNull(row.started_at_ms),
    finishedAtMs: numberOrNull(row.finished_at_ms),
  };
}

function removalFrom(value: unknown): SourceRemoval | null {
  if (value === null) return null;
  const [state, because, failure] = json<[RemovalState, KeptReason | null, Failure | null]>(value);
  return { state, because, failure };
}

/** Empty when nothing was said of it. */
export function statedFrom(value: Row[string]): StatedAsset {
  return value === null || value === undefined ? {} : json<StatedAsset>(value);
}

export function pendingFrom(row: Row): PendingJob {
  return {
    id: number(row.id),
    migrationId: number(row.migration_id),
    sourceKey: text(row.source_key),
    destinationKey: text(row.destination_key),
    sizeBytes: numberOrNull(row.size_bytes),
    versionToken: textOrNull(row.version_token),
    ...(row.stated === null ? {} : { stated: json<StatedAsset>(row.stated) }),
    ...(row.refusal === null ? {} : { refusal: json<Failure>(row.refusal) }),
    attempts: number(row.attempts),
    strikes: number(row.strikes),
    workerLosses: number(row.worker_losses),
    rank: number(row.rank),
    place: number(row.place),
    troubledSinceMs: numberOrNull(row.troubled_since_ms),
    createdAtMs: number(row.created_at_ms),
  };
}

export function attemptFrom(row: Row): AttemptRow {
  return {
    number: number(row.number),
    startedAtMs: number(row.started_at_ms),
    finishedAtMs: number(row.finished_at_ms),
    outcome: row.outcome as AttemptRow['outcome'],
    failure: jsonOrNull<Failure>(row.failure),
    failedStep: row.failed_step as AttemptRow['failedStep'],
    workerPid: numberOrNull(row.worker_pid),
  };
}

export function resultFrom(value: unknown): TransferResult | null {
  return jsonOrNull<TransferResult>(value);
}
