/**
 * Proves the stand-in with an app of its own, through Playwright's unmodified `_electron.launch`: what it gives, what it
 * refuses, and that nothing outlives it. Needs a Chromium.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

declare global {
  var heard: string[];
  var bridge: object;
}

const TEST_APP = join(import.meta.dirname, 'test-app');
const STARTUP_MS = 20_000;
let profile: string;
let app: ElectronApplication;
let page: Page;

beforeEach(async () => {
  profile = mkdtempSync(join(tmpdir(), 'electron-standin-'));
  vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', import.meta.dirname);
  await start();
}, STARTUP_MS);
afterEach(async () => {
  await app.close();
  await vi.waitFor(() => expect(chromiumRuns()).toBe(false), STARTUP_MS);
  rmSync(profile, { recursive: true, force: true });
}, STARTUP_MS);

async function start(): Promise<void> {
  app = await _electron.launch({ args: [TEST_APP, '--profile', profile] });
  page = await app.firstWindow();
  await page.locator('#text', { hasText: 'hello back' }).waitFor();
}

/** What the test app wrote down. */
const heardByApp = () => app.evaluate(() => globalThis.heard);

/** Chromium's lock stands as long as it runs, and goes when it ends in order. */
function chromiumRuns(): boolean {
  return lstatSync(join(profile, 'chromium/SingletonLock'), { throwIfNoEntry: false }) !== undefined;
}

test('the app sees its own addresses, arguments and versions', async () => {
  expect(await heardByApp()).toEqual(['text hello from app://bundle/index.html']);
  expect(await app.evaluate(({ app }) => [app.getName(), app.getVersion(), app.isPackaged])).toEqual([
    'Test App',
    '1.2.3',
    false,
  ]);
  expect(await app.evaluate(() => process.argv.slice(1))).toEqual([TEST_APP, '--profile', profile]);
  expect(await app.evaluate(() => process.versions.electron)).toMatch(/-standin$/);
});

test('the page runs under the headers of the handler, in the size of the window, without a way around the bridge', async () => {
  expect(await page.locator('#inline').textContent()).toBe('');
  expect(await page.evaluate(() => [innerWidth, innerHeight])).toEqual([900, 640]);
  expect(await page.evaluate(() => [typeof require, '__electronStandin' in globalThis])).toEqual(['undefined', false]);
  expect(await page.evaluate(() => Object.isFrozen(globalThis.bridge))).toBe(true);
  expect(await page.evaluate(() => fetch('/nothing').then(({ status }) => status, String))).toMatch(/Failed to fetch/);
});

test('new windows, foreign addresses and downloads are what the app makes of them', async () => {
  await page.locator('#window').click();
  await vi.waitFor(async () => expect(await heardByApp()).toContain('window app://bundle/index.html'), 15_000);
  await page.locator('#away').click();
  await vi.waitFor(async () => expect(await heardByApp()).toContain('navigate https://example.com/'), 15_000);
  await page.locator('#download').click();
  await vi.waitFor(async () => expect(await heardByApp()).toContain('download'), 15_000);
  await vi.waitFor(() => expect(app.windows()).toHaveLength(1), 15_000);
  expect(await page.title()).toBe('Test');
});

test('permissions are granted as the app answers', async () => {
  const states = await page.evaluate(async () => {
    const state = async (name: PermissionName) => (await navigator.permissions.query({ name })).state;
    return [await state('geolocation'), await state('notifications')];
  });
  expect(states).toEqual(['granted', 'denied']);
});

test('what it does not know it refuses by name', async () => {
  const ask = (name: string) =>
    app.evaluate(({ app, BrowserWindow }, api) => {
      try {
        if (api === 'event') app.on('gpu-info-update', () => {});
        else if (api === 'option') new BrowserWindow({ kiosk: true });
        else if (api === 'setting') new BrowserWindow({ webPreferences: { sandbox: false } });
        else void Reflect.get(app, api);
        return 'silence';
      } catch (error) {
        return String(error);
      }
    }, name);
  expect(await ask('dock')).toContain('does not know app.dock');
  expect(await ask('event')).toContain('does not know app\'s "gpu-info-update"');
  expect(await ask('option')).toContain('does not know BrowserWindow options.kiosk');
  expect(await ask('setting')).toContain('has sandbox: true only');
});

test('a crash of the page is told', async () => {
  const devTools = await page.context().newCDPSession(page);
  devTools.send('Page.crash').catch(() => {});
  await vi.waitFor(async () => expect(await heardByApp()).toContain('gone crashed'), 15_000);
});

test('a second start on the same profile ends with 0 and is heard by the first', async () => {
  const second = spawn(join(import.meta.dirname, 'electron'), [TEST_APP, '--profile', profile]);
  expect(await once(second, 'exit')).toEqual([0, null]);
  await vi.waitFor(async () => expect(await heardByApp()).toContain(`second-instance ${profile}`), 15_000);
});

test(
  'SIGKILL takes Chromium along, and the next start on the same profile works at once',
  async () => {
    await page.evaluate(() => localStorage.setItem('kept', 'yes'));
    await app.close();
    await start();
    expect(await page.evaluate(() => localStorage.getItem('kept'))).toBe('yes');
    const gone = once(app.process(), 'exit');
    app.process().kill('SIGKILL');
    await gone;
    await start();
    expect(await heardByApp()).toEqual(['text hello from app://bundle/index.html']);
  },
  3 * STARTUP_MS,
);
