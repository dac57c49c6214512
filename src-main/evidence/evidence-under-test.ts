/** Owns a migration and jobs as the store would give them, for the tests of this folder. Must not be used by the product. */

import type { JobEvidence } from '../../src-shared/model/evidence.ts';
import type { Failure } from '../../src-shared/model/failure.ts';
import { NO_COUNTS, type StateCounts } from '../../src-shared/model/job-state.ts';
import { DEFAULT_POLICIES } from '../../src-shared/model/migration.ts';
import { NO_FILTER } from '../../src-shared/model/selection.ts';
import { NO_REMOVALS } from '../../src-shared/model/source-removal.ts';
import type { StoredMigration } from '../store/records.ts';

export function storedMigration(given: {
  readonly counts?: Partial<StateCounts>;
  readonly container?: string;
  readonly selection?: StoredMigration['selection'];
  readonly prunedAtMs?: number;
  readonly listingFailure?: Failure;
}): StoredMigration {
  return {
    id: 3,
    kind: 'transfer',
    name: 'media → archive',
    queue: 'default',
    source: { accountId: 'a', container: given.container ?? 'media', prefix: '' },
    destination: { accountId: 'b', container: 'store', prefix: 'archive/' },
    selection: given.selection ?? 'listing',
    filter: given.selection === 'assets' ? null : NO_FILTER,
    policies: DEFAULT_POLICIES,
    isSample: false,
    intent: 'run',
    listing: 'done',
    listingPosition: null,
    listingFailure: given.listingFailure ?? null,
    prunedAtMs: given.prunedAtMs ?? null,
    leftOut: 0,
    removals: NO_REMOVALS,
    counts: { ...NO_COUNTS, ...given.counts },
    totalBytes: 0,
    doneBytes: 0,
    createdAtMs: 0,
    finishedAtMs: 1,
  };
}

/** A job that was completed. */
export function evidenceOf(id: number, sourceKey: string, destinationKey: string): JobEvidence {
  return {
    job: {
      id,
      migrationId: 3,
      queue: 'default',
      state: 'completed',
      sourceKey,
      destinationKey,
      sizeBytes: 1,
      attempts: 1,
      failure: null,
      failedStep: null,
      proof: 'checksum',
      skipReason: null,
      sourceRemoval: null,
      notBeforeMs: null,
      createdAtMs: 0,
      updatedAtMs: 1,
      startedAtMs: 0,
      finishedAtMs: 1,
    },
    result: null,
    stated: {},
  };
}

export async function collect(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}
