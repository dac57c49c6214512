/**
 * Owns what every spec starts from: a fresh profile and an app on it, through the door that the project names, ended
 * and swept away afterwards whatever happened. Used by all specs.
 */
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type Page, type TestInfo } from '@playwright/test';
import { browserDoor } from './browser-door.ts';
import { electronDoor } from './electron-door.ts';
import type { RunningApp } from './running-app.ts';

export interface DoorOptions {
  readonly doorName: 'electron' | 'browser';
}

/** Page and main process are those of the run that is on now. */
export interface AppUnderTest extends Pick<RunningApp, 'page' | 'electron' | 'call' | 'state'> {
  readonly profile: string;
  /** SIGKILL to the main process; resolves when it is gone. */
  kill(): Promise<void>;
  /** An orderly end; resolves with the exit code. */
  quit(): Promise<number | null>;
  /** A new start on the same profile, after `kill` or `quit`. */
  start(): Promise<void>;
}

interface Fixtures {
  /** A folder of this test alone. */
  readonly folder: string;
  readonly app: AppUnderTest;
}

export const test = base.extend<Fixtures & DoorOptions>({
  doorName: ['electron', { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  folder: async ({}, use) => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'transship-e2e-')));
    await use(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  },
  app: async ({ folder, doorName, playwright }, use, testInfo) => {
    const profile = join(folder, 'profile');
    const browser = doorName === 'browser' ? await playwright.chromium.launch(chromiumOptions()) : null;
    const door = browser === null ? electronDoor : browserDoor(browser);
    /** What no page may ever say: an error of its own, or that it broke the content security policy. */
    const complaints: string[] = [];
    const watch = (page: Page) => {
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (/content security policy|trusted ?type/i.test(message.text())) complaints.push(message.text());
      });
    };
    let running = await door(profile, watch);
    let alive = true;
    await use({
      profile,
      get page() {
        return running.page;
      },
      get electron() {
        return running.electron;
      },
      call: (name, params) => running.call(name, params),
      state: () => running.state(),
      async kill() {
        alive = false;
        await running.kill();
      },
      quit() {
        alive = false;
        return running.quit();
      },
      async start() {
        running = await door(profile, watch);
        alive = true;
      },
    });
    if (testInfo.status !== testInfo.expectedStatus) await attachTraces(testInfo, running, profile);
    if (alive) await running.quit();
    await browser?.close();
    expect(complaints).toEqual([]);
  },
});

export { expect };

/** As root Chromium has no sandbox to offer, and nothing here may reach out of this machine. */
function chromiumOptions() {
  return {
    ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
    args: ['--disable-background-networking', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  };
}

/** What helps to understand a failure: the app's log, and what the window showed if it still shows anything. */
async function attachTraces(testInfo: TestInfo, { page }: RunningApp, profile: string): Promise<void> {
  const log = join(profile, 'transship.log');
  if (existsSync(log)) await testInfo.attach('transship.log', { path: log });
  const path = testInfo.outputPath('window.png');
  const isShown = await page.screenshot({ path, timeout: 5_000 }).then(
    () => true,
    () => false,
  );
  if (isShown) await testInfo.attach('window', { path });
}
