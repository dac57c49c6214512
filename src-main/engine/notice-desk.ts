/**
 * Owns telling people: sees in every batch which migrations end or fail too often, and makes the notices that the rules
 * ask for into jobs, in the same transaction. Must not send anything: notices run like every other job, in a queue of
 * their own. Made by the coordinator.
 */

import { deriveDisplayState, migrationView } from '../../src-shared/model/migration.ts';
import type { Notice } from '../../src-shared/model/notice.ts';
import type { NoticeEvent, NoticeRule } from '../../src-shared/model/notice-rule.ts';
import type { ClaimedJob, StoredMigration } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Desk } from './desk.ts';
import { migrationNotice, scheduleNotice, testNotice } from './notice-words.ts';
import { steerJob } from './verbs/steer-jobs.ts';

export class NoticeDesk {
  private readonly store: Store;
  private rules: readonly NoticeRule[] | null = null;
  /** Rules and migrations of which people were told that they fail: spares the database a question in every batch. */
  private readonly told = new Set<string>();

  constructor(store: Store) {
    this.store = store;
  }

  /** Rules changed, or a batch was undone. */
  forget(): void {
    this.rules = null;
    this.told.clear();
  }

  /** Inside every batch, after its letters. */
  look(nowMs: number): void {
    const rules = this.enabledRules();
    for (const { migration, isFinishing } of this.store.touchedMigrations()) {
      if (migration.kind !== 'transfer') continue;
      if (isFinishing) this.endRun(migration, nowMs);
      for (const rule of rules) {
        if (isFinishing && rule.events.includes('migration-finished')) {
          this.make(rule, `migration-finished:${migration.id}:${nowMs}`);
        }
        const isFailing = migration.counts.failed >= rule.failedAtLeast && rule.events.includes('migration-failing');
        const name = `${rule.id}/${migration.id}`;
        if (!isFailing || this.told.has(name)) continue;
        this.told.add(name);
        // Told before, in an earlier run of the app: the database has a job of this name and makes no second one.
        this.make(rule, `migration-failing:${migration.id}`);
      }
    }
  }

  /** Inside a letter: a run of a schedule failed. */
  tellFailedRun(runId: number): void {
    for (const rule of this.enabledRules()) {
      if (rule.events.includes('schedule-failed')) this.make(rule, `schedule-failed:${runId}`);
    }
  }

  /** Inside a letter: one notice to try the rule. The id of its job. */
  test(rule: NoticeRule, nowMs: number): number {
    // Another test of the same millisecond has the name already.
    return this.make(rule, `test:${nowMs}`) ?? this.test(rule, nowMs + 1);
  }

  /**
   * Inside a letter: the rule is off or gone, and what it still had to tell is cancelled. `jobIds`: notices that may be
   * its own. A test is asked for by hand and goes out while there is somebody to send it to.
   */
  recall(desk: Desk, ruleId: number, jobIds: readonly number[]): void {
    const isGone = !this.allRules().some(({ id }) => id === ruleId);
    for (const id of jobIds) {
      const job = this.store.jobRow(id);
      if (job === null || ruleIdOf(job) !== ruleId) continue;
      if (isGone || !job.sourceKey.startsWith('test:')) steerJob(desk, id, 'cancel');
    }
  }

  /** The rule that a notice was made for; null when it is gone. */
  ruleOf(job: ClaimedJob): NoticeRule | null {
    const ruleId = ruleIdOf(job);
    return this.allRules().find(({ id }) => id === ruleId) ?? null;
  }

  /** What it says, as things stand now; null when what it tells of is gone. */
  noticeOf(job: ClaimedJob, nowMs: number): Notice | null {
    const [kind, id] = job.sourceKey.split(':');
    if (kind === 'test') return testNotice(nowMs);
    if (kind === 'schedule-failed') {
      for (const schedule of this.store.schedules()) {
        const run = this.store.runs(schedule.id, 200).find((each) => each.id === Number(id));
        if (run !== undefined) return scheduleNotice(schedule, run, nowMs);
      }
      return null;
    }
    const migration = this.store.migration(Number(id));
    return migration === null ? null : migrationNotice(kind as NoticeEvent, migrationView(migration), nowMs);
  }

  /** A migration that a schedule began has ended: so has the run. */
  private endRun(migration: StoredMigration, nowMs: number): void {
    const run = this.store.openRuns().find(({ migrationId }) => migrationId === migration.id);
    if (run === undefined) return;
    const { counts, listing, listingFailure, leftOut } = migration;
    const isBad = listing === 'failed' || counts.failed > 0;
    const isCancelled = deriveDisplayState(migration) === 'cancelled';
    const cancelled = counts.cancelled > 0 ? `, ${counts.cancelled} cancelled` : '';
    const out = leftOut > 0 ? `, ${leftOut} left out` : '';
    const figures = `${counts.completed} moved, ${counts.skipped} skipped, ${counts.failed} failed${cancelled}${out}.`;
    const reason = listingFailure?.message ?? (isCancelled ? 'Its migration was cancelled.' : '');
    this.store.updateRun(run.id, {
      finishedAtMs: nowMs,
      outcome: isBad ? 'failed' : isCancelled ? 'skipped' : 'done',
      detail: `${reason} ${figures}`.trim(),
      failure: listingFailure,
    });
    if (isBad) this.tellFailedRun(run.id);
  }

  private make(rule: NoticeRule, subject: string): number | null {
    const job = { sourceKey: subject, destinationKey: `${rule.id}/${subject}`, sizeBytes: 0, versionToken: null };
    return this.store.insertJobs(this.store.noticeMigration(), [job])[0] ?? null;
  }

  private allRules(): readonly NoticeRule[] {
    this.rules ??= this.store.noticeRules();
    return this.rules;
  }

  private enabledRules(): readonly NoticeRule[] {
    return this.allRules().filter(({ enabled }) => enabled);
  }
}

function ruleIdOf({ destinationKey }: { readonly destinationKey: string }): number {
  return Number(destinationKey.slice(0, destinationKey.indexOf('/')));
}
