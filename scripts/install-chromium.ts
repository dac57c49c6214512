/**
 * Owns having a Chromium for the tests: takes what is there, else downloads Playwright's, else asks Debian for one. Must
 * not start it beyond asking its version. Called by run-checks.ts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { findChromium } from '../e2e/find-chromium.ts';
import { runTool } from './run-tool.ts';

/** Where Playwright's downloads come from unless PLAYWRIGHT_DOWNLOAD_HOST says otherwise. */
const DOWNLOAD_HOST = 'https://cdn.playwright.dev';
const CONNECT_MS = 5_000;

/** Where installers put browsers on systems that do not keep programs on the path. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
    (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
  ),
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((variable) =>
    ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'].map((path) =>
      join(process.env[variable] ?? 'C:/', path),
    ),
  ),
};

/** The path of a Chromium that runs. Throws a sentence that says what to install when there is none to be had. */
export async function findOrInstallChromium(root: string): Promise<string> {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== '') {
    if (runs(named)) return named;
    throw new Error(`CHROMIUM_PATH names ${named}, which does not run.`);
  }
  const found = installedChromium();
  if (found !== null) return found;
  if (await answers(process.env.PLAYWRIGHT_DOWNLOAD_HOST ?? DOWNLOAD_HOST)) {
    console.log('There is no Chromium here; downloading the one that Playwright brings.');
    await runTool(process.execPath, [join(root, 'node_modules/playwright/cli.js'), 'install', 'chromium']);
  }
  if (installedChromium() === null && existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    console.log("Installing the system's chromium with apt-get.");
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await runTool('apt-get', ['update'], env);
    await runTool('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], env);
  }
  const installed = installedChromium();
  if (installed !== null) return installed;
  throw new Error('The tests need Chromium: install chromium or Google Chrome, or set CHROMIUM_PATH to one.');
}

function installedChromium(): string | null {
  const candidates = [onPath(), chromium.executablePath(), ...(PLACES[process.platform] ?? [])];
  return candidates.find((path) => path !== null && runs(path)) ?? null;
}

function onPath(): string | null {
  try {
    return findChromium({ PATH: process.env.PATH });
  } catch {
    // None there; the caller has other places to look.
    return null;
  }
}

/** Asking for the version also shows that its libraries are there. Windows browsers do not answer it, so they only have to exist. */
function runs(path: string): boolean {
  if (!existsSync(path)) return false;
  return process.platform === 'win32' || spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0;
}

async function answers(address: string): Promise<boolean> {
  try {
    // Any answer will do: the host can be reached.
    await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(CONNECT_MS) });
    return true;
  } catch {
    // Cannot be reached; the caller has another way.
    return false;
  }
}
