/**
 * Proves what a person does to the house in the window: asks why a job waits, changes everything that matches, repeats a
 * migration, has somebody told, and is told at the field what is wrong.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goTo, openJob } from './find-way.ts';
import { type AppUnderTest, expect, test } from './fixtures.ts';

const FILES = 60;

/** A migration of small files in a queue of its own, which is paused. */
async function submitHeld(app: AppUnderTest, folder: string): Promise<number> {
  const source = join(folder, 'source');
  mkdirSync(source);
  mkdirSync(join(folder, 'destination'));
  for (let file = 0; file < FILES; file += 1) writeFileSync(join(source, `asset ${file}.txt`), `asset ${file}`);
  await app.call('queue.create', { queue: 'night', concurrency: 2 });
  await app.call('queue.pause', { queue: 'night', reason: 'the line is needed' });
  const { migrationId } = await app.call('migration.submit', {
    name: 'held photos',
    queue: 'night',
    source: { accountId: 'this-computer', container: source, prefix: '' },
    destination: { accountId: 'this-computer', container: join(folder, 'destination'), prefix: '' },
  });
  await expect.poll(async () => (await app.call('migration.get', { migrationId })).counts.pending).toBe(FILES);
  return migrationId;
}

test('a job says why it waits, and runs now when somebody wants it to', async ({ app, folder }) => {
  await submitHeld(app, folder);
  await goTo(app, 'Jobs');
  const pane = await openJob(app, 'asset 7.txt');
  await expect(pane).toContainText('Queue night is paused: the line is needed');
  await pane.getByRole('button', { name: 'Run now' }).click();
  await expect(pane).toContainText('completed');
});

test('everything that matches is changed at once, also what is not loaded', async ({ app, folder }) => {
  const migrationId = await submitHeld(app, folder);
  await goTo(app, 'Jobs');
  await app.page.getByRole('button', { name: `Change all ${FILES}` }).click();
  const dialog = app.page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'What to do' }).click();
  await app.page.getByRole('option', { name: /Cancel/ }).click();
  await dialog.getByRole('button', { name: 'Cancel all that can be' }).click();
  await expect(app.page.getByRole('region', { name: 'Bulk changes' })).toContainText(`${FILES} changed`);
  expect((await app.call('migration.get', { migrationId })).counts.cancelled).toBe(FILES);
});

test('a schedule is refused at its field, saved, and run; its run leads to its migration', async ({ app, folder }) => {
  await submitHeld(app, folder);
  await app.call('queue.resume', { queue: 'night' });
  await goTo(app, 'Schedules');
  await app.page.getByRole('button', { name: 'Add schedule' }).click();
  const dialog = app.page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Nightly photos');
  await dialog.getByLabel('Cron expression').fill('0 0 0 * * *');
  await dialog.getByRole('button', { name: 'Save schedule' }).click();
  await expect(dialog).toContainText('five fields here; this one has 6');
  await dialog.getByLabel('Cron expression').fill('0 2 * * *');
  await expect(dialog.getByRole('status')).toContainText('Next:');
  await dialog.getByRole('button', { name: 'Save schedule' }).click();
  const row = app.page.getByRole('listitem', { name: 'Schedule Nightly photos' });
  await expect(row).toContainText('at 02:00 every day');
  await row.getByRole('button', { name: 'Run Nightly photos now' }).click();
  await expect(row).toContainText('Done');
  await row.getByRole('link', { name: /Nightly photos/ }).click();
  await app.page
    .getByRole('complementary')
    .getByRole('link', { name: /Migration \d/ })
    .click();
  await expect(app.page.getByRole('heading', { level: 1, name: 'held photos' })).toBeVisible();
});

test('a notice to a private address is refused at its field until somebody allows it', async ({ app }) => {
  await goTo(app, 'Notices');
  await app.page.getByRole('button', { name: 'Add notice' }).click();
  const dialog = app.page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Operations');
  await dialog.getByLabel('Address', { exact: true }).fill('http://127.0.0.1:9/hook');
  await dialog.getByRole('button', { name: 'Save notice' }).click();
  await expect(dialog).toContainText('private or closed address');
  await dialog.getByRole('checkbox', { name: 'Allow private addresses' }).click();
  await dialog.getByRole('button', { name: 'Save notice' }).click();
  await expect(app.page.getByRole('listitem', { name: 'Notice Operations' })).toContainText('http://127.0.0.1:9/hook');
});
