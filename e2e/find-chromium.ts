/**
 * Owns finding a Chromium on this machine. Must not install one (scripts/test.mjs does) and must not start it.
 * Asked by playwright.config.ts and by the stand-in for Electron.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** CHROMIUM_PATH, else the first on PATH, else the fallback (Playwright's own). Throws a sentence when there is none. */
export function findChromium(env: Readonly<Record<string, string | undefined>>, fallback?: string): string {
  const chosen = env.CHROMIUM_PATH;
  if (chosen) {
    if (isProgram(chosen)) return chosen;
    throw new Error(`CHROMIUM_PATH names ${chosen}, which is no program.`);
  }
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isProgram);
  if (found !== undefined) return found;
  if (fallback !== undefined && isProgram(fallback)) return fallback;
  throw new Error('No Chromium was found. Install one (npx playwright install chromium), or set CHROMIUM_PATH.');
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
