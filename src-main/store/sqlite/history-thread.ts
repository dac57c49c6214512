/**
 * Owns the second connection to the database, in a thread of its own, so that a long question about history never
 * holds the main loop. Must only read. Started by history-reader.ts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { toFailure } from '../../../src-shared/model/failure.ts';
import { makeBackup } from './backups.ts';
import { queryEvidence, queryJobIds, queryJobs, queryMigrations, queryPrunable } from './history-query.ts';
import type { HistoryAnswer, HistoryQuestion } from './history-reader.ts';
import { openReadOnly } from './open-database.ts';

if (parentPort === null) throw new Error('This file is the inside of a worker thread.');
const port = parentPort;
const { path } = workerData as { readonly path: string };
const db = openReadOnly(path);

async function ask(question: HistoryQuestion) {
  switch (question.kind) {
    case 'jobs':
      return queryJobs(db, question.query);
    case 'migrations':
      return queryMigrations(db, question.query);
    case 'ids':
      return queryJobIds(db, question.query);
    case 'evidence':
      return queryEvidence(db, question.query);
    case 'prunable':
      return queryPrunable(db, question.endedBeforeMs);
    case 'backup':
      return makeBackup(path, question.folder, question.nowMs);
  }
}

port.on('message', (question: HistoryQuestion) => {
  ask(question).then(
    (answer) => port.postMessage({ id: question.id, answer } satisfies HistoryAnswer),
    (error: unknown) => port.postMessage({ id: question.id, failure: toFailure(error) } satisfies HistoryAnswer),
  );
});
