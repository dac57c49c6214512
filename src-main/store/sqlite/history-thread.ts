/**
 * Owns the second connection to the database, in a thread of its own, so that a long question about history never
 * holds the main loop. Must only read. Started by history-reader.ts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { toFailure } from '../../../src-shared/model/failure.ts';
import { queryJobs, queryMigrations } from './history-query.ts';
import type { HistoryAnswer, HistoryQuestion } from './history-reader.ts';
import { openReadOnly } from './open-database.ts';

if (parentPort === null) throw new Error('This file is the inside of a worker thread.');
const port = parentPort;
const db = openReadOnly((workerData as { readonly path: string }).path);

port.on('message', (question: HistoryQuestion) => {
  let answer: HistoryAnswer;
  try {
    const page = question.kind === 'jobs' ? queryJobs(db, question.query) : queryMigrations(db, question.query);
    answer = { id: question.id, page };
  } catch (error) {
    answer = { id: question.id, failure: toFailure(error) };
  }
  port.postMessage(answer);
});
