/**
 * Owns the words of notices. Pure. Used by notice-desk.ts.
 */
import type { DisplayState, MigrationView } from '../../src-shared/model/migration.ts';
import type { Notice } from '../../src-shared/model/notice.ts';
import type { NoticeEvent } from '../../src-shared/model/notice-rule.ts';
import type { ScheduleRun } from '../../src-shared/model/schedule.ts';

const ENDINGS: Partial<Record<DisplayState, string>> = {
  completed: 'is complete',
  incomplete: 'ended with failures',
  empty: 'found nothing to move',
  failed: 'could not list its source',
  cancelled: 'was cancelled',
};

export function migrationNotice(event: NoticeEvent, migration: MigrationView, atMs: number): Notice {
  const { counts, name, discovered, leftOut } = migration;
  const isCutShort = migration.state === 'incomplete' && counts.failed === 0 && counts.cancelled > 0;
  const title =
    event === 'migration-failing'
      ? `${name}: ${counts.failed} jobs have failed`
      : `${name} ${isCutShort ? 'ended with jobs cancelled' : (ENDINGS[migration.state] ?? 'has ended')}`;
  const figures = [
    `${counts.completed} of ${discovered} moved`,
    counts.skipped > 0 ? `${counts.skipped} skipped` : '',
    counts.failed > 0 ? `${counts.failed} failed` : '',
    counts.cancelled > 0 ? `${counts.cancelled} cancelled` : '',
    leftOut > 0 ? `${leftOut} left out by its options` : '',
  ].filter((part) => part !== '');
  const { id, state, totalBytes, doneBytes, createdAtMs, finishedAtMs } = migration;
  return {
    kind: event,
    title,
    text: `${figures.join(', ')}.`,
    atMs,
    migration: { id, name, state, counts, totalBytes, doneBytes, createdAtMs, finishedAtMs },
  };
}

export function scheduleNotice(schedule: { readonly name: string }, run: ScheduleRun, atMs: number): Notice {
  return { kind: 'schedule-failed', title: `${schedule.name} failed`, text: run.detail, atMs, migration: null };
}

export function testNotice(atMs: number): Notice {
  return {
    kind: 'test',
    title: 'A test from Transship',
    text: 'If you read this, notices reach you.',
    atMs,
    migration: null,
  };
}
