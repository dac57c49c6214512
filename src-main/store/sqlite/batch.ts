/**
 * Owns what the open batch touched, for the announcement after commit. Must not touch the database. Shared by every
 * verb of the sqlite store.
 */
import type { OutcomeEvent } from '../../../src-shared/model/outcome.ts';
import type { Committed, HouseTopic, JobChange } from '../records.ts';

export class Batch {
  /** The time of everything in the batch. */
  nowMs = 0;
  writes = 0;
  private jobs = new Set<number>();
  private migrations = new Set<number>();
  private returned = new Set<number>();
  private outcomes: OutcomeEvent[] = [];
  private changes: JobChange[] = [];
  private topics = new Set<HouseTopic>();
  private queues = false;
  private accounts = false;
  private house = false;

  job(id: number): void {
    this.writes += 1;
    this.jobs.add(id);
  }

  migration(id: number): void {
    this.writes += 1;
    this.migrations.add(id);
  }

  /** Jobs of the migration came back to pending. */
  jobsReturned(migrationId: number): void {
    this.returned.add(migrationId);
  }

  /** One arrow that a job took. */
  change(change: JobChange): void {
    this.changes.push(change);
  }

  /** Something of which there is a handful changed. */
  topic(topic: HouseTopic): void {
    this.writes += 1;
    this.topics.add(topic);
  }

  outcome(event: OutcomeEvent): void {
    this.outcomes.push(event);
  }

  queue(): void {
    this.writes += 1;
    this.queues = true;
  }

  account(): void {
    this.writes += 1;
    this.accounts = true;
  }

  wholeHouse(): void {
    this.writes += 1;
    this.house = true;
  }

  /** Hands out what was collected and starts anew. */
  take(): Committed {
    const { jobs, migrations, returned, outcomes, changes, topics, queues, accounts, house } = this;
    this.writes = 0;
    this.jobs = new Set();
    this.migrations = new Set();
    this.returned = new Set();
    this.outcomes = [];
    this.changes = [];
    this.topics = new Set();
    this.queues = false;
    this.accounts = false;
    this.house = false;
    return { jobs, migrations, returned, outcomes, changes, topics, queues, accounts, house };
  }
}
