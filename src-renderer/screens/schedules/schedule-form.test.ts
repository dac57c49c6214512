/** Proves what a schedule form asks for, where it is wrong, and how a schedule is said. */
import { expect, test } from 'vitest';
import { NO_COUNTS } from '../../../src-shared/model/job-state.ts';
import { DEFAULT_POLICIES, type MigrationView } from '../../../src-shared/model/migration.ts';
import { NO_FILTER } from '../../../src-shared/model/selection.ts';
import { NO_REMOVALS } from '../../../src-shared/model/source-removal.ts';
import { likelyTask, toPlan, toScheduleForm } from './schedule-form.ts';
import { timingWords } from './schedule-words.ts';

const place = (container: string) => ({ accountId: 'a', container, prefix: '' });
const MIGRATION: MigrationView = {
  id: 7,
  name: 'photos',
  queue: 'night',
  source: place('from'),
  destination: place('to'),
  filter: { ...NO_FILTER, include: ['*.jpg'] },
  policies: DEFAULT_POLICIES,
  intent: 'run',
  listing: 'done',
  listingFailure: null,
  state: 'completed',
  counts: NO_COUNTS,
  discovered: 0,
  leftOut: 0,
  removals: NO_REMOVALS,
  totalBytes: 0,
  doneBytes: 0,
  isSample: false,
  createdAtMs: 0,
  finishedAtMs: 1,
  prunedAtMs: null,
};
const form = { ...toScheduleForm(null, 'migration 7', 'UTC'), name: 'nightly' };

test('a migration is repeated as it was asked for, and only what changed unless somebody wants all', () => {
  expect(toPlan(form, null, [MIGRATION])).toMatchObject({
    ok: true,
    value: {
      name: 'nightly',
      task: {
        kind: 'migration',
        mode: 'changed',
        request: {
          source: place('from'),
          queue: 'night',
          policies: DEFAULT_POLICIES,
          selection: { kind: 'listing', filter: MIGRATION.filter },
        },
      },
      timing: { kind: 'cron', expression: '0 2 * * *', timeZone: 'UTC' },
      missed: 'once',
    },
  });
});

test('what is wrong is said at its field', () => {
  const wrong = { ...form, name: ' ', timing: 'interval' as const, everyMinutes: '1.5' };
  expect(toPlan(wrong, null, [MIGRATION])).toMatchObject({
    ok: false,
    complaints: { name: { message: 'Give the schedule a name.' }, 'timing.everyMinutes': {} },
  });
  expect(toPlan({ ...form, timeZone: 'Mars/Olympus' }, null, [MIGRATION])).toMatchObject({
    complaints: { 'timing.timeZone': {} },
  });
});

test.each([
  [{ kind: 'interval', everyMinutes: 30 }, 'every 30 minutes'],
  [{ kind: 'interval', everyMinutes: 60 }, 'every hour'],
  [{ kind: 'interval', everyMinutes: 2_880 }, 'every 2 days'],
  [{ kind: 'cron', expression: '0 2 * * 1-5', timeZone: 'Europe/Berlin' }, 'at 02:00 on weekdays, Europe/Berlin'],
  [{ kind: 'cron', expression: '*/5 8-18 * * *', timeZone: 'UTC' }, '*/5 8-18 * * *, UTC'],
] as const)('%j is said as %s', (timing, words) => {
  expect(timingWords(timing)).toBe(words);
});

test('a new schedule repeats the newest migration that moved something, never one that failed', () => {
  const moved = { ...MIGRATION, id: 3, counts: { ...NO_COUNTS, completed: 4, failed: 1 } };
  const failed = { ...MIGRATION, id: 9, state: 'incomplete', counts: { ...NO_COUNTS, failed: 30 } } as const;
  const unlisted = { ...MIGRATION, id: 8, state: 'failed', counts: { ...NO_COUNTS, completed: 4 } } as const;
  const sample = { ...moved, id: 7, isSample: true };
  expect(likelyTask([failed, unlisted, sample, moved])).toBe('migration 3');
  expect(likelyTask([failed, unlisted, sample])).toBe('sweep');
});
