/**
 * Owns building the app into out/ and knowing whether that build is still the sources' own. Must not start the app.
 * `node scripts/build.ts` always builds; start-app.ts and run-checks.ts call `buildIfStale`.
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withFolderLock } from './folder-lock.mjs';
import { runTool } from './run-tool.ts';
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
  'main/main.js',
  'main/headless.js',
  'main/cli.js',
  'main/worker.js',
  'preload/preload.cjs',
  'renderer/index.html',
];

/** A digest over names and contents: about 20 ms for the whole house, and a checkout's new times change nothing. */
export function digestSources(folder: string): string {
  const digest = createHash('sha256');
  for (const path of listFiles(folder, INPUTS)) {
    if (/\.test\.tsx?$/.test(path)) continue;
    const text = readFileSync(join(folder, path));
    digest.update(`${path}\n${text.length}\n`).update(text);
  }
  return digest.digest('hex');
}

/** Builds when out/ is missing or is not from these sources. Throws when the build fails. */
export async function buildIfStale(): Promise<void> {
  if (isFresh()) return;
  await withLock(async () => {
    if (!isFresh()) await build();
  });
}

function isFresh(): boolean {
  if (!existsSync(stamp) || missingOutputs().length > 0) return false;
  return readFileSync(stamp, 'utf8').trim() === digestSources(root);
}

async function build(): Promise<void> {
  // Taken before the build: a file saved while it runs makes the result stale, not fresh.
  const digest = digestSources(root);
  rmSync(stamp, { force: true });
  const tool = join(root, 'node_modules/electron-vite/bin/electron-vite.js');
  const { status } = await runTool(process.execPath, [tool, 'build', root]);
  if (status !== 0) throw new Error('The build failed; what it said is above.');
  const missing = missingOutputs();
  if (missing.length > 0) throw new Error(`The build left out ${missing.join(', ')}.`);
  // npm links it as the command `transship`.
  chmodSync(join(root, 'out/main/cli.js'), 0o755);
  writeFileSync(stamp, `${digest}\n`);
}

function missingOutputs(): string[] {
  return OUTPUTS.filter((path) => !existsSync(join(root, 'out', path)));
}

function withLock(action: () => Promise<void>): Promise<void> {
  const lock = join(root, '.cache/build.lock');
  return withFolderLock(lock, () => console.error('Another build is running here; waiting for it.'), action);
}

if (import.meta.main) await withLock(build);
