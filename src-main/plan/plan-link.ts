/**
 * Owns the main side of a plan's thread: one question, one answer; and that thread and database end together. Must not
 * compare anything. Used by plans.ts.
 */
import { rmSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { WorkerAccount } from '../../src-shared/contract/worker-messages.ts';
import type { ListedAsset } from '../../src-shared/model/asset.ts';
import { type Failure, FailureError, failure } from '../../src-shared/model/failure.ts';
import type { NamedAsset } from '../../src-shared/model/migration.ts';
import type { PlanClass } from '../../src-shared/model/plan.ts';
import type { Comparison, PinnedPage, PlanBookOptions, RowPage, RowQuery } from './plan-book.ts';

export type ThreadOptions = Omit<PlanBookOptions, 'assertKey'> & { readonly account: WorkerAccount };

export type PlanQuestion =
  | { readonly kind: 'add-source'; readonly assets: readonly (ListedAsset | NamedAsset)[] }
  | { readonly kind: 'add-there'; readonly assets: readonly ListedAsset[] }
  | { readonly kind: 'compare' }
  | { readonly kind: 'rows'; readonly query: RowQuery }
  | {
      readonly kind: 'pinned';
      readonly classes: readonly PlanClass[];
      readonly withLookalikes: boolean;
      readonly afterId: number;
      readonly limit: number;
    };
export type PlanAnswer = { readonly id: number } & ({ readonly answer: unknown } | { readonly failure: Failure });

/** What each question is answered with. */
interface Answers {
  'add-source': undefined;
  'add-there': undefined;
  compare: Comparison;
  rows: RowPage;
  pinned: PinnedPage;
}

export interface PlanLink {
  /** Rejects with FailureError; also when the thread ended. */
  ask<Kind extends keyof Answers>(question: Extract<PlanQuestion, { kind: Kind }>): Promise<Answers[Kind]>;
  /** Ends the thread and removes the database. */
  close(): Promise<void>;
}

/** `threadPath`: the file of plan-thread, as source or as built. */
export function openPlanLink(options: ThreadOptions, threadPath: string): PlanLink {
  const thread = new Worker(threadPath, { workerData: options });
  const waiting = new Map<number, { resolve(answer: never): void; reject(error: Error): void }>();
  let lastId = 0;
  let end: string | null = null;

  function rejectAll(message: string): void {
    end ??= message;
    for (const { reject } of waiting.values()) reject(new FailureError(failure('unexpected', message)));
    waiting.clear();
  }

  thread.unref();
  thread.on('message', (told: PlanAnswer) => {
    const asked = waiting.get(told.id);
    waiting.delete(told.id);
    if (waiting.size === 0) thread.unref();
    if ('failure' in told) asked?.reject(new FailureError(told.failure));
    else asked?.resolve(told.answer as never);
  });
  thread.on('error', (error) => rejectAll(`The plan could not be kept: ${error.message}`));
  thread.on('exit', () => rejectAll('The plan was ended.'));

  return {
    ask(question) {
      if (end !== null) return Promise.reject(new FailureError(failure('unexpected', end)));
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        // Only an unanswered question keeps the process alive.
        thread.ref();
        thread.postMessage({ ...question, id });
      });
    },
    async close() {
      rejectAll('The plan was ended.');
      await thread.terminate();
      rmSync(options.path, { force: true });
    },
  };
}
