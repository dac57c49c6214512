/**
 * Proves what the product promises about sudden death: of a worker, and of the whole app. Both by SIGKILL, in the
 * middle of transfers that a held server keeps in the middle.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openJob, openMigration } from './find-way.ts';
import { expect, test } from './fixtures.ts';
import { digestFolder } from './folder-digests.ts';
import { defaultQueue, hasState, plainAssets, submitHeldMigration, waitForMigration } from './held-migration.ts';

test('a worker killed mid-transfer: its job completes on the next attempt, and both attempts are shown', async ({
  app,
  folder,
}) => {
  const { id, name, server, keys, destination, expected } = await submitHeldMigration(app, folder, plainAssets(1));
  try {
    await expect.poll(() => server.underway()).toEqual(keys);
    const busy = (await app.state()).pool.workers.filter((worker) => worker.busy > 0);
    expect(busy).toHaveLength(1);
    for (const { pid } of busy) process.kill(pid, 'SIGKILL');

    await expect.poll(() => server.asked(keys[0] ?? '')).toBe(2);
    server.releaseAll();
    await waitForMigration(app, id, hasState('completed'));

    const { rows } = await app.call('job.list', { filter: { migrationId: id } });
    const job = await app.call('job.get', { jobId: rows[0]?.id ?? 0 });
    expect(job.state).toBe('completed');
    expect(job.history.map(({ number, outcome, workerPid }) => ({ number, outcome, workerPid }))).toEqual([
      { number: 1, outcome: 'worker-lost', workerPid: busy[0]?.pid },
      { number: 2, outcome: 'completed', workerPid: expect.any(Number) },
    ]);
    expect(digestFolder(destination)).toEqual(expected);

    await openMigration(app, name);
    const pane = await openJob(app, keys[0] ?? '');
    await expect(pane.getByRole('listitem').filter({ hasText: '1 lost its worker' })).toBeVisible();
    await expect(pane.getByRole('listitem').filter({ hasText: '2 completed' })).toBeVisible();
  } finally {
    await server.stop();
  }
});

test('the whole app killed mid-migration: after a new start nothing is lost and nothing copied twice', async ({
  app,
  folder,
}) => {
  const { concurrency } = await defaultQueue(app);
  const plan = plainAssets(concurrency + 4);
  const { id, server, keys, destination, expected } = await submitHeldMigration(app, folder, plan);
  try {
    await expect.poll(() => server.underway().length).toBe(concurrency);
    const early = server.underway().slice(0, 2);
    server.release(...early);
    await waitForMigration(app, id, ({ counts }) => counts.completed === early.length);
    await expect.poll(() => server.underway().length).toBe(concurrency);
    const caught = server.underway();

    await app.kill();
    await app.start();
    server.releaseAll();
    const migration = await waitForMigration(app, id, hasState('completed'));

    expect(migration.counts.completed).toBe(keys.length);
    expect(migration.discovered).toBe(keys.length);
    expect(digestFolder(destination)).toEqual(expected);
    for (const key of keys) {
      // What was acknowledged before the kill is never fetched again; what was caught half-way is fetched once more.
      expect([key, server.served(key)]).toEqual([key, 1]);
      expect([key, server.asked(key)]).toEqual([key, caught.includes(key) ? 2 : 1]);
    }
    expect(readdirSync(join(app.profile, 'spool'))).toEqual([]);
  } finally {
    await server.stop();
  }
});
