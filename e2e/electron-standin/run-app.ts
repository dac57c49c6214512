/**
 * Owns starting the app as Electron does: find its main file, load it, and only then become ready.
 * Must not know the app. Started by the launcher.
 */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { becomeReady, describeApp } from './app.ts';

// Without Playwright's loader, which cuts it, our own name still stands where Electron has none.
if (process.argv[1] === import.meta.filename) process.argv.splice(1, 1);

const given = process.argv.slice(1).find((argument) => !argument.startsWith('-')) ?? '.';
const appPath = resolve(given);
const isFolder = statSync(appPath).isDirectory();
const description = isFolder ? (JSON.parse(readFileSync(join(appPath, 'package.json'), 'utf8')) as PackageFile) : {};
const main = isFolder ? createRequire(import.meta.url).resolve(join(appPath, description.main ?? 'index.js')) : appPath;

interface PackageFile {
  readonly name?: string;
  readonly productName?: string;
  readonly version?: string;
  readonly main?: string;
}

describeApp({
  path: appPath,
  name: description.productName ?? description.name ?? 'Electron',
  version: description.version ?? '0.0.0',
});
try {
  await import(pathToFileURL(main).href);
  await becomeReady();
} catch (thrown) {
  console.error(thrown);
  process.exit(1);
}
