/** Proves what a team takes away in the window: a report that begins the next migration, and a URL map. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import { goTo, openMigration } from './find-way.ts';
import { type AppUnderTest, expect, test } from './fixtures.ts';

const NAME = 'Product media → archive';
const MISSING = 'manual.pdf';
const FILES = ['cover 1.jpg', '=detail.webp', MISSING, 'spin.mp4'];

/** One of the files fails: it is not at the source yet. */
async function moveWithOneFailure(app: AppUnderTest, folder: string): Promise<void> {
  const [source, destination] = [join(folder, 'source'), join(folder, 'destination')];
  mkdirSync(source);
  mkdirSync(destination);
  for (const name of FILES) if (name !== MISSING) writeFileSync(join(source, name), name);
  const { migrationId } = await app.call('migration.submit', {
    name: NAME,
    source: { accountId: 'this-computer', container: source, prefix: '' },
    destination: { accountId: 'this-computer', container: destination, prefix: '' },
    selection: { kind: 'assets', assets: FILES.map((sourceKey) => ({ sourceKey })) },
  });
  await expect.poll(async () => (await app.call('migration.get', { migrationId })).state).toBe('incomplete');
}

/** Presses the button and answers with the file as it came, through the desktop's dialog or the browser's download. */
async function save(app: AppUnderTest, dialog: Locator, path: string): Promise<string> {
  await app.electron?.evaluate(({ dialog: system }, chosen) => {
    system.showSaveDialog = async () => ({ canceled: false, filePath: chosen });
  }, path);
  const download = app.electron === null ? app.page.waitForEvent('download') : null;
  await dialog.getByRole('button', { name: 'Save file' }).click();
  if (download !== null) await (await download).saveAs(path);
  await expect(dialog).toBeHidden();
  return readFileSync(path, 'utf8');
}

test('a report of what failed is seen, saved, and begins the migration of exactly that', async ({ app, folder }) => {
  await moveWithOneFailure(app, folder);
  await openMigration(app, NAME);
  await app.page.getByRole('button', { name: 'Report', exact: true }).click();
  const dialog = app.page.getByRole('dialog');
  await expect(dialog.getByRole('region', { name: 'The file' })).toContainText(MISSING);
  await picture(app, 'report');
  const path = join(folder, 'failed.csv');
  const report = await save(app, dialog, path);
  expect(report).toContain(MISSING);
  expect(report).not.toContain('spin.mp4');

  writeFileSync(join(folder, 'source', MISSING), MISSING);
  await goTo(app, 'Overview');
  await app.page.getByRole('button', { name: 'New migration' }).first().click();
  const broken = join(folder, 'broken.csv');
  writeFileSync(broken, report.replace(',failed,', ',lost,'));
  await app.page.getByLabel('Report file').setInputFiles(broken);
  await expect(dialog.getByRole('alert')).toContainText('Line 2: state');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await app.page.getByLabel('Report file').setInputFiles(path);
  await expect(dialog).toContainText('1 asset of migration');
  await picture(app, 'report-import');
  await dialog.getByRole('button', { name: 'Start migration' }).click();
  await expect(app.page.getByRole('heading', { level: 1, name: `Again: ${NAME}` })).toBeVisible();
  await expect.poll(() => readdirSync(join(folder, 'destination')).toSorted()).toEqual(FILES.toSorted());
});

test('a URL map is shown for the addresses that are typed, and saved for a server', async ({ app, folder }) => {
  await moveWithOneFailure(app, folder);
  await openMigration(app, NAME);
  await app.page.getByRole('button', { name: 'URL map' }).click();
  const dialog = app.page.getByRole('dialog');
  await dialog.getByLabel('Old address').fill('https://static.example.com/');
  await dialog.getByLabel('New address').fill('ftp://cdn.example.com/');
  await expect(dialog.getByRole('alert')).toContainText('no whole http:// or https:// address');
  await dialog.getByLabel('New address').fill('https://cdn.example.com/img');
  await dialog.getByRole('combobox', { name: 'For' }).click();
  await app.page.getByRole('option', { name: /nginx/ }).click();
  await expect(dialog.getByRole('region', { name: 'The file' })).toContainText(
    'https://cdn.example.com/img/cover%201.jpg',
  );
  await picture(app, 'url-map');
  const map = await save(app, dialog, join(folder, 'urls.conf'));
  expect(map).toContain('"static.example.com/cover 1.jpg" "https://cdn.example.com/img/cover%201.jpg";');
  expect(map).not.toContain(MISSING);
});

/** Only for the eyes of whoever changes the look. */
async function picture(app: AppUnderTest, name: string): Promise<void> {
  const folder = process.env.EVIDENCE_PICTURES;
  if (folder === undefined) return;
  for (const colorScheme of ['light', 'dark'] as const) {
    await app.page.emulateMedia({ colorScheme });
    await app.page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), animations: 'disabled' });
  }
}
