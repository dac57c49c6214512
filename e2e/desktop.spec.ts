/**
 * Proves what only the desktop door offers: the system's folder dialog, and a window that comes back where it was.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures.ts';

test('the folder that a person chooses in the dialog stands in the form; closing the dialog changes nothing', async ({
  app,
  folder,
}) => {
  const answer = (filePaths: string[]) =>
    app.electron?.evaluate(({ dialog }, paths) => {
      dialog.showOpenDialog = async () => ({ canceled: paths.length === 0, filePaths: paths });
    }, filePaths);
  await app.page.getByRole('button', { name: 'New migration' }).click();
  const source = app.page.getByRole('region', { name: 'Source', exact: true });
  await source.getByRole('combobox').click();
  await app.page.getByRole('option', { name: 'This computer' }).click();
  const choose = source.getByRole('button', { name: 'Choose the folder of the source' });
  const field = source.getByRole('textbox', { name: 'Folder' });

  await answer([folder]);
  await choose.click();
  await expect(field).toHaveValue(folder);
  await answer([]);
  await choose.click();
  // Asked after the dialog and answered after it.
  await app.call('app.info', {});
  await expect(field).toHaveValue(folder);
});

test('the place of the window is kept in the profile', async ({ app }) => {
  const bounds = await app.electron?.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
  );
  await app.quit();
  const kept = JSON.parse(readFileSync(join(app.profile, 'window.json'), 'utf8')) as object;
  expect(kept).toEqual({ ...bounds, maximized: false });
  await app.start();
  const again = await app.electron?.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
  );
  expect(again).toEqual(bounds);
});
