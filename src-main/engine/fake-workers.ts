/**
 * Owns workers that do what a test says: they hold attempts until told how each ends, list what they were given, die
 * when asked. The real ones are proven in src-main/worker. Must not be used by the product.
 */
import type {
  AttemptOrder,
  AttemptReport,
  FromWorker,
  RemovalOrder,
  ToWorker,
} from '../../src-shared/contract/worker-messages.ts';
import type { ListedAsset } from '../../src-shared/model/asset.ts';
import { type Failure, failure } from '../../src-shared/model/failure.ts';
import type { KeptReason } from '../../src-shared/model/source-removal.ts';
import type { Clock, SpawnWorker } from '../ports.ts';

export interface FakeWorker {
  readonly pid: number;
  readonly orders: Map<string, AttemptOrder>;
  readonly received: ToWorker[];
  isDead: boolean;
  /** Answers from now on, or hangs. */
  beats: boolean;
  say(message: FromWorker): void;
  die(): void;
}

export interface FakeWorkers {
  readonly spawn: SpawnWorker;
  readonly alive: () => FakeWorker[];
  /** Every attempt that is in hand, oldest first. */
  readonly orders: () => { readonly worker: FakeWorker; readonly order: AttemptOrder }[];
  /** Ends the oldest attempt for the key, or the oldest of all. */
  end(report: AttemptReport, sourceKey?: string): AttemptOrder;
  /** What listings give; a function may fail or count. */
  list: (
    position: string | null,
    limit: number,
  ) => { assets: readonly ListedAsset[]; position: string | null } | Failure;
  spawned: number;
  /** New ones die at birth. */
  areStillborn: boolean;
  /** What they answer when they are to give up a large write; null: they do. */
  refuseToGiveUp: (key: string) => Failure | null;
  /** What they answer when they are to delete a source: why it stays, that it is gone, a failure; `undefined`: nothing. */
  removeSource: (order: RemovalOrder) => KeptReason | Failure | null | undefined;
}

export const COMPLETED: AttemptReport = {
  kind: 'completed',
  result: {
    sizeBytes: 10,
    digests: { sha256: 'abc' },
    proof: 're-read',
    headers: {},
    sourceVersion: null,
    destinationVersion: null,
    spool: 'memory',
    stepMs: {},
  },
};

export function failed(code: Failure['code'], extras: Parameters<typeof failure>[2] = {}): AttemptReport {
  return { kind: 'failed', failure: failure(code, `It was ${code}.`, extras), step: 'upload' };
}

export function assetsNamed(...keys: readonly string[]): ListedAsset[] {
  return keys.map((key) => ({ key, sizeBytes: 10 }));
}

const BEAT_MS = 500;

export function createFakeWorkers(clock: Clock): FakeWorkers {
  const all: FakeWorker[] = [];
  const fakes: FakeWorkers = {
    spawned: 0,
    areStillborn: false,
    refuseToGiveUp: () => null,
    removeSource: () => null,
    list: () => ({ assets: [], position: null }),
    alive: () => all.filter(({ isDead }) => !isDead),
    orders: () =>
      all
        .filter(({ isDead }) => !isDead)
        .flatMap((worker) => [...worker.orders.values()].map((order) => ({ worker, order })))
        .sort((one, other) => one.order.jobId - other.order.jobId),
    end(report, sourceKey) {
      const found = fakes.orders().find(({ order }) => sourceKey === undefined || order.source.key === sourceKey);
      if (found === undefined) throw new Error(`No attempt for ${sourceKey ?? 'anything'} is in hand.`);
      found.worker.orders.delete(found.order.token);
      found.worker.say({ type: 'outcomes', items: [{ token: found.order.token, report }] });
      return found.order;
    },
    async spawn() {
      fakes.spawned += 1;
      let hear: (message: FromWorker) => void = () => {};
      let mourn: (how: { code: number | null; signal: string | null }) => void = () => {};
      const worker: FakeWorker = {
        pid: 1_000 + fakes.spawned,
        orders: new Map(),
        received: [],
        isDead: false,
        beats: true,
        say: (message) => hear(message),
        die() {
          if (worker.isDead) return;
          worker.isDead = true;
          mourn({ code: null, signal: 'SIGKILL' });
        },
      };
      all.push(worker);
      const beat = (): void => {
        if (worker.isDead) return;
        if (worker.beats) worker.say({ type: 'heartbeat' });
        clock.after(BEAT_MS, beat);
      };
      clock.after(BEAT_MS, beat);
      return {
        pid: worker.pid,
        send(message) {
          if (worker.isDead) return;
          worker.received.push(message);
          obey(worker, message);
        },
        onMessage(listener) {
          hear = listener;
        },
        onExit(listener) {
          mourn = listener;
          if (fakes.areStillborn) worker.die();
        },
        kill: () => worker.die(),
      };
    },
  };

  function obey(worker: FakeWorker, message: ToWorker): void {
    if (message.type === 'configure') worker.say({ type: 'ready' });
    if (message.type === 'attempts') for (const order of message.orders) worker.orders.set(order.token, order);
    if (message.type === 'abort') {
      worker.orders.delete(message.token);
      const report: AttemptReport = { kind: 'aborted', reason: message.reason };
      worker.say({ type: 'outcomes', items: [{ token: message.token, report }] });
    }
    if (message.type === 'give-up') {
      const { requestId } = message;
      const refusal = fakes.refuseToGiveUp(message.key);
      worker.say(
        refusal === null ? { type: 'given-up', requestId } : { type: 'request-failed', requestId, failure: refusal },
      );
    }
    if (message.type === 'remove-source') {
      const { requestId } = message;
      const answer = fakes.removeSource(message.order);
      if (answer === null || typeof answer === 'string') {
        worker.say({ type: 'source-settled', requestId, keptBecause: answer });
      } else if (answer !== undefined) worker.say({ type: 'request-failed', requestId, failure: answer });
    }
    if (message.type === 'list') {
      const page = fakes.list(message.position, message.limit);
      worker.say(
        'code' in page
          ? { type: 'request-failed', requestId: message.requestId, failure: page }
          : { type: 'page', requestId: message.requestId, ...page },
      );
    }
    if (message.type === 'shutdown') {
      const items = [...worker.orders.keys()].map((token) => ({
        token,
        report: { kind: 'aborted' as const, reason: 'shutdown' as const },
      }));
      worker.orders.clear();
      worker.say({ type: 'outcomes', items });
      worker.die();
    }
  }
  return fakes;
}
