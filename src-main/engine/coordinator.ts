/**
 * Owns the state of the house: every command and every outcome goes through its mailbox, one at a time; what is due
 * after a commit (dispatch, planning, sweeping, telling) starts here. Must not block, and never awaits between reading
 * state and writing it. Made by compose.ts, called by src-main/api.
 */
import type { WorkerProgress } from '../../src-shared/contract/worker-messages.ts';
import type { Failure } from '../../src-shared/model/failure.ts';
import type { HealthReport } from '../../src-shared/model/health.ts';
import type { ProviderDescriptor } from '../../src-shared/model/provider.ts';
import type { Clock, Desktop, Disk, Log, Rng, Secrets, SpawnWorker, Telemetry } from '../ports.ts';
import type { Committed } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { AccountBook } from './account-book.ts';
import { AccountLanes } from './account-lanes.ts';
import { watchDeadlines } from './attempt-deadline.ts';
import { attemptEvent } from './attempt-event.ts';
import { createBulkRunner } from './bulk-runner.ts';
import type { Desk } from './desk.ts';
import { createDispatcher } from './dispatch-attempts.ts';
import { createDueWatch } from './due-watch.ts';
import { Gates } from './gates.ts';
import { createMailbox } from './mailbox.ts';
import { checkHealth } from './maintenance/check-health.ts';
import { pruneJobs } from './maintenance/prune-jobs.ts';
import { NoticeDesk } from './notice-desk.ts';
import { openJobs } from './open-jobs.ts';
import { createPaceDesk } from './pace-desk.ts';
import { createPlanner } from './planner.ts';
import { createRemovalLedger } from './removal-ledger.ts';
import { rescue } from './rescue.ts';
import { type RunningAttempt, RunningAttempts } from './running-attempts.ts';
import { createScheduleRunner, type Maintenance, type ScheduleRunner } from './schedule-runner.ts';
import { createScheduler } from './scheduler.ts';
import { type AttemptEnd, decideSettlement } from './settle-attempt.ts';
import { createSpaceWatch } from './space-watch.ts';
import { SpoolBudget } from './spool-budget.ts';
import { createSupervisor, type PoolSize, type Supervisor } from './supervisor.ts';
import { Throughput } from './throughput.ts';
import { createUploadLedger } from './upload-ledger.ts';

export interface Coordinator {
  readonly store: Store;
  readonly accounts: AccountBook;
  readonly running: RunningAttempts;
  readonly supervisor: Supervisor;
  readonly throughput: Throughput;
  readonly gates: Gates;
  readonly lanes: AccountLanes;
  readonly spool: SpoolBudget;
  readonly notices: NoticeDesk;
  readonly schedules: ScheduleRunner;
  /** The last health check; null before the first. */
  health(): HealthReport | null;
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
  readonly telemetry: Telemetry;
  readonly secrets: Secrets;
  readonly spawnWorker: SpawnWorker;
  readonly catalogue: readonly ProviderDescriptor[];
  /** Worker processes, unless the settings say how many. */
  readonly defaultWorkers: number;
  readonly spoolFolder: string;
  readonly disk: Disk;
  readonly desktop: Desktop | null;
  /** What only others can do. */
  readonly maintenance: Pick<Maintenance, 'sweep' | 'backup'>;
}

/** Timers longer than this overflow; waking for nothing now and then is harmless. */
const MAX_TIMER_MS = 60 * 60_000;

function poolSize(store: Store, defaultWorkers: number): PoolSize {
  const { workers, attemptsPerWorker } = store.settings();
  // 0, as a new profile has it: as many as the machine suggests.
  return { workers: workers === 0 ? defaultWorkers : workers, attemptsPerWorker };
}

/** Rescues what an earlier run left running, before anything is dispatched. */
export function createCoordinator(deps: CoordinatorDeps): Coordinator {
  const { store, clock, rng, log, telemetry } = deps;
  const runName = rescue(store, clock, rng, log);
  const running = new RunningAttempts();
  const throughput = new Throughput();
  const accounts = new AccountBook(store, deps.secrets, deps.catalogue);
  const committedListeners = new Set<(committed: Committed) => void>();
  const stirredListeners = new Set<(what: 'progress' | 'house') => void>();
  let trouble: Failure | null = null;
  const notices = new NoticeDesk(store);
  let health: HealthReport | null = null;
  const space = createSpaceWatch({
    clock,
    log,
    disk: deps.disk,
    folder: deps.spoolFolder,
    hasWork: () => running.size > 0 || openJobs(store) > 0,
    spooledBytes: () => spool.spooledBytes(),
    onRoom: () => mailbox.wake(),
    onChange() {
      mailbox.wake();
      stir('house');
    },
  });
  const spool = new SpoolBudget({
    store,
    accounts,
    running,
    space: () => space,
    workers: () => supervisor.view().size,
  });
  const lanes = new AccountLanes(store, clock);
  const gates = new Gates({
    lanes,
    clock,
    accounts,
    space,
    isHousePaused: () => store.isHousePaused(),
    storeTrouble: () => trouble,
    pool: () => supervisor.view(),
  });
  const scheduler = createScheduler(store, clock, gates, spool, runName);
  let stopping = false;
  let cancelGateTimer: (() => void) | null = null;
  let stopDeadlines: () => void = () => undefined;

  const stir = (what: 'progress' | 'house'): void => {
    for (const listener of stirredListeners) listener(what);
  };

  const supervisor = createSupervisor({
    clock,
    log,
    spawnWorker: deps.spawnWorker,
    poolSize: poolSize(store, deps.defaultWorkers),
    spoolFolder: deps.spoolFolder,
    onEnd,
    onProgress,
    onUploadBegun: (token, mark) => uploads.begun(token, mark),
    onApartSeen: (token) => removals.apartSeen(token),
    onChange() {
      mailbox.wake();
      stir('house');
      tellPool();
    },
  });

  let toldPool = '';
  /** Only when something changed that a person would notice. */
  function tellPool(): void {
    const { state, workers } = supervisor.view();
    const busy = workers.reduce((sum, worker) => sum + worker.busy, 0);
    if (toldPool === `${state} ${workers.length}`) return;
    toldPool = `${state} ${workers.length}`;
    telemetry({ kind: 'pool', state, workers: workers.length, busy });
  }

  const mailbox = createMailbox({
    store,
    clock,
    log,
    afterBegin: (nowMs) => due.afterBegin(nowMs),
    beforeCommit() {
      notices.look(clock.wallMs());
      if (stopping) return;
      const claimed = scheduler.claimFree(supervisor.free(), supervisor.suspectRoom());
      if (claimed.length > 0) mailbox.onCommit(() => dispatch(claimed));
    },
    afterCommit,
    onRollback() {
      scheduler.forget();
      accounts.forget();
      notices.forget();
    },
    onStoreTrouble(reason) {
      trouble = reason;
      telemetry({ kind: 'store', failureCode: reason?.code ?? null });
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
  const planner = createPlanner({ store, clock, rng, log, mailbox, supervisor, accounts, lanes });
  const due = createDueWatch(store, clock, mailbox.deliver);
  const pace = createPaceDesk(store, clock, (rates) => supervisor.pace(rates));
  const bulks = createBulkRunner(store, mailbox, desk);
  const uploads = createUploadLedger({ store, clock, log, mailbox, running, accounts, supervisor });
  const removals = createRemovalLedger({ store, clock, rng, mailbox, running, accounts, supervisor });
  const dispatch = createDispatcher({
    store,
    clock,
    accounts,
    running,
    supervisor,
    notices,
    spool,
    onEnd,
    secrets: deps.secrets,
    desktop: deps.desktop,
  });
  const schedules = createScheduleRunner({
    store,
    clock,
    log,
    mailbox,
    desk,
    onFailed: (runId) => notices.tellFailedRun(runId),
    maintenance: {
      ...deps.maintenance,
      prune: () => pruneJobs(store, clock, mailbox),
      async sweep() {
        const { givenUp, failures } = await uploads.sweep();
        const left = failures.length === 0 ? '' : ` ${failures.length} could not be reached and are tried again.`;
        return `${await deps.maintenance.sweep()} ${givenUp} unfinished uploads were given up.${left}`;
      },
      async health() {
        health = await checkHealth({
          store,
          clock,
          accounts,
          supervisor,
          disk: deps.disk,
          folder: deps.spoolFolder,
          storeTrouble: () => trouble,
        });
        stir('house');
        const bad = health.checks.filter(({ ok }) => !ok);
        return bad.length === 0 ? 'All is well.' : `${bad.map(({ subject }) => subject).join(', ')}: not well.`;
      },
    },
  });

  /** The only way an attempt ends. A token that is not running any more was fenced off: nothing changes. */
  function onEnd(token: string, end: AttemptEnd, workerPid: number | null): void {
    const ended = running.get(token);
    // At once: no batch before the one that settles it may start another.
    if (ended !== null && lanes.ended(ended, end)) stir('house');
    if (end.kind === 'failed' && end.failure.code === 'disk-full' && end.step === 'spool') space.reportFull();
    mailbox.deliver(() => {
      const attempt = running.get(token);
      if (attempt === null) return;
      const at = { nowMs: clock.wallMs(), fraction: rng.fraction(), workerPid };
      const settlement = decideSettlement(end, attempt.job, at);
      spool.release(token);
      if (!store.settle(attempt.job, settlement)) {
        // Cancelled, paused or ended by a letter of this very batch.
        mailbox.onCommit(() => running.remove(token));
        return;
      }
      removals.settled(attempt.job, settlement);
      mailbox.onCommit(() => {
        running.remove(token);
        if (end.kind === 'completed') throughput.finish(attempt.progress, end.result.sizeBytes);
        telemetry(attemptEvent(attempt, end, clock.monotonicMs()));
      });
    });
  }

  function onProgress(items: readonly WorkerProgress[]): void {
    for (const { token, ...progress } of items) {
      const attempt = running.get(token);
      if (attempt === null) continue;
      throughput.progress(attempt.progress, progress);
      if (lanes.progressed(attempt, progress)) {
        mailbox.wake();
        stir('house');
      }
      attempt.progress = progress;
    }
    stir('progress');
  }

  /** Their workers are told, and what they still say is ignored. */
  function endLate({ job, progress }: RunningAttempt, reason: Failure): void {
    onEnd(job.token, { kind: 'failed', failure: reason, step: progress?.step ?? 'open' }, null);
    supervisor.abort(job.token, 'cancel');
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
    for (const change of committed.changes) telemetry({ kind: 'job', ...change });
    for (const listener of committedListeners) listener(committed);
    if (stopping) return;
    pace.lookAfter(committed);
    if (committed.migrations.size > 0 || committed.house) {
      planner.look();
      bulks.look();
    }
    const { topics } = committed;
    if (topics.has('bulks')) bulks.lookForBulks();
    if (topics.has('schedules')) schedules.look();
    if (topics.has('notice-rules')) notices.forget();
    if (topics.has('settings')) {
      supervisor.resize(poolSize(store, deps.defaultWorkers));
      planner.look();
    }
    due.look();
    uploads.look(committed);
    removals.look();
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

  return {
    store,
    accounts,
    running,
    supervisor,
    throughput,
    gates,
    lanes,
    spool,
    notices,
    schedules,
    health: () => health,
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
      pace.look();
      await supervisor.start();
      mailbox.wake();
      planner.look();
      bulks.look();
      bulks.lookForBulks();
      due.look();
      removals.look();
      watchGates();
      stopDeadlines = watchDeadlines({ store, clock, running }, endLate);
      schedules.start();
    },
    async stop(graceMs) {
      stopping = true;
      stopDeadlines();
      for (const part of [planner, bulks, schedules, space, uploads, removals, due, pace]) part.stop();
      cancelGateTimer?.();
      await supervisor.stop(graceMs);
      mailbox.close();
    },
  };
}
