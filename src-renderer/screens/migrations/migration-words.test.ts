/** Proves that a migration claims neither more than is known nor offers what would be refused. */
import { expect, test } from 'vitest';
import { NO_COUNTS } from '../../../src-shared/model/job-state.ts';
import { DEFAULT_POLICIES, type MigrationView } from '../../../src-shared/model/migration.ts';
import { NO_REMOVALS } from '../../../src-shared/model/source-removal.ts';
import { queueView } from '../overview/house.fixture.ts';
import { migrationVerbs, progressPart, progressWords, sourceWords, standingOf } from './migration-words.ts';

function migration(fields: Partial<MigrationView>): MigrationView {
  const end = { accountId: 'a', container: 'c', prefix: '' };
  return {
    id: 1,
    name: 'm',
    queue: 'default',
    source: end,
    destination: end,
    filter: null,
    policies: DEFAULT_POLICIES,
    intent: 'run',
    listing: 'done',
    listingFailure: null,
    state: 'running',
    counts: NO_COUNTS,
    discovered: 0,
    leftOut: 0,
    removals: NO_REMOVALS,
    totalBytes: 0,
    doneBytes: 0,
    isSample: false,
    createdAtMs: 0,
    finishedAtMs: null,
    prunedAtMs: null,
    ...fields,
  };
}

const half = { ...NO_COUNTS, completed: 3, skipped: 2, failed: 1, pending: 4 };

test('while the source is listed the whole is "so far" and has no percentage', () => {
  const listing = migration({ listing: 'listing', counts: half, discovered: 10, totalBytes: 100, doneBytes: 50 });
  expect(progressWords(listing)).toBe('5 of 10 jobs so far done, 1 failed');
  expect(progressPart(listing)).toBeNull();
});

test('progress goes by bytes, by jobs where there are none, and is whole only when everything arrived', () => {
  const listed = { counts: half, discovered: 10 };
  expect(progressPart(migration({ ...listed, totalBytes: 200, doneBytes: 50 }))).toBe(0.25);
  expect(progressPart(migration(listed))).toBe(0.5);
  const ended = { counts: { ...NO_COUNTS, completed: 9, failed: 1 }, discovered: 10 };
  expect(progressPart(migration({ ...ended, totalBytes: 100, doneBytes: 90 }))).toBe(0.9);
  expect(progressPart(migration({ counts: { ...NO_COUNTS, skipped: 2 }, discovered: 2, totalBytes: 5 }))).toBe(1);
  expect(progressPart(migration({ ...ended, totalBytes: 90, doneBytes: 90 }))).toBe(0.99);
  expect(progressPart(migration({ discovered: 0 }))).toBeNull();
  expect(progressPart(migration({ ...listed, listing: 'failed' }))).toBeNull();
});

test('paused jobs are told beside those that are done', () => {
  const some = migration({ counts: { ...NO_COUNTS, completed: 1, paused: 2 }, discovered: 3 });
  expect(progressWords(some)).toBe('1 of 3 jobs done, 2 paused');
});

test('between two starts of a slowed queue a migration runs; behind any other gate it waits, and says for what', () => {
  const waiting = migration({ state: 'waiting', counts: { ...NO_COUNTS, completed: 1, pending: 2 } });
  const limited = { state: 'limited', reason: 'At most 6 starts a minute', untilMs: 1 } as const;
  expect(standingOf(waiting, [queueView({ startsPerMinute: 6, gate: limited })])).toEqual({
    state: 'running',
    sentence: 'Slowed: its queue starts at most 6 jobs a minute.',
  });
  const closed = { state: 'closed', reason: 'Outside its active hours', untilMs: 1 } as const;
  expect(standingOf(waiting, [queueView({ startsPerMinute: 6, gate: closed })])).toEqual({
    state: 'waiting',
    sentence: 'Outside its active hours.',
  });
  const later = migration({ state: 'waiting', counts: { ...NO_COUNTS, pending: 2, scheduled: 3 } });
  expect(standingOf(later, [queueView({})]).sentence).toMatch(/^Slowed: 3 jobs are tried again/);
  expect(standingOf(migration({ state: 'completed' }), []).sentence).toBe('Everything arrived.');
});

test('verbs follow intent, listing and counts', () => {
  expect(migrationVerbs(migration({ counts: half }))).toEqual({
    canPause: true,
    canResume: false,
    canCancel: true,
    retryCount: 1,
    canRetry: true,
  });
  expect(migrationVerbs(migration({ counts: { ...NO_COUNTS, completed: 2 } }))).toMatchObject({
    canPause: false,
    canCancel: false,
    canRetry: false,
  });
  expect(migrationVerbs(migration({ listing: 'failed' }))).toMatchObject({ canRetry: true, retryCount: 0 });
  expect(migrationVerbs(migration({ listing: 'listing', intent: 'pause' }))).toMatchObject({
    canPause: false,
    canResume: true,
    canCancel: true,
  });
});

test('a move says what became of its sources, and what can be retried of them', () => {
  const ended = { ...NO_COUNTS, completed: 6 };
  const deleting = migration({ counts: ended, discovered: 6, removals: { owed: 2, deleted: 4, kept: 0, failed: 0 } });
  expect(sourceWords(deleting)).toBe('Sources: 4 deleted, 2 to be deleted');
  expect(standingOf(deleting, []).sentence).toBe('Everything arrived; sources are being deleted.');
  expect(migrationVerbs(deleting)).toMatchObject({ canCancel: true, canRetry: false });

  const failed = { state: 'incomplete' as const, removals: { owed: 0, deleted: 4, kept: 1, failed: 1 } };
  const stuck = migration({ counts: ended, discovered: 6, ...failed });
  expect(sourceWords(stuck)).toBe('Sources: 4 deleted, 1 kept (each job says why), 1 could not be deleted');
  expect(standingOf(stuck, []).sentence).toMatch(/some sources could not be deleted/);
  expect(migrationVerbs(stuck)).toMatchObject({ canCancel: false, canRetry: true, retryCount: 0 });
});
