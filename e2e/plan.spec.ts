/** Proves a plan in the window: what a migration would do is shown before the first byte, and runs as it was reviewed. */
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goTo } from './find-way.ts';
import { type AppUnderTest, expect, test } from './fixtures.ts';

const THEN = new Date('2026-01-01T00:00:00Z');

/** New, changed, unknown, identical, and two names that many disks take for one. */
function prepare(source: string, destination: string): void {
  const write = (folder: string, name: string, text: string, at?: Date) => {
    writeFileSync(join(folder, name), text);
    if (at !== undefined) utimesSync(join(folder, name), at, at);
  };
  mkdirSync(source);
  mkdirSync(destination);
  write(source, 'new.jpg', 'new');
  write(source, 'changed.webp', 'longer than it was');
  write(destination, 'changed.webp', 'short');
  write(source, 'perhaps.mp4', 'one');
  write(destination, 'perhaps.mp4', 'two', THEN);
  for (const folder of [source, destination]) write(folder, 'same.pdf', 'same', THEN);
  write(source, 'Readme.txt', 'upper');
  write(source, 'README.txt', 'all upper');
}

async function planFirst(app: AppUnderTest, source: string, destination: string): Promise<void> {
  await goTo(app, 'Overview');
  await app.page.getByRole('button', { name: 'New migration' }).first().click();
  const side = (name: string) => app.page.getByRole('region', { name, exact: true });
  await side('Source').getByRole('textbox', { name: 'Folder' }).fill(source);
  await side('Destination').getByRole('textbox', { name: 'Folder' }).fill(destination);
  await app.page.getByRole('button', { name: 'Plan first' }).click();
  await expect(app.page.getByRole('heading', { level: 1, name: 'Plan' })).toBeVisible();
}

test('a plan writes nothing, says what would become of each asset, and runs exactly that', async ({ app, folder }) => {
  const [source, destination] = [join(folder, 'source'), join(folder, 'destination')];
  prepare(source, destination);
  await planFirst(app, source, destination);
  const tile = (name: string) => app.page.getByRole('button', { name: new RegExp(`^${name}`) });
  await expect(tile('New')).toContainText('1');
  for (const name of ['Changed', 'Unknown', 'Identical']) await expect(tile(name)).toContainText('1');
  await expect(tile('Conflicting')).toContainText('2');
  expect(readdirSync(destination).toSorted()).toEqual(['changed.webp', 'perhaps.mp4', 'same.pdf']);
  await expect(app.page.getByRole('region', { name: 'Estimate' })).toContainText('3 assets');

  await tile('Conflicting').click();
  await expect(app.page.getByRole('table', { name: 'Conflicting assets' })).toContainText(
    'but for upper and lower case',
  );
  await picture(app, 'plan');
  await app.page.getByLabel('MB a second').fill('1');
  await expect(app.page.getByRole('region', { name: 'Estimate' })).toContainText('1.0 MB/s');
  await app.page.getByLabel('Search keys of this class').fill('nothing like this');
  await expect(app.page.getByText('No key matches.')).toBeVisible();

  // What came later was not reviewed.
  writeFileSync(join(source, 'later.jpg'), 'later');
  await app.page.getByText('Also move the 1 unknown').click();
  await app.page.getByText('Also move 2 conflicting').click();
  await app.page.getByRole('button', { name: 'Run 4 assets as reviewed' }).click();
  await expect(app.page.getByRole('region', { name: 'Summary' })).toContainText('4 completed');
  expect(readdirSync(destination).toSorted()).toEqual(
    ['README.txt', 'Readme.txt', 'changed.webp', 'new.jpg', 'perhaps.mp4', 'same.pdf'].toSorted(),
  );
});

test('a plan is discarded, and one that was forgotten says so', async ({ app, folder }) => {
  const [source, destination] = [join(folder, 'source'), join(folder, 'destination')];
  prepare(source, destination);
  await planFirst(app, source, destination);
  await app.page.getByRole('button', { name: 'Discard' }).click();
  await expect(app.page.getByRole('heading', { level: 1, name: 'New migration' })).toBeVisible();
  await app.page.goBack();
  await expect(app.page.getByRole('alert')).toContainText('There is no plan');
  await picture(app, 'plan-forgotten');
});

/** Only for the eyes of whoever changes the look. */
async function picture(app: AppUnderTest, name: string): Promise<void> {
  const folder = process.env.PLAN_PICTURES;
  if (folder === undefined) return;
  for (const colorScheme of ['light', 'dark'] as const) {
    await app.page.emulateMedia({ colorScheme });
    await app.page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), animations: 'disabled' });
  }
  const size = app.page.viewportSize();
  await app.page.setViewportSize({ width: 800, height: 600 });
  await app.page.screenshot({ path: join(folder, `${name}-small.png`), animations: 'disabled' });
  if (size !== null) await app.page.setViewportSize(size);
}
