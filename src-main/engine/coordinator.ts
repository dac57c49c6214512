/**
 * Owns the state of the house: every command and every outcome goes through its mailbox, one at a time; what is due
 * after a commit (dispatch, planning, sweeping, telling) starts here. Must not block, and never awaits between reading
 * state and writing it. Made by compose.ts, called by src-main/api.
 */
import type { WorkerProgress } from '../../src-shared/contract/worker-messages.ts';
import { type Failure, toFailure } from '../../src-shared/model/failure.ts';
import type { ProviderDescriptor } from '../../src-shared/model/provider.ts';
import type { Clock, Log, Rng, Secrets, SpawnWorker } from '../ports.ts';
import type { ClaimedJob, Committed } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { AccountBook } from './account-book.ts';
import { throttledSide } from './account-throttle.ts';
import type { Desk } from './desk.ts';
import { Gates } from './gates.ts';
import { createMailbox } from './mailbox.ts';
import { createPlanner } from './planner.ts';
import { rescue } from './rescue.ts';
import { RunningAttempts } from './running-attempts.ts';
import { createScheduler } from './scheduler.ts';
import { type AttemptEnd, decideSettlement } from './settle-attempt.ts';
import { createSupervisor, type Dispatch, type Supervisor } from './supervisor.ts';
import { createSweeper } from './sweeper.ts';
import { Throughput } from './throughput.ts';

export interface Coordinator {
  readonly store: Store;
  readonly accounts: AccountBook;
  readonly running: RunningAttempts;
  readonly supervisor: Supervisor;
  readonly throughput: Throughput;
  readonly gates: Gates;
  nowMs(): number;
  /** Runs a verb of engine/verbs in the next batch; resolves after the commit, rejects with FailureError. */
  call<T>(verb: (desk: Desk) => T): Promise<T>;
  /** The store's trouble, while it has one. */
  storeTrouble(): Failure | null;
  /** After every commit, with what it made durable. */
  onCommitted(listener: (committed: Committed) => void): () => void;
  /** Something that no commit tells: progress, the pool, the store's trouble. */
  onStirred(listener: (what: 'progress' | 'house') => void): () => void;
  /** Starts the workers; resolves when they were spawned. */
  start(): Promise<void>;
  /** Takes no more work, ends the workers within `graceMs`, makes what they gave back durable. */
  stop(graceMs: number): Promise<void>;
}

export interface CoordinatorDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly spawnWorker: SpawnWorker;
  readonly catalogue: readonly ProviderDescriptor[];
  readonly poolSize: number;
  readonly spoolFolder: string;
}

/** Scheduled jobs set free in one batch when their time has come. */
const DUE_SLICE = 500;
/** Timers longer than this overflow; waking for nothing now and then is harmless. */
const MAX_TIMER_MS = 60 * 60_000;

/** Rescues what an earlier run left running, before anything is dispatched. */
export function createCoordinator(deps: CoordinatorDeps): Coordinator {
  const { store, clock, rng, log } = deps;
  const epoch = rescue(store, clock, log);
  const running = new RunningAttempts();
  const throughput = new Throughput();
  const accounts = new AccountBook(store, deps.secrets, deps.catalogue);
  const committedListeners = new Set<(committed: Committed) => void>();
  const stirredListeners = new Set<(what: 'progress' | 'house') => void>();
  let trouble: Failure | null = null;
  const gates = new Gates({
    clock,
    accounts,
    isHousePaused: () => store.isHousePaused(),
    storeTrouble: () => trouble,
    pool: () => supervisor.view(),
  });
  const scheduler = createScheduler(store, clock, gates, epoch);
  let stopping = false;
  let cancelDueTimer: (() => void) | null = null;
  let dueTimerAtMs: number | null = null;
  let cancelGateTimer: (() => void) | null = null;

  const stir = (what: 'progress' | 'house'): void => {
    for (const listener of stirredListeners) listener(what);
  };

  const supervisor = createSupervisor({
    clock,
    log,
    spawnWorker: deps.spawnWorker,
    poolSize: deps.poolSize,
    spoolFolder: deps.spoolFolder,
    onEnd,
    onProgress,
    onChange() {
      mailbox.wake();
      stir('house');
    },
  });

  const mailbox = createMailbox({
    store,
    clock,
    log,
    beforeCommit() {
      if (stopping) return;
      const claimed = scheduler.claimFree(supervisor.free(), supervisor.suspectRoom());
      if (claimed.length > 0) mailbox.onCommit(() => dispatch(claimed));
    },
    afterCommit,
    onRollback() {
      scheduler.forget();
      accounts.forget();
    },
    onStoreTrouble(reason) {
      trouble = reason;
      stir('house');
    },
  });

  const desk: Desk = {
    store,
    accounts,
    running,
    onCommit: mailbox.onCommit,
    dismiss(token, reason) {
      running.remove(token);
      supervisor.abort(token, reason);
    },
  };
  const planner = createPlanner({ store, clock, rng, log, mailbox, supervisor, accounts });
  const sweeper = createSweeper(store, mailbox);

  /** The only way an attempt ends. A token that is not running any more was fenced off: nothing changes. */
  function onEnd(token: string, end: AttemptEnd, workerPid: number | null): void {
    mailbox.deliver(() => {
      const attempt = running.get(token);
      if (attempt === null) return;
      const at = { nowMs: clock.wallMs(), fraction: rng.fraction(), workerPid };
      const settlement = decideSettlement(end, attempt.job, at);
      store.settle(attempt.job, settlement);
      // Before the batch fills berths again; should the batch be undone, waiting a little harms nobody.
      slowAccount(attempt.job, end, (settlement.notBeforeMs ?? at.nowMs) - at.nowMs);
      mailbox.onCommit(() => {
        running.remove(token);
        if (end.kind === 'completed') throughput.finish(attempt.progress, end.result.sizeBytes);
      });
    });
  }

  /** Throttling slows the whole account, not one job: the others would only be refused too. */
  function slowAccount(job: ClaimedJob, end: AttemptEnd, delayMs: number): void {
    const side = throttledSide(end);
    if (side === null || end.kind !== 'failed') return;
    const accountId = store.migration(job.migrationId)?.[side].accountId;
    if (accountId !== undefined) gates.throttle.slow(accountId, delayMs, end.failure.message, clock.monotonicMs());
  }

  function onProgress(items: readonly WorkerProgress[]): void {
    for (const { token, ...progress } of items) {
      const attempt = running.get(token);
      if (attempt === null) continue;
      throughput.progress(attempt.progress, progress);
      attempt.progress = progress;
    }
    stir('progress');
  }

  function dispatch(claimed: readonly ClaimedJob[]): void {
    const ready: Dispatch[] = [];
    for (const job of claimed) {
      running.add(job);
      const migration = store.migration(job.migrationId);
      if (migration === null) throw new Error(`Job ${job.id} has no migration.`);
      const source = accounts.whenReady(migration.source.accountId);
      const destination = accounts.whenReady(migration.destination.accountId);
      if (source === null || destination === null) {
        void readAccounts(job, migration.source.accountId, migration.destination.accountId);
        continue;
      }
      ready.push({
        accounts: [source, destination],
        isSuspect: job.workerLosses > 0,
        order: {
          jobId: job.id,
          token: job.token,
          source: { accountKey: source.accountKey, container: migration.source.container, key: job.sourceKey },
          destination: {
            accountKey: destination.accountKey,
            container: migration.destination.container,
            key: job.destinationKey,
          },
          sizeBytes: job.sizeBytes,
          versionToken: job.versionToken,
          policies: migration.policies,
        },
      });
    }
    if (ready.length > 0) supervisor.run(ready);
  }

  async function readAccounts(job: ClaimedJob, sourceId: string, destinationId: string): Promise<void> {
    try {
      await Promise.all([accounts.forWorker(sourceId), accounts.forWorker(destinationId)]);
    } catch (error) {
      onEnd(job.token, { kind: 'failed', failure: toFailure(error), step: 'resolve' }, null);
      return;
    }
    // Cancelled, or the app is going down, while the secrets were read.
    if (running.get(job.token) !== null) dispatch([job]);
  }

  function afterCommit(committed: Committed): void {
    if (committed.accounts) {
      accounts.forget();
      // Another limit may let more start.
      mailbox.wake();
    }
    if (committed.returned.size > 0) {
      scheduler.reread(committed.returned);
      mailbox.wake();
    }
    for (const listener of committedListeners) listener(committed);
    if (stopping) return;
    if (committed.migrations.size > 0 || committed.house) {
      planner.look();
      sweeper.look();
    }
    watchDue();
    watchGates();
  }

  /** Nothing else wakes the scheduler when a gate opens by the clock. */
  function watchGates(): void {
    const waitMs = scheduler.nextOpeningMs();
    cancelGateTimer?.();
    cancelGateTimer = waitMs === null ? null : clock.after(Math.min(waitMs, MAX_TIMER_MS), wakeAtGate);
  }

  function wakeAtGate(): void {
    cancelGateTimer = null;
    mailbox.wake();
    stir('house');
    watchGates();
  }

  function watchDue(): void {
    if (!store.queues().some(({ counts }) => counts.scheduled > 0)) return;
    const atMs = store.nextDueMs();
    if (atMs === null || (dueTimerAtMs !== null && dueTimerAtMs <= atMs)) return;
    cancelDueTimer?.();
    dueTimerAtMs = atMs;
    cancelDueTimer = clock.after(Math.max(0, atMs - clock.wallMs()), () => {
      dueTimerAtMs = null;
      mailbox.deliver(() => {
        store.releaseDue(DUE_SLICE);
      });
    });
  }

  return {
    store,
    accounts,
    running,
    supervisor,
    throughput,
    gates,
    nowMs: () => clock.wallMs(),
    call: (verb) => mailbox.post(() => verb(desk)),
    storeTrouble: () => trouble,
    onCommitted(listener) {
      committedListeners.add(listener);
      return () => committedListeners.delete(listener);
    },
    onStirred(listener) {
      stirredListeners.add(listener);
      return () => stirredListeners.delete(listener);
    },
    async start() {
      await supervisor.start();
      mailbox.wake();
      planner.look();
      sweeper.look();
      watchDue();
      watchGates();
    },
    async stop(graceMs) {
      stopping = true;
      planner.stop();
      cancelDueTimer?.();
      cancelGateTimer?.();
      await supervisor.stop(graceMs);
      mailbox.close();
    },
  };
}
