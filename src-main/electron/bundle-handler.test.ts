/** Proves that the handler gives out the files of the bundle, under our headers, and nothing else. Real folder. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createBundleHandler } from './bundle-handler.ts';

const CANARY = 'outside the bundle';
const folder = mkdtempSync(join(tmpdir(), 'transship-bundle-'));
const root = join(folder, 'renderer');
mkdirSync(join(root, 'assets'), { recursive: true });
writeFileSync(join(folder, 'secret.js'), CANARY);
writeFileSync(join(root, 'index.html'), '<!doctype html><title>Transship</title>');
writeFileSync(join(root, 'assets/app.js'), 'run();');
writeFileSync(join(root, 'assets/app.css'), 'body {}');
writeFileSync(join(root, 'assets/inter.woff2'), 'font');
writeFileSync(join(root, 'assets/app.js.map'), '{}');
symlinkSync(join(folder, 'secret.js'), join(root, 'assets/link.js'));
symlinkSync(folder, join(root, 'up'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const handle = createBundleHandler(root);
const get = (url: string, method = 'GET') => handle(new Request(url, { method }));

test.each([
  ['app://bundle/index.html', 'text/html; charset=utf-8', '<!doctype html><title>Transship</title>'],
  ['app://bundle/index.html?x#y', 'text/html; charset=utf-8', '<!doctype html><title>Transship</title>'],
  ['app://bundle/assets/app.js', 'text/javascript; charset=utf-8', 'run();'],
  ['app://bundle/assets/app.css', 'text/css; charset=utf-8', 'body {}'],
  ['app://bundle/assets/inter.woff2', 'font/woff2', 'font'],
])('serves %s', async (url, mediaType, text) => {
  const response = await get(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe(mediaType);
  expect(await response.text()).toBe(text);
});

test('every answer, refusals too, carries the content security policy', async () => {
  for (const url of ['app://bundle/index.html', 'app://bundle/nothing']) {
    const { headers } = await get(url);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'self'; form-action 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; " +
        "require-trusted-types-for 'script'; trusted-types app",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  }
});

test('HEAD answers without a body; writing is refused', async () => {
  const head = await get('app://bundle/index.html', 'HEAD');
  expect([head.status, await head.text()]).toEqual([200, '']);
  for (const method of ['POST', 'PUT', 'DELETE'])
    expect((await get('app://bundle/index.html', method)).status).toBe(405);
});

const PATHS = [
  '',
  '/',
  '/assets',
  '/assets/',
  '/index.htm',
  '/INDEX.HTML',
  '/index.html/',
  '/index.html%00',
  '/index.html%00.js',
  '/index.html::$DATA',
  '/../secret.js',
  '/../../secret.js',
  '/..%2fsecret.js',
  '/..%2Fsecret.js',
  '/%2e%2e/secret.js',
  '/%2e%2e%2fsecret.js',
  '/%252e%252e%252fsecret.js',
  '/.%2e/secret.js',
  '/..;/secret.js',
  '/..\\secret.js',
  '/..%5csecret.js',
  '/%5c..%5csecret.js',
  '/assets/../../secret.js',
  '/assets/..%2f..%2fsecret.js',
  '/assets/%2e%2e/%2e%2e/secret.js',
  '/assets/....//....//secret.js',
  '/assets/link.js',
  '/assets/app.js.map',
  '/assets//app.js',
  '//assets/app.js',
  '///etc/passwd',
  '/etc/passwd',
  '/%2fetc%2fpasswd',
  '/up/secret.js',
  '/up/renderer/index.html',
  '/c:/windows/win.ini',
  '/\\\\server\\share\\secret.js',
  '/file:///etc/passwd',
  '/.%00./secret.js',
  '/%c0%ae%c0%ae/secret.js',
  '/\u2025/secret.js',
  '/~/secret.js',
];

test.each(PATHS)('has nothing under %j', async (path) => {
  const response = await get(`app://bundle${path}`);
  expect(response.status).toBe(404);
  expect(await response.text()).not.toContain(CANARY);
});

test.each(['app://evil/index.html', 'app://bundle@evil/index.html', 'https://bundle/index.html'])(
  'has nothing for another host: %s',
  async (url) => {
    // `Request` refuses credentials in an address; Electron's handler gets the address as it is.
    const request = { url, method: 'GET' } as Request;
    expect((await handle(request)).status).toBe(404);
  },
);
