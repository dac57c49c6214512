/** Proves when an installation is needed, by folders as npm leaves them, and that concurrent starts install once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { whyInstall } from './install-packages.mjs';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'install-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string | object): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

const LOCKED = {
  '': { name: 'app' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/only-windows': { version: '1.0.0', integrity: 'sha512-w', optional: true },
};
const { 'node_modules/only-windows': _elsewhere, '': _app, ...INSTALLED } = LOCKED;

function writeInstalled(): void {
  write('package-lock.json', { packages: LOCKED });
  write('node_modules/.package-lock.json', { packages: INSTALLED });
  write('node_modules/a/package.json', {});
}

test('a complete installation needs nothing, though a package for another system is not there', () => {
  writeInstalled();
  expect(whyInstall(root)).toBeNull();
});

test('no node_modules at all', () => {
  write('package-lock.json', { packages: LOCKED });
  expect(whyInstall(root)).toContain('no complete installation');
});

test('an installation that broke off before its end', () => {
  writeInstalled();
  rmSync(join(root, 'node_modules/.package-lock.json'));
  expect(whyInstall(root)).toContain('no complete installation');
});

test('a lock of npm that was cut in the middle', () => {
  writeInstalled();
  write('node_modules/.package-lock.json', '{"packages": {"node_mod');
  expect(whyInstall(root)).toContain('no complete installation');
});

test.each([
  ['a newer version is wanted', { version: '1.0.1', integrity: 'sha512-b' }, 'another version'],
  ['the same version with other contents', { version: '1.0.0', integrity: 'sha512-c' }, 'another version'],
])('%s', (_what, wanted, reason) => {
  writeInstalled();
  write('package-lock.json', { packages: { ...LOCKED, 'node_modules/a': wanted } });
  expect(whyInstall(root)).toContain(reason);
});

test('a package that was added to the lock file', () => {
  writeInstalled();
  write('package-lock.json', { packages: { ...LOCKED, 'node_modules/b': { version: '2.0.0' } } });
  expect(whyInstall(root)).toBe('node_modules/b is not installed');
});

test('a package whose folder somebody deleted', () => {
  writeInstalled();
  rmSync(join(root, 'node_modules/a'), { recursive: true });
  expect(whyInstall(root)).toBe('node_modules/a is gone');
});

test('a repository without its lock file is an error, not an empty installation', () => {
  expect(() => whyInstall(root)).toThrow('package-lock.json is missing');
});

test('three starts at once run npm once, and all of them find the installation', async () => {
  write('package-lock.json', { packages: LOCKED });
  // Stands in for npm: does what `npm ci` does to this folder, slowly enough for the others to arrive.
  write(
    'bin/npm-cli.js',
    `
    const fs = require('node:fs');
    fs.appendFileSync('runs.log', process.argv[2] + '\\n');
    setTimeout(() => {
      fs.mkdirSync('node_modules/a', { recursive: true });
      fs.writeFileSync('node_modules/a/package.json', '{}');
      fs.writeFileSync('node_modules/.package-lock.json', ${JSON.stringify(JSON.stringify({ packages: INSTALLED }))});
    }, 500);`,
  );
  const module = JSON.stringify(resolve(import.meta.dirname, 'install-packages.mjs'));
  const code = `await (await import(${module})).ensureInstalled(process.cwd(), () => {})`;
  const env = { ...process.env, npm_execpath: join(root, 'bin/npm-cli.js'), npm_node_execpath: process.execPath };
  const starts = [1, 2, 3].map(() =>
    spawn(process.execPath, ['--input-type=module', '--eval', code], { cwd: root, env, stdio: 'inherit' }),
  );
  const ends = await Promise.all(starts.map((child) => once(child, 'exit')));
  expect(ends.map(([exitCode]) => exitCode)).toEqual([0, 0, 0]);
  expect(readFileSync(join(root, 'runs.log'), 'utf8')).toBe('ci\n');
  expect(whyInstall(root)).toBeNull();
});

test('an npm that fails is an error that says so', async () => {
  write('package-lock.json', { packages: LOCKED });
  write('bin/npm', '#!/bin/sh\nexit 7\n');
  chmodSync(join(root, 'bin/npm'), 0o755);
  const module = JSON.stringify(resolve(import.meta.dirname, 'install-packages.mjs'));
  const code = `await (await import(${module})).ensureInstalled(process.cwd(), () => {})`;
  const { npm_execpath: _npm, ...rest } = process.env;
  const env = { ...rest, PATH: `${join(root, 'bin')}${delimiter}${process.env.PATH}` };
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { cwd: root, env });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await once(child, 'close');
  expect(said).toContain('npm ci failed (exit code 7)');
});
