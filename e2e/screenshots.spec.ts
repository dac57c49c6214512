/**
 * Owns the pictures of the README and the docs: the app at work, in light and dark. Not a test: it runs only with
 * UPDATE_SCREENSHOTS=1 and writes docs/screenshots.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { goTo } from './find-way.ts';
import { type AppUnderTest, expect, test } from './fixtures.ts';
import { submitHeldMigration } from './held-migration.ts';

const FOLDER = join(import.meta.dirname, '../docs/screenshots');
const SIZE = { width: 1440, height: 900 } as const;
/** Assets that arrive before the picture, one after the other, so that the chart has something to draw. */
const ARRIVING = 36;
const PACE_MS = 500;

const PRODUCTS = [
  'anchor',
  'bollard',
  'capstan',
  'davit',
  'fender',
  'halyard',
  'lantern',
  'mooring',
  'rudder',
  'winch',
];
/** File name and size in KiB. */
const FILES = [
  ['cover.jpg', 940],
  ['side.jpg', 610],
  ['detail.webp', 280],
  ['manual.pdf', 1_800],
  ['spin.mp4', 3_400],
  ['label.svg', 12],
] as const;
const ASSETS = PRODUCTS.flatMap((name, product) =>
  FILES.map(([file, sizeKib], index) => ({
    key: `products/2026/${8800 + product * 7}-${name}/${file}`,
    sizeBytes: sizeKib * 1024,
    heldAt: 0.15 + (((product * FILES.length + index) * 0.37) % 0.8),
  })),
);

for (const colorScheme of ['light', 'dark'] as const) {
  test(`pictures in ${colorScheme}`, async ({ app, folder }) => {
    test.setTimeout(180_000);
    mkdirSync(FOLDER, { recursive: true });
    await app.page.emulateMedia({ colorScheme });
    await app.page.setViewportSize(SIZE);
    await picture(app, `first-run-${colorScheme}`);

    await app.call('migration.sample', {});
    const { server } = await submitHeldMigration(app, folder, ASSETS, 'Product media → archive');
    try {
      for (const { key } of ASSETS.slice(0, ARRIVING)) {
        server.release(key);
        await app.page.waitForTimeout(PACE_MS);
      }
      await expect.poll(() => server.underway().length).toBeGreaterThan(0);
      await picture(app, `overview-${colorScheme}`);
      await goTo(app, 'Jobs');
      await app.page.getByRole('row').filter({ hasText: 'manual.pdf' }).first().click();
      await picture(app, `jobs-${colorScheme}`);
      await goTo(app, 'Overview');
      await app.page.getByRole('button', { name: 'New migration' }).click();
      await picture(app, `new-migration-${colorScheme}`);
    } finally {
      await server.stop();
    }
  });
}

async function picture(app: AppUnderTest, name: string): Promise<void> {
  await app.page.mouse.move(0, 0);
  await app.page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
}
