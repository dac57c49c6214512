/**
 * Owns the proof that web servers keep the contract of providers against a real one, which the environment names. Run by
 * `npm run test:servers`, with and without ranges, plain and by TLS.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { codeOf, listKeys, NEVER_ABORTED, readAll } from '../conformance/fixture.ts';
import { describeProvider } from '../provider-conformance.ts';
import { httpDescriptor } from './descriptor.ts';
import { createHttp } from './http-provider.ts';

const {
  TRANSSHIP_TEST_HTTP_ADDRESS: address = '',
  TRANSSHIP_TEST_HTTP_FOLDER: folder = '',
  TRANSSHIP_TEST_HTTP_USER: user = '',
  TRANSSHIP_TEST_HTTP_PASSWORD: password = '',
  /** What signed the certificate of a server with TLS. */
  TRANSSHIP_TEST_HTTP_AUTHORITY: authority = '',
} = process.env;
const ours = { allowPrivateAddresses: 'true', authority };

if (address === '') test.skip('TRANSSHIP_TEST_HTTP_ADDRESS names no server');
else {
  describeProvider(`HTTP at ${address}`, setUp, httpDescriptor.capabilities);
  describe('beside its index', () => testTheRest());
}

function putFile(path: string, bytes: Uint8Array | string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

async function setUp() {
  const mark = randomBytes(6).toString('hex');
  // Names that must be encoded, because the folder is a part of every address.
  const home = `ä set ${mark}/100% & more`;
  const at = (path: string) => `${address}${path.split('/').map(encodeURIComponent).join('/')}/`;
  for (const made of [home, `empty-${mark}`, 'locked']) mkdirSync(join(folder, made), { recursive: true });
  const make = (options: Record<string, string> = ours) => createHttp({ options, secrets: {} });
  const source = { role: 'source', field: 'container' } as const;
  return {
    provider: make(),
    another: () => make(),
    container: at(home),
    emptyContainer: at(`empty-${mark}`),
    missingContainer: at(`missing-${mark}`),
    seed: async (key: string, bytes: Uint8Array) => putFile(join(home, key), bytes),
    leftovers: async () => [],
    keepsNewKeysApart: true,
    // nginx leaves them out of every index.
    hidesFromLists: (key: string) => /(^|\/)\./.test(key),
    broken: [
      {
        ...source,
        what: 'a port where nobody listens',
        provider: make(),
        container: 'http://127.0.0.1:9/',
        step: 'connect',
        code: 'network',
      },
      {
        ...source,
        what: 'a folder that wants a sign-in',
        provider: make(),
        container: at('locked'),
        step: 'sign',
        code: 'auth-expired',
        field: 'options.user',
      },
      {
        ...source,
        what: 'a private address for an account that may not',
        provider: make({}),
        container: at(home),
        step: 'connect',
        code: 'permission-denied',
      },
    ] as const,
    close: async () => rmSync(join(folder, `ä set ${mark}`), { recursive: true }),
  };
}

function testTheRest(): void {
  const provider = () => createHttp({ options: ours, secrets: {} });

  test('a sign-in opens what is locked, and only with the right password', async () => {
    putFile('locked/secret.txt', 'behind the door');
    const signed = (given: string) =>
      createHttp({ options: { ...ours, user, signInAddress: address }, secrets: { password: given } });
    const opened = await signed(password).open(`${address}locked/`, 'secret.txt', { signal: NEVER_ABORTED });
    expect((await readAll(opened.body)).toString()).toBe('behind the door');
    expect(await codeOf(signed('wrong').head(`${address}locked/`, 'secret.txt', NEVER_ABORTED))).toBe('auth-expired');
  });

  test('sitemaps, plain and packed, list what is then read', async () => {
    putFile('site/a b.txt', 'an asset');
    const url = `${address}site/a%20b.txt`;
    const xml = `<urlset><url><loc>${url}</loc></url></urlset>`;
    putFile('site/sitemap.xml', xml);
    putFile('site/sitemap.xml.gz', gzipSync(xml));
    putFile(
      'site/index.xml',
      `<sitemapindex><sitemap><loc>${address}site/sitemap.xml.gz</loc></sitemap></sitemapindex>`,
    );
    for (const name of ['sitemap.xml', 'sitemap.xml.gz', 'index.xml']) {
      const container = `${address}site/${name}`;
      expect(await listKeys(provider(), container, '')).toEqual([url]);
      const opened = await provider().open(container, url, { signal: NEVER_ABORTED });
      expect((await readAll(opened.body)).toString()).toBe('an asset');
      expect(await provider().check(container, '', 'source', NEVER_ABORTED)).toMatchObject({ ok: true });
    }
  });
}
