/**
 * Owns the pool of worker processes: starts them, restarts them one for one, ends those that hang, and sees to it
 * that every attempt it was handed reports back exactly once. Must not decide what becomes of a job.
 * Called by the coordinator; speaks to src-main/worker through the SpawnWorker port.
 */
import type {
  AbortReason,
  AttemptOrder,
  FromWorker,
  NoticeOrder,
  ToWorker,
  WorkerAccount,
  WorkerProgress,
} from '../../src-shared/contract/worker-messages.ts';
import { type Failure, FailureError, failure, toFailure } from '../../src-shared/model/failure.ts';
import type { PoolView } from '../../src-shared/model/house.ts';
import type { Clock, Log, SpawnWorker, WorkerProcess } from '../ports.ts';
import { type CapRates, PaceShares } from './pace-shares.ts';
import { countDeath, MAX_RESTARTS, RESTART_WINDOW_MS } from './restart-budget.ts';
import type { AttemptEnd } from './settle-attempt.ts';
import { type Dispatch, KILL_AFTER_MS, type WorkerAnswer, WorkerHandle } from './worker-handle.ts';
import { type WorkerRequests, workerRequests } from './worker-requests.ts';

export interface Supervisor extends WorkerRequests {
  start(): Promise<void>;
  /** How many more attempts the pool can take now. */
  free(): number;
  /** Hands attempts out. Every one of them comes back through `onEnd`, whatever happens. */
  run(batch: readonly Dispatch[]): void;
  /** How many suspects can run: one to a worker, so that the next death tells which it was. */
  suspectRoom(): number;
  abort(token: string, reason: AbortReason): void;
  /** What this attempt waits for is durable. */
  noted(token: string, what: 'upload-noted' | 'apart-noted'): void;
  /** What all workers together may move from now on. */
  pace(rates: CapRates): void;
  view(): PoolView;
  /** Somebody pressed resume after `degraded`. */
  resume(): void;
  /** Another size takes effect: more start at once, too many end when their work is done. */
  resize(size: PoolSize): void;
  /** Ends every worker: asks, waits `graceMs`, then kills. Attempts end as aborted or worker-lost first. */
  stop(graceMs: number): Promise<void>;
}

export interface PoolSize {
  readonly workers: number;
  /** Attempts that one process takes at most: beyond it more processes help, not more attempts. */
  readonly attemptsPerWorker: number;
}

export interface SupervisorDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly spawnWorker: SpawnWorker;
  readonly poolSize: PoolSize;
  readonly spoolFolder: string;
  readonly onEnd: (token: string, end: AttemptEnd, workerPid: number | null) => void;
  readonly onProgress: (items: readonly WorkerProgress[]) => void;
  /** An attempt is about to begin a large write, and waits for `noted`. */
  readonly onUploadBegun: (token: string, mark: string) => void;
  /** As a move saw, its source and destination are two assets; it waits for `noted`. */
  readonly onApartSeen: (token: string) => void;
  /** The pool's view changed. */
  readonly onChange: () => void;
}

export const MEMORY_SPOOL_BYTES = 8 * 1024 * 1024;
export const HEARTBEAT_MS = 500;
/** Silent for so long: it hangs. With TERM, KILL and the next start the job runs again within 5 s. */
const SILENCE_LIMIT_MS = 3_000;
/** It has no work before it is ready; a busy machine, or one that scans every program, takes seconds to start it. */
const START_LIMIT_MS = 15_000;
const WATCH_MS = 500;
/** A watch that comes this late itself: the machine slept, and nobody's silence counts. */
const SLEPT_MS = 2_000;
const RESTART_DELAY_MS = 50;
/** A listing or a test waits so long for the first worker: starting one takes about 300 ms on a busy machine. */
const READY_WAIT_MS = 5_000;

export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const { clock, log } = deps;
  const workers = new Set<WorkerHandle>();
  let deaths: readonly number[] = [];
  let trouble: Failure | null = null;
  let starting = 0;
  let size = deps.poolSize;
  let stopping = false;
  let lastRequestId = 0;
  let allGone: (() => void) | null = null;
  const shares = new PaceShares();
  const readyListeners = new Set<() => void>();
  /** Who was asked last about a place that is being listed: pages that it read ahead are there. */
  const listers = new Map<string, WorkerHandle>();
  const usable = (): WorkerHandle[] => [...workers].filter(({ isUsable }) => isUsable);

  async function startOne(): Promise<void> {
    starting += 1;
    let process: WorkerProcess | null = null;
    try {
      process = await deps.spawnWorker();
    } catch (error) {
      log.error('A worker could not be started.', { failure: toFailure(error) });
      died(`A worker could not be started: ${toFailure(error).message}`);
    }
    starting -= 1;
    if (process !== null) configure(new WorkerHandle(process, clock));
    deps.onChange();
  }

  function configure(handle: WorkerHandle): void {
    workers.add(handle);
    handle.process.onMessage((message) => hear(handle, message));
    handle.process.onExit((how) => buried(handle, how.signal ?? `exit code ${how.code}`));
    handle.process.send({
      type: 'configure',
      spoolFolder: deps.spoolFolder,
      memorySpoolBytes: MEMORY_SPOOL_BYTES,
      heartbeatMs: HEARTBEAT_MS,
    });
    if (stopping) handle.end();
  }

  function hear(handle: WorkerHandle, message: FromWorker): void {
    handle.lastSpokeMs = clock.monotonicMs();
    switch (message.type) {
      case 'ready':
        handle.isReady = true;
        // The pool was made smaller while it started.
        if (missing() < 0) handle.retire();
        for (const resolve of readyListeners) resolve();
        readyListeners.clear();
        deps.onChange();
        return;
      case 'heartbeat':
        return;
      case 'progress':
        deps.onProgress(message.items);
        return;
      case 'outcomes':
        for (const { token, report } of message.items) {
          handle.suspects.delete(token);
          handle.attemptQueues.delete(token);
          if (handle.tokens.delete(token)) deps.onEnd(token, report, handle.pid);
        }
        shares.tell(workers);
        handle.leaveWhenIdle();
        deps.onChange();
        return;
      case 'upload-begun':
        if (handle.tokens.has(message.token)) deps.onUploadBegun(message.token, message.mark);
        return;
      case 'apart-seen':
        if (handle.tokens.has(message.token)) deps.onApartSeen(message.token);
        return;
      case 'page':
      case 'given-up':
      case 'source-settled':
      case 'checked':
        handle.answer(message);
        handle.leaveWhenIdle();
        return;
      case 'request-failed':
        handle.refuse(message.requestId, message.failure);
        handle.leaveWhenIdle();
        return;
      default:
        // Not a message of ours: whatever runs there is no worker that can be trusted.
        log.error('A worker sent what is no message; it is ended.', { pid: handle.pid });
        handle.end();
    }
  }

  function buried(handle: WorkerHandle, how: string): void {
    workers.delete(handle);
    for (const [place, lister] of listers) if (lister === handle) listers.delete(place);
    const tokens = handle.bury();
    shares.tell(workers);
    const detail = `Worker ${handle.pid} ended (${how}).`;
    const hasSuspect = tokens.some((token) => handle.suspects.has(token));
    for (const token of tokens) {
      // With a suspect on board the others are taken to be bystanders.
      const isBlamed = !hasSuspect || handle.suspects.has(token);
      deps.onEnd(token, { kind: 'worker-lost', detail, isBlamed }, handle.pid);
    }
    if (stopping) {
      if (workers.size === 0) allGone?.();
    } else if (!handle.isRetired) {
      log.warn(detail, { attempts: tokens.length });
      died(detail);
    }
    deps.onChange();
  }

  function died(detail: string): void {
    deaths = countDeath(deaths, clock.monotonicMs());
    if (deaths.length > MAX_RESTARTS) {
      trouble = failure(
        'worker-lost',
        `Workers ended ${deaths.length} times in ${RESTART_WINDOW_MS / 1000} s. ${detail}`,
        {
          hint: 'Nothing is lost. Look at the log, then press resume to start workers again.',
        },
      );
      log.error('The worker pool is degraded.', { failure: trouble });
      return;
    }
    clock.after(RESTART_DELAY_MS, () => {
      if (!stopping && missing() > 0) void startOne();
    });
  }

  /** How many workers there are too few; below 0: too many. */
  function missing(): number {
    let staying = starting;
    for (const handle of workers) if (!handle.isRetired) staying += 1;
    return size.workers - staying;
  }

  function watch(expectedAtMs: number): void {
    const nowMs = clock.monotonicMs();
    const slept = nowMs - expectedAtMs > SLEPT_MS;
    for (const handle of workers) {
      if (slept) handle.lastSpokeMs = nowMs;
      else if (!handle.isEnding && nowMs - handle.lastSpokeMs > (handle.isReady ? SILENCE_LIMIT_MS : START_LIMIT_MS)) {
        log.warn('A worker has been silent for too long; it is ended.', { pid: handle.pid });
        handle.end();
      }
    }
    if (!stopping) clock.after(WATCH_MS, () => watch(nowMs + WATCH_MS));
  }

  function idlest(isFit: (handle: WorkerHandle) => boolean = () => true): WorkerHandle | null {
    const fit = usable().filter(isFit);
    return fit.reduce<WorkerHandle | null>((best, one) => (best === null || one.load < best.load ? one : best), null);
  }

  /** A worker that is ready, waiting a moment for one that starts. Rejects with FailureError: an answer, not a hang. */
  async function readyWorker(): Promise<WorkerHandle> {
    const deadlineMs = clock.monotonicMs() + READY_WAIT_MS;
    for (let handle = idlest(); ; handle = idlest()) {
      if (handle !== null) return handle;
      if (trouble !== null) throw new FailureError(trouble);
      if (stopping || clock.monotonicMs() >= deadlineMs) {
        throw new FailureError(failure('worker-lost', 'No worker is available.', { hint: 'Try again in a moment.' }));
      }
      await new Promise<void>((resolve) => {
        readyListeners.add(resolve);
        clock.after(WATCH_MS, resolve);
      });
    }
  }

  function tellHolder(token: string, message: ToWorker): void {
    for (const handle of workers) if (handle.tokens.has(token)) handle.process.send(message);
  }

  async function request(
    accounts: readonly WorkerAccount[],
    message: (requestId: number) => ToWorker,
    place?: string,
  ): Promise<WorkerAnswer> {
    const lister = place === undefined ? undefined : listers.get(place);
    const handle = lister?.isUsable === true ? lister : await readyWorker();
    if (place !== undefined) listers.set(place, handle);
    lastRequestId += 1;
    const requestId = lastRequestId;
    handle.tell(accounts);
    const answer = await handle.request(requestId, () => handle.process.send(message(requestId)));
    if (place !== undefined && answer.type === 'page' && answer.position === null) listers.delete(place);
    return answer;
  }

  return {
    async start() {
      const expectedAtMs = clock.monotonicMs() + WATCH_MS;
      clock.after(WATCH_MS, () => watch(expectedAtMs));
      await Promise.all(Array.from({ length: size.workers }, startOne));
    },

    free() {
      return usable().reduce((free, { load }) => free + Math.max(0, size.attemptsPerWorker - load), 0);
    },

    suspectRoom: () => usable().filter(({ suspects }) => suspects.size === 0).length,

    run(batch) {
      const loads = new Map<WorkerHandle, { attempts: AttemptOrder[]; notices: NoticeOrder[] }>();
      for (const dispatch of batch) {
        const { order, accounts, isSuspect } = dispatch;
        const handle = (isSuspect ? idlest((fit) => fit.suspects.size === 0) : null) ?? idlest();
        if (handle === null) {
          // It died between the choice and now; the job did not cause it and loses nothing.
          deps.onEnd(order.token, { kind: 'aborted', reason: 'shutdown' }, null);
          continue;
        }
        handle.tell(accounts);
        handle.tokens.add(order.token);
        if (isSuspect) handle.suspects.add(order.token);
        let load = loads.get(handle);
        if (load === undefined) {
          load = { attempts: [], notices: [] };
          loads.set(handle, load);
        }
        if (dispatch.kind === 'attempt') {
          handle.attemptQueues.set(order.token, dispatch.order.queue);
          load.attempts.push(dispatch.order);
        } else load.notices.push(dispatch.order);
      }
      // Before their first byte.
      shares.tell(workers);
      for (const [handle, { attempts, notices }] of loads) {
        if (attempts.length > 0) handle.process.send({ type: 'attempts', orders: attempts });
        if (notices.length > 0) handle.process.send({ type: 'notices', orders: notices });
      }
    },

    noted: (token, type) => tellHolder(token, { type, token }),
    abort: (token, reason) => tellHolder(token, { type: 'abort', token, reason }),

    ...workerRequests(request),

    pace(rates) {
      shares.set(rates);
      shares.tell(workers);
    },

    view() {
      const ready = usable();
      const state =
        trouble !== null
          ? 'degraded'
          : ready.length >= size.workers
            ? 'healthy'
            : deaths.length > 0
              ? 'restarting'
              : 'starting';
      return {
        state,
        failure: trouble,
        size: size.workers,
        attemptsPerWorker: size.attemptsPerWorker,
        workers: ready.map(({ pid, tokens, startedAtMs }) => ({ pid, busy: tokens.size, startedAtMs })),
      };
    },

    resume() {
      trouble = null;
      deaths = [];
      for (let more = missing(); more > 0; more -= 1) void startOne();
      deps.onChange();
    },

    resize(next) {
      size = next;
      if (stopping) return;
      for (let more = missing(); more > 0 && trouble === null; more -= 1) void startOne();
      for (let fewer = -missing(); fewer > 0; fewer -= 1) idlest()?.retire();
      deps.onChange();
    },

    async stop(graceMs) {
      stopping = true;
      const gone = Promise.withResolvers<void>();
      allGone = gone.resolve;
      if (workers.size === 0) gone.resolve();
      for (const handle of workers) handle.process.send({ type: 'shutdown' });
      const stopTerm = clock.after(graceMs, () => {
        for (const handle of workers) handle.end();
      });
      const patience = Promise.withResolvers<void>();
      const stopPatience = clock.after(graceMs + KILL_AFTER_MS + 500, patience.resolve);
      await Promise.race([gone.promise, patience.promise]);
      stopTerm();
      stopPatience();
    },
  };
}
