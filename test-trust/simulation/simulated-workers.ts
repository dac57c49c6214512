/**
 * Owns workers that live in virtual time and meet every kind of trouble: failures of all classes, lost and stalled
 * processes, words that come twice or after the end. Must not decide what the house makes of it. Used by the simulation.
 */

import { COMPLETED } from '../../src-main/engine/fake-workers.ts';
import { HEARTBEAT_MS } from '../../src-main/engine/supervisor.ts';
import type { Clock, SpawnWorker } from '../../src-main/ports.ts';
import type { AttemptOrder, AttemptReport, FromWorker, ToWorker } from '../../src-shared/contract/worker-messages.ts';
import { failure } from '../../src-shared/model/failure.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { SeededRng } from './seeded-rng.ts';

/** A job with this in its key kills whatever worker runs it. */
export const POISON = 'poison';
/** A job with this in its key fails whenever it is tried, as if the network were down. */
export const CURSED = 'cursed';

/** A shorter silence than this must never end a worker. */
const NOTICED_MS = 2_500;

export type WorkerFault =
  | 'retryable'
  | 'permanent'
  | 'rate-limited'
  | 'worker-killed'
  | 'worker-stalled'
  | 'worker-stillborn'
  | 'listing-failed'
  | 'said-twice'
  | 'said-too-late';

export interface WorkersWorld {
  readonly clock: Clock;
  readonly rng: SeededRng;
  readonly record: AttemptRecord;
  /** Off in the end, when everything must come to rest. */
  faults: boolean;
  /** container → what it holds, as the listing gives it. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  trace(line: string): void;
  met(fault: WorkerFault): void;
}

export interface SimulatedWorkers {
  readonly spawn: SpawnWorker;
  killOne(): void;
  stallOne(forMs: number): void;
  /** The house quits: from here on it may end workers that never did anything wrong. */
  allowEnds(): void;
  /** The main process ended: they notice and leave, saying nothing more. */
  abandon(): void;
}

interface Simulated {
  readonly pid: number;
  readonly orders: Map<string, AttemptOrder>;
  isDead: boolean;
  isStalled: boolean;
  mayStallAtMs: number;
  mayEnd: boolean;
  hear: (message: FromWorker) => void;
  mourn: (how: { code: number | null; signal: string | null }) => void;
}

export function createSimulatedWorkers(world: WorkersWorld): SimulatedWorkers {
  const { clock, rng, record } = world;
  let all: Simulated[] = [];
  let pids = 100;
  let mayAllEnd = false;

  const say = (worker: Simulated, message: FromWorker): void => {
    if (!worker.isDead) worker.hear(message);
  };

  function die(worker: Simulated, why: string): void {
    if (worker.isDead) return;
    worker.isDead = true;
    all = all.filter((other) => other !== worker);
    world.trace(`worker ${worker.pid} ends: ${why}`);
    const lost = [...worker.orders];
    worker.orders.clear();
    for (const [token] of lost) record.end(token);
    const [last] = lost;
    worker.mourn({ code: null, signal: 'SIGKILL' });
    if (last !== undefined && world.faults && rng.chance(0.3)) {
      world.met('said-too-late');
      worker.hear({ type: 'outcomes', items: [{ token: last[0], report: COMPLETED }] });
    }
  }

  function beat(worker: Simulated): void {
    if (worker.isDead) return;
    if (!worker.isStalled) say(worker, { type: 'heartbeat' });
    clock.after(HEARTBEAT_MS, () => beat(worker));
  }

  /** Ends an attempt in the worker's own words, once the worker is awake. */
  function report(worker: Simulated, order: AttemptOrder, words: AttemptReport): void {
    if (worker.isDead || !worker.orders.has(order.token)) return;
    if (worker.isStalled) {
      clock.after(500, () => report(worker, order, words));
      return;
    }
    worker.orders.delete(order.token);
    if (words.kind === 'completed' || words.kind === 'skipped') record.moved.add(order.jobId);
    // What was called back counts for nothing, whatever it says.
    if (words.kind === 'failed' && record.isLive(order)) {
      record.fail(order.jobId, order.token, words.failure, clock.monotonicMs());
      const { code, retryAfterMs } = words.failure;
      if (code === 'rate-limited' && words.step === 'upload') {
        record.hold(accountOf(order), clock.monotonicMs() + (retryAfterMs ?? 0));
      }
    }
    record.end(order.token);
    world.trace(`${order.token} ${words.kind}${words.kind === 'failed' ? ` ${words.failure.code}` : ''}`);
    const message: FromWorker = { type: 'outcomes', items: [{ token: order.token, report: words }] };
    say(worker, message);
    if (world.faults && rng.chance(0.05)) {
      world.met('said-twice');
      say(worker, message);
    }
  }

  function wordsFor(order: AttemptOrder): AttemptReport {
    if (order.source.key.includes(CURSED)) return failedWith(order, failure('network', 'It is never there.'));
    const draw = world.faults ? rng.fraction() : 0;
    if (draw < 0.6) return COMPLETED;
    if (draw < 0.65) return { kind: 'skipped', reason: 'identical', result: completedResult() };
    if (draw < 0.85) {
      world.met('retryable');
      const code = rng.pick(['network', 'timeout', 'checksum-mismatch', 'source-changed'] as const) ?? 'network';
      return failedWith(order, failure(code, 'A passing trouble.'));
    }
    if (draw < 0.92) {
      world.met('permanent');
      return failedWith(order, failure('permission-denied', 'It is not allowed.'));
    }
    world.met('rate-limited');
    return failedWith(order, failure('rate-limited', 'Too many.', { retryAfterMs: rng.between(1, 120) * 1_000 }));
  }

  function take(worker: Simulated, order: AttemptOrder): void {
    world.trace(`${order.token} runs job ${order.jobId} on ${worker.pid}`);
    worker.orders.set(order.token, order);
    record.handOut(order.jobId, order.token);
    const inMs = rng.between(5, world.faults ? 6_000 : 500);
    if (order.source.key.includes(POISON)) clock.after(inMs, () => die(worker, 'poisoned'));
    else {
      const words = wordsFor(order);
      clock.after(inMs, () => report(worker, order, words));
    }
  }

  function list(worker: Simulated, message: Extract<ToWorker, { type: 'list' }>): void {
    clock.after(rng.between(1, world.faults ? 3_000 : 300), () => {
      if (worker.isStalled) {
        clock.after(500, () => list(worker, message));
        return;
      }
      if (world.faults && rng.chance(0.1)) {
        world.met('listing-failed');
        const reason = failure('network', 'The listing broke off.');
        say(worker, { type: 'request-failed', requestId: message.requestId, failure: reason });
        return;
      }
      const keys = world.sources.get(message.container) ?? [];
      const from = Number(message.position ?? 0);
      const to = from + Math.min(message.limit, rng.between(1, 8));
      const assets = keys.slice(from, to).map((key) => ({ key, sizeBytes: 10 }));
      const position = to < keys.length ? `${to}` : null;
      say(worker, { type: 'page', requestId: message.requestId, assets, position });
    });
  }

  function obey(worker: Simulated, message: ToWorker): void {
    switch (message.type) {
      case 'configure':
        clock.after(rng.between(10, 300), () => say(worker, { type: 'ready' }));
        return;
      case 'attempts':
        for (const order of message.orders) take(worker, order);
        return;
      case 'list':
        list(worker, message);
        return;
      case 'give-up':
        clock.after(rng.between(1, 300), () => say(worker, { type: 'given-up', requestId: message.requestId }));
        return;
      case 'abort': {
        const order = worker.orders.get(message.token);
        if (order === undefined) return;
        // Called back: what it still does changes nothing, and another attempt may begin.
        record.end(order.token);
        const { reason } = message;
        clock.after(rng.between(1, 200), () => report(worker, order, { kind: 'aborted', reason }));
        return;
      }
      case 'shutdown':
        worker.mayEnd = true;
        clock.after(rng.between(1, 100), () => {
          const words = { kind: 'aborted', reason: 'shutdown' } as const;
          for (const order of [...worker.orders.values()]) report(worker, order, words);
          die(worker, 'told to');
        });
        return;
      default:
    }
  }

  return {
    async spawn() {
      pids += 1;
      if (world.faults && rng.chance(0.05)) {
        world.met('worker-stillborn');
        throw new Error('It could not be started.');
      }
      const worker: Simulated = {
        pid: pids,
        orders: new Map(),
        isDead: false,
        isStalled: false,
        mayStallAtMs: 0,
        mayEnd: false,
        hear: () => undefined,
        mourn: () => undefined,
      };
      clock.after(HEARTBEAT_MS, () => beat(worker));
      return {
        pid: worker.pid,
        send(message) {
          if (!worker.isDead) obey(worker, message);
        },
        onMessage(listener) {
          worker.hear = listener;
        },
        onExit(listener) {
          worker.mourn = listener;
          // A process cannot end before anybody could hear of it: ends are events, and this runs before the next one.
          all.push(worker);
        },
        kill(signal) {
          if (worker.isDead) return;
          if (!(worker.mayEnd || mayAllEnd)) {
            record.breaches.push(`Worker ${worker.pid} was ended though it never fell silent.`);
          }
          if (signal === 'SIGKILL' || !worker.isStalled) die(worker, signal);
        },
      };
    },
    killOne() {
      const worker = rng.pick(all);
      if (worker === undefined) return;
      world.met('worker-killed');
      die(worker, 'killed');
    },
    stallOne(forMs) {
      // Two short stalls close together would be a long one.
      const worker = rng.pick(all.filter(({ mayStallAtMs }) => clock.monotonicMs() >= mayStallAtMs));
      if (worker === undefined) return;
      world.met('worker-stalled');
      world.trace(`worker ${worker.pid} stalls for ${forMs} ms`);
      worker.isStalled = true;
      worker.mayStallAtMs = clock.monotonicMs() + forMs + NOTICED_MS;
      // From here on its silence may end it, even when it has just woken up.
      if (forMs >= NOTICED_MS) worker.mayEnd = true;
      clock.after(forMs, () => {
        worker.isStalled = false;
      });
    },
    allowEnds() {
      mayAllEnd = true;
    },
    abandon() {
      for (const worker of all) {
        worker.isDead = true;
        for (const token of worker.orders.keys()) record.end(token);
      }
      all = [];
    },
  };
}

function completedResult() {
  if (COMPLETED.kind !== 'completed') throw new Error('It is a completed one.');
  return COMPLETED.result;
}

/** A key of an account is its id and its revision. */
function accountOf({ destination }: AttemptOrder): string {
  return destination.accountKey.replace(/@\d+$/, '');
}

function failedWith(order: AttemptOrder, reason: ReturnType<typeof failure>): AttemptReport {
  return { kind: 'failed', failure: reason, step: order.sizeBytes === null ? 'open' : 'upload' };
}
