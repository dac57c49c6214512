/**
 * Proves the first minutes with the app: one click runs the sample migration through every room of the house, the
 * window shows it, every byte arrives, and it is still there after a restart.
 */
import { goTo, openMigration } from './find-way.ts';
import { expect, test } from './fixtures.ts';
import { digestFolder } from './folder-digests.ts';

test('the sample migration, from one click to identical bytes on disk, and in the history after a restart', async ({
  app,
}) => {
  await app.page.getByRole('button', { name: 'Run the sample migration' }).click();
  await expect(app.page.getByText('24 of 24')).toBeVisible();
  await expect(app.page.getByText('completed', { exact: true }).first()).toBeVisible();

  const { rows } = await app.call('migration.list', {});
  const [migration] = rows;
  if (migration === undefined) throw new Error('There is no migration.');
  expect(rows).toHaveLength(1);
  expect(migration.counts).toMatchObject({ completed: 24, failed: 0, skipped: 0 });
  const sent = digestFolder(migration.source.container);
  expect(Object.keys(sent)).toHaveLength(24);
  expect(digestFolder(migration.destination.container)).toEqual(sent);

  expect(await app.quit()).toBe(0);
  await app.start();
  await openMigration(app, migration.name);
  const summary = app.page.getByRole('region', { name: 'Summary' });
  await expect(summary.getByText('completed', { exact: true }).first()).toBeVisible();
  await expect(summary).toContainText('24 discovered = 24 completed + 0 skipped + 0 failed + 0 cancelled + 0 open');

  await goTo(app, 'Migrations');
  const search = app.page.getByRole('searchbox', { name: 'Search migrations' });
  await search.fill('no such migration');
  await expect(app.page.getByText('No migration matches.')).toBeVisible();
  await search.fill('harbour');
  await expect(app.page.getByRole('list', { name: 'Migrations' }).getByRole('listitem')).toHaveCount(1);
});
