/**
 * Proves that the window survives its own renderer: it comes back by itself and shows the house as it is, and the work
 * never noticed. Desktop only: a browser's tab is the browser's business.
 */
import { expect, test } from './fixtures.ts';
import { digestFolder } from './folder-digests.ts';
import { plainAssets, submitHeldMigration } from './held-migration.ts';

test('a crashed window comes back and finds its migration going on', async ({ app, folder }) => {
  const { name, server, keys, destination, expected } = await submitHeldMigration(app, folder, plainAssets(3));
  try {
    await expect.poll(() => server.underway().length).toBe(keys.length);
    const crashed = app.page.waitForEvent('crash');
    await app.electron?.evaluate(({ BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) window.webContents.forcefullyCrashRenderer();
    });
    await crashed;

    // Playwright gives a page up once it crashed, so the main process is asked what it shows; at first, nothing.
    const shown = async () =>
      app.electron
        ?.evaluate(({ BrowserWindow }) =>
          BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.body.innerText'),
        )
        .catch(() => '');
    await expect.poll(shown).toContain(name);
    server.releaseAll();
    await expect.poll(shown).toContain(`${keys.length} of ${keys.length}`);
    expect(digestFolder(destination)).toEqual(expected);
    for (const key of keys) expect(server.asked(key)).toBe(1);
  } finally {
    await server.stop();
  }
});
