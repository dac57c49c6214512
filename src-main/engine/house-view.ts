/**
 * Owns the live picture of the house, computed from counters and memory. Must not query jobs nor count anything that
 * the store counts. Called by the update stream and by api handlers.
 */
import type { HouseState, QueueView, RunningJob, Stats } from '../../src-shared/model/house.ts';
import type { JobRow } from '../../src-shared/model/job.ts';
import { JOB_STATES, type JobState, NO_COUNTS } from '../../src-shared/model/job-state.ts';
import { type MigrationView, migrationView } from '../../src-shared/model/migration.ts';
import { NOTICE_QUEUE } from '../../src-shared/model/notice-rule.ts';
import type { HouseSettings } from '../../src-shared/model/settings.ts';
import type { ClaimedJob, StoredMigration } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Coordinator } from './coordinator.ts';
import type { RunningAttempt } from './running-attempts.ts';
import type { WorkLeft } from './throughput.ts';
import { scheduleViews } from './verbs/keep-schedules.ts';

/** Migrations that a window holds live: the open ones and the latest; older ones are asked for. */
const LIVE_MIGRATIONS = 100;
/** Bulks that a window sees: those under way are among the latest. */
export const LIVE_BULKS = 20;

export function houseState(coordinator: Coordinator): HouseState {
  const { store, supervisor, throughput } = coordinator;
  return {
    paused: store.isHousePaused(),
    stats: stats(coordinator),
    pool: supervisor.view(),
    queues: queueViews(coordinator),
    migrations: liveMigrations(coordinator),
    accounts: coordinator.accounts.views(),
    lanes: coordinator.lanes.views(),
    running: [...coordinator.running.all()].map((attempt) => runningJob(store, attempt)),
    throughput: throughput.all(),
    forecast: throughput.forecast(workLeft(coordinator), coordinator.nowMs()),
    bulks: store.latestBulks(LIVE_BULKS),
    schedules: scheduleViews(store),
    noticeRules: store.noticeRules(),
    settings: settings(coordinator),
    health: coordinator.health(),
    news: store.news(),
  };
}

export function stats({ store }: Coordinator): Stats {
  const counts: Record<JobState, number> = { ...NO_COUNTS };
  let totalBytes = 0;
  let doneBytes = 0;
  for (const queue of store.queues()) {
    // Notices are about the work; they are none of it.
    if (queue.name === NOTICE_QUEUE) continue;
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
    migrations: store.openMigrations().filter(isTransfer).length,
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
    bandwidthCap: queue.bandwidthCap,
    gate: coordinator.gates.queueGate(queue),
    counts: { ...queue.counts },
    doneBytes: queue.doneBytes,
  }));
}

const isTransfer = ({ kind }: StoredMigration): boolean => kind === 'transfer';

function liveMigrations({ store }: Coordinator): MigrationView[] {
  const live = new Map<number, StoredMigration>();
  for (const migration of store.latestMigrations(LIVE_MIGRATIONS)) live.set(migration.id, migration);
  for (const migration of store.openMigrations().filter(isTransfer).slice(-LIVE_MIGRATIONS))
    live.set(migration.id, migration);
  return [...live.values()].map(migrationView).sort((one, other) => other.id - one.id);
}

/** What the open jobs still have to move, as far as it is known. */
export function workLeft({ store }: Coordinator): WorkLeft {
  let jobs = 0;
  let bytes = 0;
  for (const { counts, totalBytes, doneBytes, intent, kind } of store.openMigrations()) {
    if (intent !== 'run' || kind !== 'transfer') continue;
    const open = counts.pending + counts.scheduled + counts.running;
    // Bytes are not counted by state; failed and cancelled jobs are taken to be as large as the open ones.
    const unfinished = open + counts.paused + counts.failed + counts.cancelled;
    jobs += open;
    bytes += unfinished === 0 ? 0 : Math.max(0, totalBytes - doneBytes) * (open / unfinished);
  }
  return { jobs, bytes };
}

export function runningJob(store: Store, { job, progress }: RunningAttempt): RunningJob {
  return { job: runningRow(job, store.migration(job.migrationId)?.queue ?? ''), progress };
}

/** As the settings say, with the number of workers that they leave to the machine. */
export function settings({ store, supervisor }: Coordinator): HouseSettings {
  return { ...store.settings(), workers: supervisor.view().size };
}

function runningRow(job: ClaimedJob, queue: string): JobRow {
  return {
    id: job.id,
    migrationId: job.migrationId,
    queue,
    state: 'running',
    sourceKey: job.sourceKey,
    destinationKey: job.destinationKey,
    sizeBytes: job.sizeBytes,
    attempts: job.attempts,
    failure: null,
    failedStep: null,
    proof: null,
    skipReason: null,
    sourceRemoval: null,
    notBeforeMs: null,
    createdAtMs: job.createdAtMs,
    updatedAtMs: job.startedAtMs,
    startedAtMs: job.startedAtMs,
    finishedAtMs: null,
  };
}
