/**
 * Proves that the window steers: pause holds, resume goes on, cancel ends and leaves nothing behind.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openJob, openMigration } from './find-way.ts';
import { expect, test } from './fixtures.ts';
import { digestFolder } from './folder-digests.ts';
import { defaultQueue, hasState, plainAssets, submitHeldMigration, waitForMigration } from './held-migration.ts';

/** The scheduler starts what it can within milliseconds. */
const WATCH_MS = 1_500;
const LOOK_MS = 50;

test('a paused queue starts nothing more, and goes on when resumed', async ({ app, folder }) => {
  const { concurrency } = await defaultQueue(app);
  const count = concurrency + 4;
  const { id, server, destination, expected } = await submitHeldMigration(app, folder, plainAssets(count));
  try {
    await expect.poll(() => server.underway().length).toBe(concurrency);
    await app.page.getByRole('button', { name: 'Pause queue default' }).click();
    await expect(app.page.getByRole('article', { name: 'Queue default' })).toContainText('Paused');

    server.releaseAll();
    const held = await waitForMigration(app, id, ({ counts }) => counts.running === 0);
    expect(held.counts.completed).toBeLessThan(count);
    await expectToHold(async () => {
      expect((await app.call('migration.get', { migrationId: id })).counts).toEqual(held.counts);
    });

    await app.page.getByRole('button', { name: 'Resume queue default' }).click();
    await waitForMigration(app, id, hasState('completed'));
    expect(digestFolder(destination)).toEqual(expected);
  } finally {
    await server.stop();
  }
});

test('a paused migration lets go what runs and starts nothing more; resumed, it completes', async ({ app, folder }) => {
  const { concurrency } = await defaultQueue(app);
  const plan = plainAssets(concurrency + 4);
  const { id, name, server, destination, expected } = await submitHeldMigration(app, folder, plan);
  try {
    await expect.poll(() => server.underway().length).toBe(concurrency);
    await openMigration(app, name);
    await app.page.getByRole('button', { name: 'Pause', exact: true }).click();
    await waitForMigration(app, id, hasState('paused'));

    server.releaseAll();
    const held = await waitForMigration(app, id, ({ counts }) => counts.running === 0);
    expect(held.counts).toMatchObject({ completed: concurrency, pending: 4 });
    await expectToHold(async () => {
      expect((await app.call('migration.get', { migrationId: id })).counts).toEqual(held.counts);
    });

    await app.page.getByRole('button', { name: 'Resume', exact: true }).click();
    await waitForMigration(app, id, hasState('completed'));
    await expect(app.page.getByRole('region', { name: 'Summary' })).toContainText(`${plan.length} completed`);
    expect(digestFolder(destination)).toEqual(expected);
  } finally {
    await server.stop();
  }
});

test('a paused job gives its transfer back at once; resumed, it completes', async ({ app, folder }) => {
  const { id, name, server, keys, destination, expected } = await submitHeldMigration(app, folder, plainAssets(1));
  try {
    await expect.poll(() => server.underway()).toEqual(keys);
    await openMigration(app, name);
    const pane = await openJob(app, keys[0] ?? '');
    await pane.getByRole('button', { name: 'Pause', exact: true }).click();
    await expect.poll(() => server.underway()).toEqual([]);
    await waitForMigration(app, id, ({ counts }) => counts.paused === 1);

    server.releaseAll();
    await expectToHold(async () => {
      expect(server.asked(keys[0] ?? '')).toBe(1);
    });
    await pane.getByRole('button', { name: 'Resume', exact: true }).click();
    await waitForMigration(app, id, hasState('completed'));
    expect(digestFolder(destination)).toEqual(expected);
  } finally {
    await server.stop();
  }
});

test('a cancelled migration ends, keeps what has arrived and leaves nothing half-written', async ({ app, folder }) => {
  const { id, name, server, keys, destination, expected } = await submitHeldMigration(app, folder, plainAssets(4));
  try {
    await expect.poll(() => server.underway().length).toBe(keys.length);
    const [arrived = ''] = keys;
    server.release(arrived);
    await waitForMigration(app, id, ({ counts }) => counts.completed === 1);

    await openMigration(app, name);
    await app.page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await app.page
      .getByRole('alertdialog')
      .or(app.page.getByRole('dialog'))
      .getByRole('button', { name: 'Cancel 3 jobs' })
      .click();
    const ended = await waitForMigration(app, id, hasState('cancelled'));
    expect(ended.counts).toMatchObject({ completed: 1, cancelled: 3, failed: 0 });
    await expect(app.page.getByRole('region', { name: 'Summary' })).toContainText('3 cancelled + 0 open');

    server.releaseAll();
    await expect.poll(() => digestFolder(destination)).toEqual({ [arrived]: expected[arrived] });
    await expect.poll(() => readdirSync(join(app.profile, 'spool'))).toEqual([]);
  } finally {
    await server.stop();
  }
});

/** Looks again and again for as long as the scheduler would need to start work many times over. */
async function expectToHold(look: () => Promise<void>): Promise<void> {
  for (const endMs = performance.now() + WATCH_MS; performance.now() < endMs; await pause(LOOK_MS)) await look();
}
