/**
 * Proves that what cannot work is said at the field where it was typed, before anything exists: no migration, no file,
 * no folder.
 */
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Locator } from '@playwright/test';
import { goTo } from './find-way.ts';
import { type AppUnderTest, expect, test } from './fixtures.ts';

type Side = 'Source' | 'Destination';

interface Form {
  side(side: Side): Locator;
  choose(side: Side, account: string): Promise<void>;
  fill(side: Side, label: string, text: string): Promise<void>;
  start(): Promise<void>;
}

async function openForm(app: AppUnderTest): Promise<Form> {
  await app.page.getByRole('button', { name: 'New migration' }).click();
  const side = (name: Side) => app.page.getByRole('region', { name, exact: true });
  return {
    side,
    async choose(name, account) {
      await side(name).getByRole('combobox').click();
      await app.page.getByRole('option', { name: account }).click();
    },
    fill: (name, label, text) => side(name).getByRole('textbox', { name: label }).fill(text),
    start: () => app.page.getByRole('button', { name: 'Start migration' }).click(),
  };
}

/** A source with one asset and an empty destination, both in the folder of this test. */
function makeFolders(folder: string): { source: string; destination: string } {
  const source = join(folder, 'source');
  const destination = join(folder, 'destination');
  mkdirSync(source);
  mkdirSync(destination);
  writeFileSync(join(source, 'asset.txt'), 'asset');
  return { source, destination };
}

async function expectRefusal(app: AppUnderTest, field: Locator, words: RegExp): Promise<void> {
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(words);
  expect((await app.call('migration.list', {})).rows).toEqual([]);
}

test('nothing filled in: both folders are asked for', async ({ app }) => {
  const form = await openForm(app);
  await form.start();
  for (const side of ['Source', 'Destination'] as const) {
    await expectRefusal(app, form.side(side).getByRole('textbox', { name: 'Folder' }), /Folder is missing/);
  }
});

interface Case {
  readonly name: string;
  readonly source: (folders: { source: string; destination: string }) => string;
  readonly destination: (folders: { source: string; destination: string }) => string;
  readonly at: Side;
  readonly words: RegExp;
}

const LOCAL_CASES: readonly Case[] = [
  {
    name: 'a source that does not exist',
    source: ({ source }) => join(source, 'nowhere'),
    destination: ({ destination }) => destination,
    at: 'Source',
    words: /nowhere/,
  },
  {
    name: 'a source that is a file',
    source: ({ source }) => join(source, 'asset.txt'),
    destination: ({ destination }) => destination,
    at: 'Source',
    words: /folder/i,
  },
  {
    name: 'a source that is no whole path',
    source: () => 'pictures',
    destination: ({ destination }) => destination,
    at: 'Source',
    words: /pictures/,
  },
  {
    name: 'a destination below a file',
    source: ({ source }) => source,
    destination: ({ source }) => join(source, 'asset.txt', 'below'),
    at: 'Destination',
    words: /asset\.txt/,
  },
  {
    name: 'a destination inside the source',
    source: ({ source }) => dirname(source),
    destination: ({ destination }) => destination,
    at: 'Destination',
    words: /inside the source/,
  },
  {
    name: 'no destination folder',
    source: ({ source }) => source,
    destination: () => '',
    at: 'Destination',
    words: /Folder is missing/,
  },
];

for (const { name, source, destination, at, words } of LOCAL_CASES) {
  test(`${name}: said at the ${at.toLowerCase()}’s folder`, async ({ app, folder }) => {
    const folders = makeFolders(folder);
    const form = await openForm(app);
    for (const side of ['Source', 'Destination'] as const) await form.choose(side, 'This computer');
    await form.fill('Source', 'Folder', source(folders));
    await form.fill('Destination', 'Folder', destination(folders));
    await form.start();
    await expectRefusal(app, form.side(at).getByRole('textbox', { name: 'Folder' }), words);
    expect(readdirSync(folders.source)).toEqual(['asset.txt']);
    expect(readdirSync(folders.destination)).toEqual([]);

    // Mended, it goes.
    await form.fill('Source', 'Folder', folders.source);
    await form.fill('Destination', 'Folder', folders.destination);
    await form.start();
    await expect(app.page.getByRole('region', { name: 'Summary' })).toContainText('1 completed');
    expect(existsSync(join(folders.destination, 'asset.txt'))).toBe(true);
  });
}

test('a folder that the account may not write: said at the destination', async ({ app, folder }) => {
  const { source } = makeFolders(folder);
  const form = await openForm(app);
  for (const side of ['Source', 'Destination'] as const) await form.choose(side, 'This computer');
  await form.fill('Source', 'Folder', source);
  // Nobody, root included, can make files there.
  await form.fill('Destination', 'Folder', '/proc');
  test.skip(!existsSync('/proc'), 'needs a folder that even root cannot write');
  await form.start();
  await expectRefusal(app, form.side('Destination').getByRole('textbox', { name: 'Folder' }), /\/proc/);
});

test('an address in a private network: refused until the account allows it', async ({ app, folder }) => {
  const { destination } = makeFolders(folder);
  const form = await openForm(app);
  await form.choose('Source', 'Web addresses');
  await form.choose('Destination', 'This computer');
  await form.fill('Source', 'Index page', 'http://127.0.0.1:9/');
  await form.fill('Destination', 'Folder', destination);
  await form.start();
  await expectRefusal(app, form.side('Source').getByRole('textbox', { name: 'Index page' }), /127\.0\.0\.1/);
});

test('an unreachable server, and one that asks for a password: said at the source', async ({ app, folder }) => {
  const { destination } = makeFolders(folder);
  const server = createServer((_request, response) => void response.writeHead(401).end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await app.call('account.save', {
    provider: 'http',
    name: 'Private web',
    options: { allowPrivateAddresses: 'true' },
    secrets: {},
  });
  const form = await openForm(app);
  await form.choose('Source', 'Private web');
  await form.choose('Destination', 'This computer');
  await form.fill('Destination', 'Folder', destination);
  const indexPage = form.side('Source').getByRole('textbox', { name: 'Index page' });

  await indexPage.fill(`http://127.0.0.1:${port}/`);
  await form.start();
  await expectRefusal(app, indexPage, /sign in|password|401/i);

  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  await indexPage.fill(`http://127.0.0.1:${port}/gone/`);
  await form.start();
  await expectRefusal(app, indexPage, /127\.0\.0\.1/);
});

test('a list of addresses with garbage lines: each is named, and nothing starts', async ({ app, folder }) => {
  const { destination } = makeFolders(folder);
  const form = await openForm(app);
  await form.choose('Source', 'Web addresses');
  await form.choose('Destination', 'This computer');
  await form.fill('Destination', 'Folder', destination);
  await form.side('Source').getByRole('tab', { name: 'List of URLs' }).click();
  const addresses = form.side('Source').getByRole('textbox', { name: 'Addresses' });
  await addresses.fill('https://example.com/a.jpg\nnot an address\n\nftp://example.com/b.jpg\n# a remark');
  const problems = form.side('Source').getByRole('list', { name: 'Lines that need a look' });
  await expect(problems.getByRole('listitem')).toHaveCount(2);
  await expect(problems).toContainText('Line 2');
  await expect(problems).toContainText('Line 4');
  await form.start();
  await expectRefusal(app, addresses, /line/i);
});

test('a list from a file: what is wrong stands at its line, and after it was mended it is moved', async ({
  app,
  folder,
}) => {
  const { destination } = makeFolders(folder);
  const bytes = Buffer.from('bytes of an asset');
  const server = createServer((_request, response) => void response.end(bytes)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.png`;
  const options = { allowPrivateAddresses: 'true' };
  await app.call('account.save', { provider: 'http', name: 'Private web', options, secrets: {} });
  const form = await openForm(app);
  await form.choose('Source', 'Private web');
  await form.choose('Destination', 'This computer');
  await form.fill('Destination', 'Folder', destination);
  const source = form.side('Source');
  await source.getByRole('tab', { name: 'List of URLs' }).click();
  const file = source.getByLabel('File of addresses');
  const choose = (text: string | Uint8Array) =>
    file.setInputFiles({ name: 'shop.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  const addresses = source.getByRole('textbox', { name: 'Addresses' });

  await choose(Buffer.from([0x1f, 0x8b, 8]));
  await expectRefusal(app, addresses, /compressed/);
  await choose(`url,size,key\n${url},-1,a.png\n${url},,b.png\n`);
  await expect(addresses).toHaveValue('shop.csv');
  await expect(source.getByRole('list', { name: 'Lines that need a look' })).toContainText('Line 2 "-1" is no size');
  await form.start();
  await expectRefusal(app, addresses, /Line 2/);

  await choose(`url,size,key\n${url},${bytes.length},a.png\n${url},,b.png\n`);
  await expect(source.getByRole('status')).toContainText('1 with a size or a digest');
  await form.start();
  await expect.poll(() => readdirSync(destination).toSorted()).toEqual(['a.png', 'b.png']);
  server.close();
  server.closeAllConnections();
});

test('an empty source: the migration ends at once and says why nothing moved', async ({ app, folder }) => {
  const { destination } = makeFolders(folder);
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const form = await openForm(app);
  for (const side of ['Source', 'Destination'] as const) await form.choose(side, 'This computer');
  await form.fill('Source', 'Folder', empty);
  await form.fill('Destination', 'Folder', destination);
  await form.start();
  await expect(app.page.getByRole('paragraph').filter({ hasText: 'The source had nothing to move.' })).toBeVisible();
  await goTo(app, 'Migrations');
  await expect(app.page.getByRole('list', { name: 'Migrations' }).getByRole('listitem')).toHaveCount(1);
});

test('an address that leads nowhere says which, and leads back', async ({ app }) => {
  for (const hash of ['#/migrations/new', '#/jobs/%E0%A4%A', '#/queues/a/b', '#/overview/1']) {
    await app.page.evaluate((to) => {
      window.location.hash = to;
    }, hash);
    await expect(app.page.getByRole('heading', { level: 1, name: 'Not found' })).toBeVisible();
    await expect(app.page.getByRole('main')).toContainText(`“${hash}”`);
    await app.page.getByRole('button', { name: 'Go to the overview' }).click();
    await expect(app.page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  }
});
