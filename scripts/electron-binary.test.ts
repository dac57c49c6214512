/** Proves what counts as an installed Electron. The download itself is the package's own and is not tried here. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installedElectron, rootCause } from './electron-binary.ts';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'electron-binary-'));
  write('node_modules/electron/package.json', '{"version":"45.4.1"}');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function unpack(version: string): void {
  write('node_modules/electron/dist/electron', '');
  write('node_modules/electron/dist/version', version);
  write('node_modules/electron/path.txt', 'electron');
}

test('the package alone is not a binary', () => {
  expect(installedElectron(root, {}, 'linux')).toBeNull();
});

test('an unpacked binary of the same version is found', () => {
  unpack('v45.4.1\n');
  const path = join(root, 'node_modules/electron/dist/electron');
  expect(installedElectron(root, {}, 'linux')).toEqual({ path, overridden: false });
});

test('an unpacked binary of an older version is not', () => {
  unpack('44.0.0');
  expect(installedElectron(root, {}, 'linux')).toBeNull();
});

test('a download that broke off before its last file is not', () => {
  unpack('45.4.1');
  rmSync(join(root, 'node_modules/electron/path.txt'));
  expect(installedElectron(root, {}, 'linux')).toBeNull();
});

test('ELECTRON_OVERRIDE_DIST_PATH decides alone when it is set', () => {
  unpack('45.4.1');
  const env = { ELECTRON_OVERRIDE_DIST_PATH: join(root, 'mine') };
  expect(installedElectron(root, env, 'linux')).toBeNull();
  write('mine/electron', '');
  expect(installedElectron(root, env, 'linux')).toEqual({ path: join(root, 'mine/electron'), overridden: true });
});

test('the sentence about a failed download names the cause at the bottom', () => {
  const dns = new Error('getaddrinfo ENOTFOUND example.test');
  expect(rootCause(new TypeError('fetch failed', { cause: dns }))).toBe('getaddrinfo ENOTFOUND example.test');
  expect(rootCause('plain')).toBe('plain');
});
