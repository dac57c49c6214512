/**
 * Owns the main side of the history thread: one question, one answer. Must not query itself. Part of
 * open-sqlite-store.ts.
 */
import { Worker } from 'node:worker_threads';
import type { Page } from '../../../src-shared/contract/commands.ts';
import type { JobEvidence } from '../../../src-shared/model/evidence.ts';
import { type Failure, FailureError, failure } from '../../../src-shared/model/failure.ts';
import type { JobRow } from '../../../src-shared/model/job.ts';
import type { MigrationView } from '../../../src-shared/model/migration.ts';
import type { EvidenceQuery, JobFilter, JobQuery, MigrationQuery } from '../store.ts';
import type { Backup } from './backups.ts';

type Question =
  | { readonly kind: 'jobs'; readonly query: JobQuery }
  | { readonly kind: 'migrations'; readonly query: MigrationQuery }
  | { readonly kind: 'ids'; readonly query: JobFilter }
  | { readonly kind: 'evidence'; readonly query: EvidenceQuery }
  | { readonly kind: 'prunable'; readonly endedBeforeMs: number }
  | { readonly kind: 'backup'; readonly folder: string; readonly nowMs: number };
export type HistoryQuestion = Question & { readonly id: number };
export type HistoryAnswer = { readonly id: number } & (
  | { readonly answer: Page<JobRow> | Page<MigrationView> | readonly number[] | readonly JobEvidence[] | Backup }
  | { readonly failure: Failure }
);

export interface HistoryReader {
  listJobs(query: JobQuery): Promise<Page<JobRow>>;
  listMigrations(query: MigrationQuery): Promise<Page<MigrationView>>;
  matchingIds(query: JobFilter): Promise<readonly number[]>;
  readEvidence(query: EvidenceQuery): Promise<readonly JobEvidence[]>;
  prunableMigrations(endedBeforeMs: number): Promise<readonly number[]>;
  backUp(folder: string, nowMs: number): Promise<Backup>;
  close(): Promise<void>;
}

/** `threadPath`: the file of history-thread, as source or as built. Starts with the first question. */
export function createHistoryReader(databasePath: string, threadPath: string): HistoryReader {
  let thread: Worker | null = null;
  let lastId = 0;
  const waiting = new Map<number, { resolve(answer: never): void; reject(error: Error): void }>();

  /** An ended thread says so twice, as error and as exit; by then another may answer. */
  function rejectAll(ended: Worker, message: string): void {
    if (thread !== ended) return;
    thread = null;
    for (const { reject } of waiting.values()) reject(new FailureError(failure('unexpected', message)));
    waiting.clear();
  }

  function start(): Worker {
    const worker = new Worker(threadPath, { workerData: { path: databasePath } });
    worker.on('message', (answer: HistoryAnswer) => {
      const asked = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (waiting.size === 0) worker.unref();
      if ('failure' in answer) asked?.reject(new FailureError(answer.failure));
      else asked?.resolve(answer.answer as never);
    });
    // The next question starts another thread.
    worker.on('error', (error) => rejectAll(worker, `The history could not be read: ${error.message}`));
    worker.on('exit', () => rejectAll(worker, 'The history reader ended.'));
    return worker;
  }

  function ask<Answer>(question: Question): Promise<Answer> {
    thread ??= start();
    const asking = thread;
    lastId += 1;
    const id = lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      // Only an unanswered question keeps the process alive.
      asking.ref();
      asking.postMessage({ ...question, id });
    });
  }

  return {
    listJobs: (query) => ask<Page<JobRow>>({ kind: 'jobs', query }),
    listMigrations: (query) => ask<Page<MigrationView>>({ kind: 'migrations', query }),
    backUp: (folder, nowMs) => ask<Backup>({ kind: 'backup', folder, nowMs }),
    prunableMigrations: (endedBeforeMs) => ask<readonly number[]>({ kind: 'prunable', endedBeforeMs }),
    matchingIds: (query) => ask<readonly number[]>({ kind: 'ids', query }),
    readEvidence: (query) => ask<readonly JobEvidence[]>({ kind: 'evidence', query }),
    async close() {
      await thread?.terminate();
    },
  };
}
