/**
 * Owns how the e2e specs run: the same specs through both doors, the Electron window and the headless server in a
 * browser. Which Electron that is, the run says at its start. Called by `playwright test`.
 */
import { chromium, defineConfig } from '@playwright/test';
import { findChromium } from './e2e/find-chromium.ts';
import type { DoorOptions } from './e2e/fixtures.ts';

// Also for what the specs start: the stand-in for Electron looks here.
process.env.CHROMIUM_PATH = findChromium(process.env, chromium.executablePath());

export default defineConfig<DoorOptions>({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  outputDir: 'test-results/e2e',
  globalSetup: './e2e/announce-electron.ts',
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['list'], ['json']] : [['list']],
  forbidOnly: true,
  // A spec starts a whole app with its worker processes: more at once would only wait for each other.
  workers: 2,
  fullyParallel: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: { actionTimeout: 10_000 },
  projects: [
    {
      name: 'electron',
      use: { doorName: 'electron' },
      // Pictures are made on request, and by the window only.
      testIgnore: process.env.UPDATE_SCREENSHOTS === '1' ? [] : ['**/screenshots.spec.ts'],
    },
    {
      name: 'browser',
      use: { doorName: 'browser' },
      testIgnore: ['**/{desktop,real-binary,window-crash,screenshots}.spec.ts'],
    },
  ],
});
