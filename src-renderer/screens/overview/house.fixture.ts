/** Owns a plausible house with one queue and one migration for tests; every part can be set. Must only be imported by tests. */

import type { HouseState, QueueView } from '../../../src-shared/model/house.ts';
import { NO_COUNTS, type StateCounts } from '../../../src-shared/model/job-state.ts';
import {
  DEFAULT_POLICIES,
  type MigrationFacts,
  type MigrationView,
  migrationView,
} from '../../../src-shared/model/migration.ts';
import { NO_REMOVALS } from '../../../src-shared/model/source-removal.ts';

export function queueView(fields: Partial<QueueView>): QueueView {
  return {
    name: 'default',
    concurrency: 4,
    paused: false,
    pausedReason: null,
    priority: 0,
    startsPerMinute: null,
    hours: null,
    bandwidthCap: null,
    gate: { state: 'open', reason: '', untilMs: null },
    counts: NO_COUNTS,
    doneBytes: 0,
    ...fields,
  };
}

export function migrationOf(facts: Partial<MigrationFacts>): MigrationView {
  const end = { accountId: 'a', container: 'c', prefix: '' };
  return migrationView({
    id: 1,
    name: 'Photos',
    queue: 'default',
    source: end,
    destination: end,
    policies: { ...DEFAULT_POLICIES, overwrite: 'never' },
    filter: null,
    leftOut: 0,
    removals: NO_REMOVALS,
    intent: 'run',
    listing: 'done',
    listingFailure: null,
    counts: NO_COUNTS,
    totalBytes: 0,
    doneBytes: 0,
    isSample: false,
    prunedAtMs: null,
    createdAtMs: 1_000,
    finishedAtMs: null,
    ...facts,
  });
}

/** Its counts are those of its one migration and its one queue. */
export function houseOf(counts: Partial<StateCounts>, fields: Partial<HouseState> = {}): HouseState {
  const all = { ...NO_COUNTS, ...counts };
  return {
    paused: false,
    stats: {
      pending: all.pending,
      processing: all.running,
      processed: all.completed + all.skipped,
      failed: all.failed,
      counts: all,
      migrations: 1,
      totalBytes: 0,
      doneBytes: 0,
    },
    pool: { state: 'healthy', workers: [], size: 1, attemptsPerWorker: 1, failure: null },
    queues: [queueView({ counts: all })],
    migrations: [migrationOf({ counts: all })],
    accounts: [],
    lanes: [],
    running: [],
    throughput: [],
    forecast: null,
    bulks: [],
    schedules: [],
    noticeRules: [],
    settings: {
      workers: 1,
      attemptsPerWorker: 1,
      retentionDays: null,
      maxOpenJobs: 1,
      attemptDeadlineMinutes: 1,
      spoolBudgetBytes: null,
      bandwidthCap: null,
    },
    health: null,
    news: [],
    ...fields,
  };
}
