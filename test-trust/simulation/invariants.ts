/**
 * Owns what must be true after every step, read from the database on a connection of its own and compared with what
 * really happened outside. Must not change anything. Used by the simulation; the numbers are those of the guarantees.
 */
import { DatabaseSync } from 'node:sqlite';
import { MAX_STRIKES, MAX_WORKER_LOSSES } from '../../src-main/engine/retry-policy.ts';
import { type Committed, type JobChange, RUN_NOW_RANK } from '../../src-main/store/records.ts';
import type { Store } from '../../src-main/store/store.ts';
import { FINISHED_STATES, JOB_ARROWS, JOB_STATES, type JobState } from '../../src-shared/model/job-state.ts';
import type { AttemptRecord } from './attempt-record.ts';

interface SeenJob {
  readonly id: number;
  readonly migrationId: number;
  readonly queue: string;
  readonly state: JobState;
  readonly workerLosses: number;
}

const STOPS: ReadonlySet<string> = new Set(['pause', 'cancel', 'skip']);
const FINISHED: ReadonlySet<string> = new Set(FINISHED_STATES);

export class Invariants {
  /** What the house said yes to. */
  readonly acknowledgedMigrations = new Set<number>();
  readonly acknowledgedJobs = new Set<number>();
  /** Jobs that somebody asked to leave their end for another state. */
  readonly mayLeaveEnd = new Set<number>();
  readonly breaches: string[] = [];
  private readonly record: AttemptRecord;
  private readonly path: string;
  private readonly states = new Map<number, JobState>();
  private readonly pastGates = new Set<number>();

  constructor(path: string, record: AttemptRecord) {
    this.path = path;
    this.record = record;
  }

  /** What a commit did, while memory and database say the same. */
  afterCommit(store: Store, { changes }: Committed, nowMonotonicMs: number): void {
    const filled = new Set<string>();
    for (const change of changes) {
      this.checkArrow(change);
      // Somebody wanted it: what it met before counts no more, or it need not wait.
      if (change.from === 'running' && STOPS.has(change.event)) this.record.unsay(change.jobId);
      if (change.event === 'retry') this.record.forgive(change.jobId);
      if (change.event === 'run-now' || change.event === 'resume') this.record.forgetWaits(change.jobId);
      if (change.event === 'claim') {
        const queue = this.checkClaim(store, change, nowMonotonicMs);
        if (queue !== null) filled.add(queue);
      } else this.pastGates.delete(change.jobId);
    }
    for (const name of filled) this.checkBerths(store, name);
  }

  private checkArrow({ jobId, event, from, to }: JobChange): void {
    if (event === 'make' || event === 'prune' || from === null || to === null) return;
    const arrow = JOB_ARROWS[event];
    if (!arrow.from.includes(from) || arrow.to !== to) {
      this.breaches.push(`Job ${jobId} went ${from} → ${to} by ${event}, which is no arrow.`);
    }
  }

  /** The queue whose berth it took; null when it went past the gates of queues. */
  private checkClaim(store: Store, { jobId, migrationId }: JobChange, nowMs: number): string | null {
    const said = (what: string): void => void this.breaches.push(`Job ${jobId} was started ${what}.`);
    if (store.isHousePaused()) said('while everything is paused');
    const failed = this.record.failures.get(jobId);
    if (failed !== undefined) {
      const { failure, atMonotonicMs } = failed;
      if (!failure.retryable && failure.code !== 'disk-full') said('again after a lasting failure');
      // Half a second: the wall's milliseconds and the timer's are rounded apart.
      if (nowMs + 500 < atMonotonicMs + (failure.retryAfterMs ?? 0)) said('before the other side may be asked again');
    }
    if ((this.record.strikes.get(jobId) ?? 0) >= MAX_STRIKES) said(`after ${MAX_STRIKES} failures`);
    for (const accountId of this.accountsOf(store, migrationId)) {
      if (nowMs < (this.record.heldAccounts.get(accountId) ?? 0)) said(`before ${accountId} may be asked again`);
    }
    if (store.rankOf(jobId) === RUN_NOW_RANK) {
      this.pastGates.add(jobId);
      return null;
    }
    const migration = store.migration(migrationId);
    if (migration === null) return null;
    if (migration.intent !== 'run') said(`though its migration is to ${migration.intent}`);
    if (store.queue(migration.queue)?.paused === true) said('though its queue is paused');
    return migration.queue;
  }

  private accountsOf(store: Store, migrationId: number): readonly string[] {
    const migration = store.migration(migrationId);
    if (migration === null || migration.kind === 'notices') return [];
    return [migration.source.accountId, migration.destination.accountId];
  }

  private checkBerths(store: Store, name: string): void {
    const queue = store.queue(name);
    if (queue === null) return;
    let past = 0;
    for (const jobId of this.pastGates) {
      const migrationId = store.jobRow(jobId)?.migrationId;
      if (migrationId !== undefined && store.migration(migrationId)?.queue === name) past += 1;
    }
    if (queue.counts.running - past > queue.concurrency) {
      this.breaches.push(`Queue ${name} runs ${queue.counts.running} at ${queue.concurrency} berths.`);
    }
  }

  /** Everything that the database says, recounted. */
  check(store: Store): void {
    this.breaches.push(...this.record.breaches.splice(0));
    const jobs = this.readJobs();
    this.checkCounters(store, jobs);
    const ids = new Set(jobs.map(({ id }) => id));
    for (const id of this.acknowledgedJobs) {
      if (!ids.has(id)) this.breaches.push(`Job ${id} was acknowledged and is gone.`);
    }
    for (const id of this.acknowledgedMigrations) {
      if (store.migration(id) === null) this.breaches.push(`Migration ${id} was acknowledged and is gone.`);
    }
    for (const job of jobs) this.checkJob(job);
  }

  private checkJob({ id, state, workerLosses }: SeenJob): void {
    const before = this.states.get(id);
    this.states.set(id, state);
    if (before !== undefined && before !== state && FINISHED.has(before)) {
      if (!this.mayLeaveEnd.has(id)) this.breaches.push(`Job ${id} had ended as ${before} and is ${state}, unasked.`);
    }
    if (state === 'completed' && !this.record.moved.has(id)) {
      this.breaches.push(`Job ${id} is completed, and nobody moved it.`);
    }
    if (workerLosses > MAX_WORKER_LOSSES) this.breaches.push(`Job ${id} took ${workerLosses} workers with it.`);
  }

  private checkCounters(store: Store, jobs: readonly SeenJob[]): void {
    const counted = new Map<string, number>();
    for (const { state, queue, migrationId } of jobs) {
      for (const owner of [`queue ${queue}`, `migration ${migrationId}`]) {
        counted.set(`${owner} ${state}`, (counted.get(`${owner} ${state}`) ?? 0) + 1);
      }
    }
    const compare = (owner: string, counts: Readonly<Record<JobState, number>>): void => {
      for (const state of JOB_STATES) {
        const real = counted.get(`${owner} ${state}`) ?? 0;
        if (counts[state] !== real) {
          this.breaches.push(`The counter of ${owner} says ${counts[state]} ${state}, there are ${real}.`);
        }
      }
    };
    for (const { name, counts } of store.queues()) compare(`queue ${name}`, counts);
    for (const { id, counts } of store.latestMigrations(1_000)) compare(`migration ${id}`, counts);
  }

  private readJobs(): readonly SeenJob[] {
    const db = new DatabaseSync(this.path, { readOnly: true });
    try {
      const rows = db
        .prepare(
          `SELECT job.id, migration_id, queue, state, worker_losses FROM job JOIN migration ON migration.id = migration_id`,
        )
        .all();
      return rows.map((row) => ({
        id: Number(row.id),
        migrationId: Number(row.migration_id),
        queue: String(row.queue),
        state: String(row.state) as JobState,
        workerLosses: Number(row.worker_losses),
      }));
    } finally {
      db.close();
    }
  }
}
