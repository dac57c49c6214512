/** Proves which sources a move may delete: those whose copy its own job brought, proven and pinned to versions. */
import { expect, test } from 'vitest';
import type { TransferResult } from '../../src-shared/model/job.ts';
import type { RemovalRecord } from '../store/records.ts';
import { decideRemoval } from './decide-removal.ts';

const RESULT: TransferResult = {
  sizeBytes: 1,
  digests: {},
  proof: 'checksum',
  headers: {},
  sourceVersion: 's1',
  destinationVersion: 'd1',
  spool: 'memory',
  stepMs: {},
};
const NOW_MS = 7;

function decide(
  given: {
    readonly afterCopy?: 'keep' | 'delete-source';
    readonly event?: 'complete' | 'skip' | 'fail';
    readonly isApart?: boolean;
    readonly result?: Partial<TransferResult> | null;
  } = {},
): RemovalRecord | null {
  const result = given.result === null ? null : { ...RESULT, ...given.result };
  const settlement = { event: given.event ?? 'complete', result } as const;
  return decideRemoval({ afterCopy: given.afterCopy ?? 'delete-source' }, settlement, given.isApart ?? true, NOW_MS);
}

test('a copy that the job brought itself, proven by checksum or ETag, owes its source', () => {
  const owed = { state: 'owed', dueAtMs: NOW_MS, failure: null, strikes: 0 };
  expect(decide()).toEqual(owed);
  expect(decide({ result: { proof: 'etag' } })).toEqual(owed);
});

test.each([
  ['bytes that were there already', { event: 'skip', isApart: false }, 'already-there'],
  [
    'bytes that were there already, though an earlier attempt saw two assets',
    { event: 'skip', isApart: true },
    'already-there',
  ],
  ['a place that could be the source', { isApart: false }, 'already-there'],
  ['a copy that was read back', { result: { proof: 're-read' } }, 'unproven'],
  ['a copy of the same size', { result: { proof: 'size-only' } }, 'unproven'],
  ['a source without versions', { result: { sourceVersion: null } }, 'no-version'],
  ['a destination without versions', { result: { destinationVersion: null } }, 'no-version'],
] as const)('%s keeps the source', (_, given, because) => {
  expect(decide(given)).toEqual({ state: 'kept', because });
});

test('a job that did not arrive, and a migration that keeps its sources, say nothing of them', () => {
  expect(decide({ event: 'fail', result: null })).toBeNull();
  expect(decide({ event: 'skip', result: null })).toBeNull();
  expect(decide({ afterCopy: 'keep' })).toBeNull();
});
