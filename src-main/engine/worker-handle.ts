/**
 * Owns one worker process as the supervisor sees it: what it was told, what it runs, when it last spoke, and how it
 * is ended. Must not restart anything. Used by supervisor.ts.
 */
import type {
  AttemptOrder,
  FromWorker,
  NoticeOrder,
  WorkerAccount,
} from '../../src-shared/contract/worker-messages.ts';
import { type Failure, FailureError, failure } from '../../src-shared/model/failure.ts';
import type { Clock, WorkerProcess } from '../ports.ts';

/** A request to a worker that answers once: a page of a listing, a connection test, a write given up, a source deleted. */
export type WorkerAnswer = Extract<FromWorker, { type: 'page' | 'checked' | 'given-up' | 'source-settled' }>;

/** Something to do, with the accounts that it needs. */
export type Dispatch = {
  readonly accounts: readonly WorkerAccount[];
  /** A worker died while it ran this job before. */
  readonly isSuspect: boolean;
} & (
  | { readonly kind: 'attempt'; readonly order: AttemptOrder }
  | { readonly kind: 'notice'; readonly order: NoticeOrder }
);

interface OpenRequest {
  resolve(answer: WorkerAnswer): void;
  reject(error: FailureError): void;
}

/** A worker that was asked to end and did not is killed after this long. */
export const KILL_AFTER_MS = 1_000;

export class WorkerHandle {
  readonly process: WorkerProcess;
  readonly startedAtMs: number;
  readonly tokens = new Set<string>();
  /** Of attempts that move bytes: token → the queue that they were started from. */
  readonly attemptQueues = new Map<string, string>();
  /** Those of them that a worker died over before. */
  readonly suspects = new Set<string>();
  lastSpokeMs: number;
  isReady = false;
  /** It was told to end, or has ended. */
  isEnding = false;
  /** It was asked to leave; its end is no death. */
  isRetired = false;
  private readonly clock: Clock;
  private readonly known = new Set<string>();
  private readonly requests = new Map<number, OpenRequest>();
  private isLeaving = false;
  private stopKill: (() => void) | null = null;

  constructor(process: WorkerProcess, clock: Clock) {
    this.process = process;
    this.clock = clock;
    this.startedAtMs = clock.wallMs();
    this.lastSpokeMs = clock.monotonicMs();
  }

  get pid(): number {
    return this.process.pid;
  }

  /** True while it may be given work. */
  get isUsable(): boolean {
    return this.isReady && !this.isEnding && !this.isRetired;
  }

  /** Attempts and requests it has in hand. */
  get load(): number {
    return this.tokens.size + this.requests.size;
  }

  tell(accounts: readonly WorkerAccount[]): void {
    for (const account of accounts) {
      if (this.known.has(account.accountKey)) continue;
      this.known.add(account.accountKey);
      this.process.send({ type: 'account', account });
    }
  }

  /** `send` is given nothing: it posts the message that carries `requestId`. */
  request(requestId: number, send: () => void): Promise<WorkerAnswer> {
    return new Promise((resolve, reject) => {
      this.requests.set(requestId, { resolve, reject });
      send();
    });
  }

  answer(message: WorkerAnswer): void {
    const request = this.requests.get(message.requestId);
    this.requests.delete(message.requestId);
    request?.resolve(message);
  }

  refuse(requestId: number, reason: Failure): void {
    const request = this.requests.get(requestId);
    this.requests.delete(requestId);
    request?.reject(new FailureError(reason));
  }

  /** There are too many of it: takes nothing more, and leaves when its work is done. */
  retire(): void {
    this.isRetired = true;
    this.leaveWhenIdle();
  }

  leaveWhenIdle(): void {
    if (!this.isRetired || this.isLeaving || this.load > 0) return;
    this.isLeaving = true;
    this.process.send({ type: 'shutdown' });
  }

  /** TERM, then KILL: whatever it is doing, it is gone soon after. */
  end(): void {
    if (this.isEnding) return;
    this.isEnding = true;
    this.process.kill('SIGTERM');
    this.stopKill = this.clock.after(KILL_AFTER_MS, () => this.process.kill('SIGKILL'));
  }

  /** The process is gone: gives back what it still had. */
  bury(): readonly string[] {
    this.stopKill?.();
    this.isEnding = true;
    for (const { reject } of this.requests.values()) {
      reject(new FailureError(failure('worker-lost', `Worker ${this.pid} ended before it could answer.`)));
    }
    this.requests.clear();
    const tokens = [...this.tokens];
    this.tokens.clear();
    this.attemptQueues.clear();
    return tokens;
  }
}
