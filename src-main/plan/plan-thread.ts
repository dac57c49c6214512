/**
 * Owns the thread of one plan: its scratch database and the rules for keys of its destination, away from the main loop.
 * Must not list or talk to any service. Started by plan-link.ts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { toFailure } from '../../src-shared/model/failure.ts';
import { createProvider } from '../providers/registry.ts';
import { PlanBook } from './plan-book.ts';
import type { PlanAnswer, PlanQuestion, ThreadOptions } from './plan-link.ts';

if (parentPort === null) throw new Error('This file is the inside of a worker thread.');
const port = parentPort;
const { account, ...options } = workerData as ThreadOptions;

let opening: Promise<PlanBook> | null = null;

/** The provider is made for its rules only; it has no connection before its first request. */
async function openBook(): Promise<PlanBook> {
  const provider = await createProvider(account.provider, account);
  const { container } = options.way.destination;
  return new PlanBook({ ...options, assertKey: (key) => provider.assertKey(container, key) });
}

async function ask(question: PlanQuestion): Promise<unknown> {
  opening ??= openBook();
  const book = await opening;
  switch (question.kind) {
    case 'add-source':
      return book.addSource(question.assets);
    case 'add-there':
      return book.addThere(question.assets);
    case 'compare':
      return book.compare();
    case 'rows':
      return book.rows(question.query);
    case 'pinned':
      return book.pinned(question.classes, question.withLookalikes, question.afterId, question.limit);
  }
}

port.on('message', (question: PlanQuestion & { readonly id: number }) => {
  ask(question).then(
    (answer) => port.postMessage({ id: question.id, answer } satisfies PlanAnswer),
    (error: unknown) => port.postMessage({ id: question.id, failure: toFailure(error) } satisfies PlanAnswer),
  );
});
