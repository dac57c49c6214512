/**
 * Proves that the options of a new migration do what they say: a pattern that is none is told at its field, what is left
 * out is counted, keys are rewritten, and two assets for one key are not silently one.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures.ts';

test('options are refused at their field, and do what they say', async ({ app, folder }) => {
  const source = join(folder, 'source');
  const destination = join(folder, 'destination');
  mkdirSync(source);
  mkdirSync(destination);
  for (const name of ['Quay Wall.JPG', 'quay-wall.jpg', 'Log.txt']) writeFileSync(join(source, name), name);
  const { page } = app;
  await page.getByRole('button', { name: 'New migration' }).first().click();
  await page.getByRole('region', { name: 'Source' }).getByRole('textbox', { name: 'Folder' }).fill(source);
  await page.getByRole('region', { name: 'Destination' }).getByRole('textbox', { name: 'Folder' }).fill(destination);
  await page.getByText('Options', { exact: true }).click();
  await page.getByLabel('Only these patterns').fill('*.{jpg,JPG}\n[a-');
  await page.getByRole('button', { name: 'Start migration' }).click();
  await expect(page.getByText('[a-: This is no pattern')).toBeVisible();
  await page.getByLabel('Only these patterns').fill('*.{jpg,JPG}');
  await page.getByRole('combobox', { name: 'Letters' }).click();
  await page.getByRole('option', { name: /^Slug/ }).click();
  await page.getByRole('button', { name: 'Start migration' }).click();
  await expect(page.getByText('left out: 1')).toBeVisible();
  await expect(page.getByText('1 failed').first()).toBeVisible();
  await expect(page.getByText('only *.{jpg,JPG}; keys in slugs')).toBeVisible();
  // The one that is refused ends at once, the other one a moment later.
  await expect.poll(() => readdirSync(destination)).toEqual(['quay-wall.jpg']);
});
