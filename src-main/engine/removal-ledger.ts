/**
 * Owns the sources that moves are to delete: records what is owed in the commit that records the proven copy, has it
 * done after that commit, and goes on with it after a restart. Must not judge whether a source may go
 * (decide-removal.ts), nor look at it (the worker does, right before). Made by the coordinator.
 */
import { type Failure, toFailure } from '../../src-shared/model/failure.ts';
import type { Clock, Rng } from '../ports.ts';
import type { ClaimedJob, JobSettlement, OwedRemoval, RemovalRecord, StoredMigration } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { AccountBook } from './account-book.ts';
import { decideRemoval } from './decide-removal.ts';
import type { Mailbox } from './mailbox.ts';
import { decideRetry, MAX_TROUBLE_MS } from './retry-policy.ts';
import type { RunningAttempts } from './running-attempts.ts';
import type { Supervisor } from './supervisor.ts';

export interface RemovalLedger {
  /** A worker saw that source and destination are two assets. An attempt that was fenced off gets no answer. */
  apartSeen(token: string): void;
  /** In the batch that settles the attempt. */
  settled(job: ClaimedJob, settlement: JobSettlement): void;
  /** After every commit, and at the start. */
  look(): void;
  stop(): void;
}

export interface RemovalLedgerDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly mailbox: Mailbox;
  readonly running: RunningAttempts;
  readonly accounts: AccountBook;
  readonly supervisor: Supervisor;
}

/** Each is three short questions to two services: enough to keep up with the copies, few beside them. */
const AT_ONCE = 16;
/** What waits for another try is looked for so often. */
const LOOK_AGAIN_MS = 1_000;
/** A pool that starts again, or waits for somebody, says nothing about the source. */
const NO_WORKER_MS = 2_000;
const CANCEL_SLICE = 500;

export function createRemovalLedger(deps: RemovalLedgerDeps): RemovalLedger {
  const { store, clock, rng, mailbox, running, accounts, supervisor } = deps;
  /** Job → its migration. */
  const inHand = new Map<number, number>();
  let cancelTimer: (() => void) | null = null;
  let isDropping = false;
  let isStopped = false;

  function mayRun({ intent, queue }: StoredMigration): boolean {
    return intent === 'run' && !store.isHousePaused() && store.queue(queue)?.paused !== true;
  }

  function look(): void {
    cancelTimer?.();
    cancelTimer = null;
    if (isStopped) return;
    let isWaiting = false;
    for (const migration of store.openMigrations()) {
      if (migration.removals.owed === 0) continue;
      if (migration.intent === 'cancel') drop(migration);
      else if (mayRun(migration)) {
        isWaiting = true;
        begin(migration);
      }
    }
    if (isWaiting) cancelTimer = clock.after(LOOK_AGAIN_MS, look);
  }

  function begin(migration: StoredMigration): void {
    if (inHand.size >= AT_ONCE) return;
    // Those in hand are owed still, and stand first.
    for (const owed of store.owedRemovals(migration.id, clock.wallMs(), AT_ONCE)) {
      if (inHand.size >= AT_ONCE) return;
      if (inHand.has(owed.jobId)) continue;
      inHand.set(owed.jobId, migration.id);
      void remove(migration, owed);
    }
  }

  /** Somebody cancelled it: from then on it deletes nothing. What is in hand comes to its end. */
  function drop({ id, removals }: StoredMigration): void {
    const begun = [...inHand.values()].filter((migrationId) => migrationId === id).length;
    if (isDropping || removals.owed <= begun) return;
    isDropping = true;
    mailbox.deliver(() => {
      for (const { jobId } of store.owedRemovals(id, Number.MAX_SAFE_INTEGER, CANCEL_SLICE)) {
        if (!inHand.has(jobId)) store.recordRemoval(jobId, { state: 'kept', because: 'cancelled' });
      }
      mailbox.onCommit(() => {
        isDropping = false;
      });
    });
  }

  async function remove(migration: StoredMigration, owed: OwedRemoval): Promise<void> {
    const record = await tryToRemove(migration, owed);
    // What was done and is not recorded is found done by the next start.
    if (isStopped) return;
    mailbox.deliver(() => {
      store.recordRemoval(owed.jobId, record);
      mailbox.onCommit(() => inHand.delete(owed.jobId));
    });
  }

  async function tryToRemove({ source, destination }: StoredMigration, owed: OwedRemoval): Promise<RemovalRecord> {
    try {
      const ends = await Promise.all([
        accounts.forWorker(source.accountId),
        accounts.forWorker(destination.accountId),
      ] as const);
      const keptBecause = await supervisor.removeSource(ends, {
        source: { accountKey: ends[0].accountKey, container: source.container, key: owed.sourceKey },
        sourceVersion: owed.sourceVersion,
        destination: { accountKey: ends[1].accountKey, container: destination.container, key: owed.destinationKey },
        destinationVersion: owed.destinationVersion,
      });
      return keptBecause === null ? { state: 'deleted' } : { state: 'kept', because: keptBecause };
    } catch (error) {
      return afterFailure(toFailure(error), owed);
    }
  }

  function afterFailure(reason: Failure, { strikes, troubledSinceMs }: OwedRemoval): RemovalRecord {
    const nowMs = clock.wallMs();
    const troubleMs = Math.max(0, nowMs - (troubledSinceMs ?? nowMs));
    if (reason.code === 'worker-lost' && troubleMs < MAX_TROUBLE_MS) {
      return { state: 'owed', dueAtMs: nowMs + NO_WORKER_MS, failure: reason, strikes: 0 };
    }
    const decision = decideRetry(reason, strikes, troubleMs, rng.fraction());
    if (!decision.retry) return { state: 'failed', failure: reason };
    const dueAtMs = nowMs + decision.delayMs;
    return { state: 'owed', dueAtMs, failure: reason, strikes: decision.isStrike ? 1 : 0 };
  }

  return {
    apartSeen(token) {
      mailbox.deliver(() => {
        const attempt = running.get(token);
        if (attempt === null) return;
        store.noteApart(attempt.job.id);
        mailbox.onCommit(() => supervisor.noted(token, 'apart-noted'));
      });
    },
    settled(job, settlement) {
      const migration = store.migration(job.migrationId);
      if (migration === null || migration.policies.afterCopy !== 'delete-source') return;
      const record = decideRemoval(migration.policies, settlement, store.isApart(job.id), clock.wallMs());
      if (record !== null) store.recordRemoval(job.id, record);
    },
    look,
    stop() {
      isStopped = true;
      cancelTimer?.();
    },
  };
}
