/** Proves repeating work over a real database: what begins when, how it ends, and what no run may do to another. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ParsedParams } from '../../src-shared/contract/commands.ts';
import { failure } from '../../src-shared/model/failure.ts';
import { KEEP_NAMES } from '../../src-shared/model/naming.ts';
import type { ScheduleRun } from '../../src-shared/model/schedule.ts';
import { NO_FILTER } from '../../src-shared/model/selection.ts';
import type { StoredSchedule } from '../store/records.ts';
import { type CoordinatorUnderTest, openCoordinatorUnderTest, REQUEST } from './coordinator-under-test.ts';
import { assetsNamed, COMPLETED, failed } from './fake-workers.ts';
import {
  addBuiltInSchedules,
  pauseSchedule,
  previewRuns,
  removeSchedule,
  saveSchedule,
  scheduleOf,
  scheduleViews,
  skipNextRun,
} from './verbs/keep-schedules.ts';
import { steerMigration } from './verbs/steer-migration.ts';
import { submitMigration } from './verbs/submit-migration.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let test: CoordinatorUnderTest;
beforeEach(async () => {
  test = await openCoordinatorUnderTest();
  test.workers.list = () => ({ assets: assetsNamed('a'), position: null });
});
afterEach(() => test.close());

type Draft = ParsedParams<'schedule.save'>;
const MIGRATION: Draft = {
  name: 'Nightly',
  task: { kind: 'migration', request: REQUEST, mode: 'changed' },
  timing: { kind: 'interval', everyMinutes: 60 },
  startAtMs: null,
  hours: null,
  missed: 'once',
};
const BACKUP: Draft = { ...MIGRATION, name: 'Backup', task: { kind: 'maintenance', task: 'backup' } };

const HEALTH: Draft = { ...BACKUP, name: 'Health', task: { kind: 'maintenance', task: 'health' } };
/** As long as a health check waits for an account that does not answer. */
const HEALTH_PATIENCE_MS = 20_000;

/** The fake workers never answer whether an account is well, and this one is in use. */
async function keepHealthBusy(): Promise<void> {
  await test.coordinator.call((desk) => submitMigration(desk, REQUEST));
  await test.clock.settle();
}

async function save(draft: Draft): Promise<number> {
  const { id } = await test.coordinator.call((desk) => saveSchedule(desk, draft, test.clock.wallMs()));
  return id;
}
async function runNow(id: number): Promise<number> {
  const { schedules } = test.coordinator;
  const runId = await test.coordinator.call((desk) => schedules.run(scheduleOf(desk, id)));
  await test.clock.settle();
  return runId;
}
async function refusalOf(change: Partial<Draft>) {
  return save({ ...MIGRATION, ...change }).then(
    () => null,
    (thrown: { failure: unknown }) => thrown.failure,
  );
}
/** The oldest first. */
const runsOf = (id: number): ScheduleRun[] => [...test.coordinator.store.runs(id, 200)].reverse();
const outcomes = (id: number): string[] => runsOf(id).map(({ outcome }) => outcome);
const nextOf = (id: number) => test.coordinator.store.schedule(id)?.nextDueAtMs;
async function endAll(): Promise<void> {
  while (test.workers.orders().length > 0) {
    test.workers.end(COMPLETED);
    await test.clock.settle();
  }
}

describe('a migration that repeats', () => {
  it('and is cancelled by hand leaves its run out: neither done nor failed', async () => {
    const id = await save(MIGRATION);
    await runNow(id);
    const [run] = runsOf(id);
    await test.coordinator.call((desk) => steerMigration(desk, run?.migrationId ?? 0, 'cancel'));
    await test.clock.settle();
    expect(runsOf(id)).toMatchObject([
      {
        outcome: 'skipped',
        detail: 'Its migration was cancelled. 0 moved, 0 skipped, 0 failed, 1 cancelled.',
        failure: null,
      },
    ]);
  });

  it.each(['never', 'if-newer'] as const)('keeps its filter and its policies, and "%s"', async (overwrite) => {
    const filter = { ...NO_FILTER, include: ['*.jpg'] };
    const policies = { ...REQUEST.policies, overwrite, naming: { ...KEEP_NAMES, letters: 'slug' as const } };
    const request = { ...REQUEST, selection: { kind: 'listing' as const, filter }, policies };
    const id = await save({ ...MIGRATION, task: { kind: 'migration', request, mode: 'changed' } });
    await test.clock.advance(HOUR_MS);
    const migrationId = runsOf(id).at(-1)?.migrationId ?? 0;
    expect(test.coordinator.store.migration(migrationId)).toMatchObject({ filter, policies });
  });

  it.each([
    ['full', 'always'],
    ['changed', 'if-different'],
  ] as const)('in mode "%s" begins a migration of its own each time, with overwrite "%s"', async (mode, overwrite) => {
    const id = await save({ ...MIGRATION, task: { kind: 'migration', request: REQUEST, mode } });
    expect(runsOf(id)).toEqual([]);
    const seen: (number | null)[] = [];
    for (let round = 0; round < 3; round += 1) {
      await test.clock.advance(HOUR_MS);
      const { order } = test.workers.orders()[0] ?? {};
      expect(order?.policies.overwrite).toBe(overwrite);
      expect(runsOf(id).at(-1)).toMatchObject({ outcome: 'running', finishedAtMs: null });
      await endAll();
      const run = runsOf(id).at(-1);
      expect(run).toMatchObject({ outcome: 'done', detail: '1 moved, 0 skipped, 0 failed.', failure: null });
      expect(run?.finishedAtMs).toBe(test.clock.wallMs());
      seen.push(run?.migrationId ?? null);
    }
    expect(new Set(seen).size).toBe(3);
    expect(test.coordinator.store.migration(seen[0] ?? 0)?.name).toBe('Nightly');
  });

  it('leaves a run out while the one before still moves', async () => {
    const id = await save(MIGRATION);
    await test.clock.advance(2 * HOUR_MS);
    expect(outcomes(id)).toEqual(['running', 'skipped']);
    expect(test.workers.orders()).toHaveLength(1);
    await endAll();
    await test.clock.advance(HOUR_MS);
    expect(outcomes(id)).toEqual(['done', 'skipped', 'running']);
  });

  it('whose jobs fail is a failed run', async () => {
    const id = await save(MIGRATION);
    await test.clock.advance(HOUR_MS);
    test.workers.end(failed('not-found', { retryable: false }));
    await test.clock.settle();
    expect(runsOf(id)).toMatchObject([{ outcome: 'failed', detail: '0 moved, 0 skipped, 1 failed.' }]);
  });

  it('whose source cannot be listed is a failed run, with the reason', async () => {
    test.workers.list = () => failure('not-found', 'There is no folder.');
    const id = await save(MIGRATION);
    await test.clock.advance(HOUR_MS);
    expect(runsOf(id)).toMatchObject([{ outcome: 'failed', failure: { code: 'not-found' } }]);
    test.workers.list = () => ({ assets: assetsNamed('a'), position: null });
    await test.clock.advance(HOUR_MS);
    expect(runsOf(id).at(-1)).toMatchObject({ outcome: 'running' });
  });

  it('that is refused when it is due is a failed run; the next one is tried all the same', async () => {
    const id = await save(MIGRATION);
    const own = await test.coordinator.call((desk) => submitMigration(desk, REQUEST));
    await test.coordinator.call(({ store }) => {
      const before = store.schedule(id);
      if (before?.task.kind !== 'migration') throw new Error('It is gone.');
      const request = { ...before.task.request, queue: 'gone' };
      store.updateSchedule(id, { task: { ...before.task, request } });
    });
    await test.clock.advance(2 * HOUR_MS);
    expect(runsOf(id)).toMatchObject([
      { outcome: 'failed', failure: { field: 'queue' }, migrationId: null },
      { outcome: 'failed', failure: { field: 'queue' }, migrationId: null },
    ]);
    await endAll();
    expect(test.coordinator.store.migration(own.migrationId)?.counts.completed).toBe(1);
  });
});

describe('a person', () => {
  it('runs it now, without moving its next time', async () => {
    const id = await save(MIGRATION);
    const next = nextOf(id);
    await test.clock.advance(10 * MINUTE_MS);
    const runId = await runNow(id);
    expect(runsOf(id)).toMatchObject([{ id: runId, outcome: 'running', dueAtMs: test.clock.wallMs() }]);
    expect(nextOf(id)).toBe(next);
    await endAll();
    await test.clock.advance(50 * MINUTE_MS);
    expect(runsOf(id).at(-1)).toMatchObject({ outcome: 'running', dueAtMs: next });
  });

  it('runs it now while it is paused, and it stays paused', async () => {
    const id = await save(BACKUP);
    await test.coordinator.call((desk) => pauseSchedule(desk, id, true, test.clock.wallMs()));
    await runNow(id);
    await test.clock.advance(5 * HOUR_MS);
    expect(outcomes(id)).toEqual(['done']);
  });

  it('skips the next run, and only that', async () => {
    const id = await save(BACKUP);
    await test.coordinator.call((desk) => skipNextRun(desk, id, true));
    await test.clock.advance(2 * HOUR_MS);
    expect(runsOf(id)).toMatchObject([{ outcome: 'skipped', detail: 'Skipped by you.' }, { outcome: 'done' }]);
    expect(test.coordinator.store.schedule(id)?.skipNext).toBe(false);
  });

  it('thinks better of skipping', async () => {
    const id = await save(BACKUP);
    await test.coordinator.call((desk) => skipNextRun(desk, id, true));
    await test.coordinator.call((desk) => skipNextRun(desk, id, false));
    await test.clock.advance(HOUR_MS);
    expect(outcomes(id)).toEqual(['done']);
  });

  it('pauses it and resumes it: what was missed is not made up for', async () => {
    const id = await save({ ...BACKUP, missed: 'all' });
    const paused = await test.coordinator.call((desk) => pauseSchedule(desk, id, true, test.clock.wallMs()));
    expect(paused).toMatchObject({ paused: true, nextRunAtMs: null });
    await test.clock.advance(10 * HOUR_MS + 5 * MINUTE_MS);
    const resumed = await test.coordinator.call((desk) => pauseSchedule(desk, id, false, test.clock.wallMs()));
    expect(resumed.nextRunAtMs).toBe(test.clock.wallMs() + 55 * MINUTE_MS);
    expect(outcomes(id)).toEqual([]);
    await test.clock.advance(HOUR_MS);
    expect(outcomes(id)).toEqual(['done']);
  });

  it('removes it with its history; the migration that it began goes on', async () => {
    const id = await save(MIGRATION);
    await test.clock.advance(HOUR_MS);
    const migrationId = runsOf(id)[0]?.migrationId ?? 0;
    await test.coordinator.call((desk) => removeSchedule(desk, id));
    await endAll();
    await test.clock.advance(2 * HOUR_MS);
    expect(runsOf(id)).toEqual([]);
    expect(test.coordinator.store.migration(migrationId)?.counts.completed).toBe(1);
  });

  it.each([
    ['timing.expression', { timing: { kind: 'cron', expression: '0 0 31 2 *', timeZone: 'UTC' } }],
    ['timing.expression', { timing: { kind: 'cron', expression: '0 0 0 1 1 *', timeZone: 'UTC' } }],
    ['timing.expression', { timing: { kind: 'cron', expression: '61 * * * *', timeZone: 'UTC' } }],
    ['task.request.queue', { task: { kind: 'migration', request: { ...REQUEST, queue: 'gone' }, mode: 'full' } }],
  ] as const)('is told at %s what cannot be', async (field, change) => {
    const found = await refusalOf(change);
    expect(found).toMatchObject({ field, retryable: false });
    expect(test.coordinator.store.schedules()).toEqual([]);
  });

  it('sees the next runs before saving', () => {
    const nowMs = test.clock.wallMs();
    expect(previewRuns(MIGRATION, 3, nowMs)).toEqual([nowMs + HOUR_MS, nowMs + 2 * HOUR_MS, nowMs + 3 * HOUR_MS]);
  });
});

describe('maintenance', () => {
  it('comes with the app, once, and keeps its task', async () => {
    const add = () => test.coordinator.call(({ store }) => addBuiltInSchedules(store, test.clock.wallMs()));
    await add();
    await add();
    const views = await test.coordinator.call(({ store }) => scheduleViews(store));
    expect(views.map(({ task }) => (task.kind === 'maintenance' ? task.task : ''))).toEqual([
      'prune',
      'health',
      'sweep',
      'backup',
    ]);
    const [first] = views;
    const removing = test.coordinator.call((desk) => removeSchedule(desk, first?.id ?? 0));
    await expect(removing).rejects.toMatchObject({ failure: { field: 'scheduleId' } });
    expect(await refusalOf({ ...BACKUP, id: first?.id })).toMatchObject({ field: 'task' });
    await test.clock.advance(HOUR_MS);
    for (const { id } of views) expect(outcomes(id)).not.toContain('failed');
    expect(runsOf(views[1]?.id ?? 0).length).toBeGreaterThan(50);
  });

  it('that throws is shown as failed, with its reason, and hurts neither the others nor itself', async () => {
    const bad = await save({ ...BACKUP, task: { kind: 'maintenance', task: 'prune' } });
    const good = await save(BACKUP);
    const moving = await save(MIGRATION);
    vi.spyOn(test.coordinator.store, 'prunableMigrations').mockImplementationOnce(() => {
      throw new Error('The disk is on fire.');
    });
    await test.clock.advance(HOUR_MS);
    expect(runsOf(bad)).toMatchObject([
      { outcome: 'failed', detail: 'The disk is on fire.', failure: { code: 'unexpected' } },
    ]);
    expect(runsOf(bad)[0]?.finishedAtMs).not.toBeNull();
    expect(outcomes(good)).toEqual(['done']);
    await endAll();
    expect(outcomes(moving)).toEqual(['done']);
    await test.clock.advance(HOUR_MS);
    // What there is to clean up is asked of the history thread, which keeps real time.
    await vi.waitFor(() => expect(outcomes(bad)).toEqual(['failed', 'done']), 15_000);
  });

  it('is at it once, whoever asks, and free again when it has ended', async () => {
    await keepHealthBusy();
    const one = await save(HEALTH);
    const other = await save({ ...HEALTH, name: 'Another' });
    await test.clock.advance(HOUR_MS);
    expect([...outcomes(one), ...outcomes(other)].sort()).toEqual(['running', 'skipped']);
    await runNow(one);
    await runNow(other);
    expect([...outcomes(one), ...outcomes(other)].filter((outcome) => outcome === 'running')).toHaveLength(1);
    await test.clock.advance(HEALTH_PATIENCE_MS);
    await runNow(other);
    await test.clock.advance(HEALTH_PATIENCE_MS);
    expect(outcomes(other).at(-1)).toBe('done');
  });

  it('that a batch began and took back is free to begin again', async () => {
    const id = await save(BACKUP);
    const { schedules } = test.coordinator;
    const undone = test.coordinator.call((desk) => {
      schedules.run(scheduleOf(desk, id));
      throw new Error('The rest of the batch went wrong.');
    });
    await expect(undone).rejects.toThrow();
    expect(runsOf(id)).toEqual([]);
    await runNow(id);
    expect(outcomes(id)).toEqual(['done']);
  });
});

describe('a machine that slept for 8 hours', () => {
  it.each([
    ['once', ['skipped', 'done'], '7 runs were missed: nobody was there.'],
    ['skip', ['skipped'], '8 runs were missed: nobody was there.'],
  ] as const)('makes up by rule "%s"', async (missed, wanted, detail) => {
    const id = await save({ ...BACKUP, missed });
    await test.clock.sleep(8 * HOUR_MS + 30 * MINUTE_MS);
    expect(outcomes(id)).toEqual(wanted);
    expect(runsOf(id)[0]?.detail).toBe(detail);
    expect(nextOf(id)).toBe(test.clock.wallMs() + 30 * MINUTE_MS);
  });

  it('makes up for every one of them by rule "all", one after the other', async () => {
    const id = await save({ ...BACKUP, missed: 'all' });
    const first = nextOf(id) ?? 0;
    await test.clock.sleep(8 * HOUR_MS + 30 * MINUTE_MS);
    await test.clock.advance(MINUTE_MS);
    expect(runsOf(id).map(({ outcome, dueAtMs }) => [outcome, dueAtMs])).toEqual(
      Array.from({ length: 8 }, (_, index) => ['done', first + index * HOUR_MS]),
    );
  });

  it('makes up for migrations by rule "all" each when the one before has ended', async () => {
    const id = await save({ ...MIGRATION, missed: 'all' });
    await test.clock.sleep(3 * HOUR_MS);
    for (let run = 1; run <= 3; run += 1) {
      expect(outcomes(id)).toHaveLength(run);
      expect(test.workers.orders()).toHaveLength(1);
      test.workers.end(COMPLETED);
      await test.clock.settle();
    }
    expect(outcomes(id)).toEqual(['done', 'done', 'done']);
  });

  it('skips one of them when one was to be skipped', async () => {
    const id = await save({ ...BACKUP, missed: 'all' });
    await test.coordinator.call((desk) => skipNextRun(desk, id, true));
    await test.clock.sleep(3 * HOUR_MS);
    await test.clock.advance(MINUTE_MS);
    expect(outcomes(id)).toEqual(['skipped', 'done', 'done']);
  });
});

describe('a restart in the middle of a run', () => {
  it('shows maintenance that nobody performs any more as failed, and runs it again', async () => {
    await keepHealthBusy();
    const id = await save(HEALTH);
    await runNow(id);
    expect(outcomes(id)).toEqual(['running']);
    test = await test.crash();
    expect(runsOf(id)).toMatchObject([{ outcome: 'failed', failure: { code: 'worker-lost' } }]);
    await test.clock.advance(HOUR_MS + HEALTH_PATIENCE_MS);
    expect(outcomes(id)).toEqual(['failed', 'done']);
  });

  it('goes on with the migration of the run, which ends with it, and begins no second one', async () => {
    const id = await save(MIGRATION);
    await test.clock.advance(HOUR_MS);
    const migrationId = runsOf(id)[0]?.migrationId;
    test = await test.crash();
    expect(runsOf(id)).toMatchObject([{ outcome: 'running', migrationId }]);
    await endAll();
    expect(runsOf(id)).toMatchObject([{ outcome: 'done', migrationId }]);
  });

  it('keeps schedules as they were', async () => {
    const id = await save({ ...MIGRATION, timing: { kind: 'cron', expression: '30 2 * * *', timeZone: 'UTC' } });
    const before: StoredSchedule | null = test.coordinator.store.schedule(id);
    test = await test.crash();
    expect(test.coordinator.store.schedule(id)).toEqual(before);
  });
});
