/**
 * Owns the live picture of the house, computed from counters and memory. Must not query jobs nor count anything that
 * the store counts. Called by the update stream and by api handlers.
 */
import type { HouseState, QueueView, RunningJob, Stats } from '../../src-shared/model/house.ts';
import type { JobRow } from '../../src-shared/model/job.ts';
import { JOB_STATES, type JobState, NO_COUNTS } from '../../src-shared/model/job-state.ts';
import { type MigrationView, migrationView } from '../../src-shared/model/migration.ts';
import type { ClaimedJob, StoredMigration } from '../store/records.ts';
import type { Coordinator } from './coordinator.ts';
import type { RunningAttempt } from './running-attempts.ts';
import type { WorkLeft } from './throughput.ts';

/** Migrations that a window holds live: the open ones and the latest; older ones are asked for. */
const LIVE_MIGRATIONS = 100;

export function houseState(coordinator: Coordinator): HouseState {
  const { store, supervisor, throughput } = coordinator;
  return {
    paused: store.isHousePaused(),
    stats: stats(coordinator),
    pool: supervisor.view(),
    queues: queueViews(coordinator),
    migrations: liveMigrations(coordinator),
    accounts: coordinator.accounts.views(),
    running: [...coordinator.running.all()].map(runningJob),
    throughput: throughput.all(),
    forecast: throughput.forecast(workLeft(coordinator), coordinator.nowMs()),
  };
}

export function stats({ store }: Coordinator): Stats {
  const counts: Record<JobState, number> = { ...NO_COUNTS };
  let totalBytes = 0;
  let doneBytes = 0;
  for (const queue of store.queues()) {
    for (const state of JOB_STATES) counts[state] += queue.counts[state];
    totalBytes += queue.totalBytes;
    doneBytes += queue.doneBytes;
  }
  return {
    pending: counts.pending,
    processing: counts.running,
    processed: counts.completed + counts.skipped,
    failed: counts.failed,
    counts,
    migrations: store.openMigrations().length,
    totalBytes,
    doneBytes,
  };
}

export function queueViews(coordinator: Coordinator): QueueView[] {
  return coordinator.store.queues().map((queue) => ({
    name: queue.name,
    concurrency: queue.concurrency,
    paused: queue.paused,
    pausedReason: queue.pausedReason,
    priority: queue.priority,
    startsPerMinute: queue.startsPerMinute,
    hours: queue.hours,
    gate: coordinator.gates.queueGate(queue),
    counts: { ...queue.counts },
    doneBytes: queue.doneBytes,
  }));
}

function liveMigrations({ store }: Coordinator): MigrationView[] {
  const live = new Map<number, StoredMigration>();
  for (const migration of store.latestMigrations(LIVE_MIGRATIONS)) live.set(migration.id, migration);
  for (const migration of store.openMigrations().slice(-LIVE_MIGRATIONS)) live.set(migration.id, migration);
  return [...live.values()].map(migrationView).sort((one, other) => other.id - one.id);
}

/** What the open jobs still have to move, as far as it is known. */
export function workLeft({ store }: Coordinator): WorkLeft {
  let jobs = 0;
  let bytes = 0;
  for (const { counts, totalBytes, doneBytes, intent } of store.openMigrations()) {
    if (intent !== 'run') continue;
    const open = counts.pending + counts.scheduled + counts.running;
    // Bytes are not counted by state; failed and cancelled jobs are taken to be as large as the open ones.
    const unfinished = open + counts.paused + counts.failed + counts.cancelled;
    jobs += open;
    bytes += unfinished === 0 ? 0 : Math.max(0, totalBytes - doneBytes) * (open / unfinished);
  }
  return { jobs, bytes };
}

export function runningJob({ job, progress }: RunningAttempt): RunningJob {
  return { job: runningRow(job), progress };
}

function runningRow(job: ClaimedJob): JobRow {
  return {
    id: job.id,
    migrationId: job.migrationId,
    queue: job.queue,
    state: 'running',
    sourceKey: job.sourceKey,
    destinationKey: job.destinationKey,
    sizeBytes: job.sizeBytes,
    attempts: job.attempts,
    failure: null,
    failedStep: null,
    proof: null,
    skipReason: null,
    notBeforeMs: null,
    createdAtMs: job.createdAtMs,
    updatedAtMs: job.startedAtMs,
    startedAtMs: job.startedAtMs,
    finishedAtMs: null,
  };
}
