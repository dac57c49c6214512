/**
 * Owns building the app into out/ and knowing whether that build is still the sources' own. Must not start anything.
 * `node scripts/build.ts` always builds; start-app.ts calls `buildIfStale`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { listFiles } from './source-files.ts';

const root = resolve(import.meta.dirname, '..');
/** Holds the digest of the sources that out/ was built from. Written last, so a broken build leaves none. */
const stamp = join(root, 'out/sources.sha256');
const INPUTS = [
  'src-shared',
  'src-main',
  'src-preload',
  'src-renderer',
  'electron.vite.config.ts',
  'package-lock.json',
];
const OUTPUTS = [
  'out/main/main.js',
  'out/main/headless.js',
  'out/main/worker.js',
  'out/preload',
  'out/renderer/index.html',
];

/** A digest over names and contents: about 20 ms for the whole house, and a checkout's new mtimes change nothing. */
export function digestSources(folder: string): string {
  const digest = createHash('sha256');
  for (const path of listFiles(folder, INPUTS)) {
    if (/\.test\.tsx?$/.test(path)) continue;
    const text = readFileSync(join(folder, path));
    digest.update(`${path}\n${text.length}\n`).update(text);
  }
  return digest.digest('hex');
}

function isFresh(): boolean {
  if (!existsSync(stamp) || !OUTPUTS.every((path) => existsSync(join(root, path)))) return false;
  return readFileSync(stamp, 'utf8').trim() === digestSources(root);
}

/** Builds when out/ is missing or older than the sources. Throws when the build fails. */
export function buildIfStale(): 'built' | 'fresh' {
  if (isFresh()) return 'fresh';
  build();
  return 'built';
}

/** Runs electron-vite. Throws when it fails; what it printed is already on the screen. */
export function build(): void {
  // Taken before the build: a file saved while it runs makes the result stale, not fresh.
  const digest = digestSources(root);
  rmSync(stamp, { force: true });
  const tool = join(root, 'node_modules/electron-vite/bin/electron-vite.js');
  const { status } = spawnSync(process.execPath, [tool, 'build'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('The build failed; what it said is above.');
  const missing = OUTPUTS.filter((path) => !existsSync(join(root, path)));
  if (missing.length > 0) throw new Error(`The build left out ${missing.join(', ')}.`);
  writeFileSync(stamp, `${digest}\n`);
}

if (import.meta.main) build();
