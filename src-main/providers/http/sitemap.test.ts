/**
 * Owns the proof that a sitemap is listed whole and in order, that a restart goes on where the listing was, and that
 * sitemaps which are damaged, endless or hostile are refused with a reason.
 */
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toFailure } from '../../../src-shared/model/failure.ts';
import { bytesOf, codeOf, listKeys, md5, NEVER_ABORTED, readAll } from '../conformance/fixture.ts';
import type { Provider } from '../provider.ts';
import { createHttp } from './http-provider.ts';
import { HttpTestServer } from './http-test-server.ts';
import { sitemapReader } from './sitemap-parser.ts';

const NAMESPACE = 'http://www.sitemaps.org/schemas/sitemap/0.9';
const allowed = { allowPrivateAddresses: 'true' };
let server: HttpTestServer;
let provider: Provider;

beforeEach(async () => {
  server = await HttpTestServer.start();
  provider = createHttp({ options: allowed, secrets: {} });
});
afterEach(async () => {
  await provider.close();
  await server.stop();
});

const urlset = (...addresses: readonly string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="${NAMESPACE}">${addresses
    .map((address) => `\n <url><loc>${address.replaceAll('&', '&amp;')}</loc><lastmod>2026-11-20</lastmod></url>`)
    .join('')}\n</urlset>\n`;
const sitemapindex = (...addresses: readonly string[]) =>
  `<sitemapindex xmlns="${NAMESPACE}">${addresses.map((address) => `<sitemap><loc>${address}</loc></sitemap>`).join('')}</sitemapindex>`;

function serve(name: string, body: string | Uint8Array, headers: Record<string, string> = {}): string {
  server.pages.set(`/${name}`, { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body });
  return `${server.origin}/${name}`;
}
const at = (path: string) => `${server.origin}/${path}`;
const list = (container: string, prefix = '', limit = 1_000) => listKeys(provider, container, prefix, limit);
const page = (from: Provider, container: string, position: string | null, limit: number) =>
  from.list(container, '', { position, limit, signal: NEVER_ABORTED });
/** Pages one after the other, each from a provider of its own, as after a restart. */
async function listRestarting(container: string, limit: number, between = (_: number) => undefined as unknown) {
  const keys: string[] = [];
  let position: string | null = null;
  for (let number = 0; ; number += 1) {
    const fresh = createHttp({ options: allowed, secrets: {} });
    const { assets, position: next } = await page(fresh, container, position, limit);
    await fresh.close();
    keys.push(...assets.map(({ key }) => key));
    if (next === null) return keys;
    expect(next).not.toBe(position);
    position = next;
    between(number);
  }
}

describe('a sitemap', () => {
  test('gives its addresses as keys, each once, exactly as they stand there, and they are read', async () => {
    const bytes = bytesOf(1_000);
    server.put('a b.png', bytes);
    const odd = [at('a%20b.png'), at('x?id=1&v=2'), at('a/../b'), at('caf%C3%A9')];
    const container = serve('sitemap.xml', urlset(...odd, at('a%20b.png')));
    expect(await list(container)).toEqual(odd);
    const opened = await provider.open(container, at('a%20b.png'), { signal: NEVER_ABORTED });
    expect(md5(await readAll(opened.body))).toBe(md5(bytes));
    expect((await provider.head(container, at('a%20b.png'), NEVER_ABORTED))?.sizeBytes).toBe(1_000);
  });

  test('gives images and videos of its pages too, with prefixes of names, CDATA and white space', async () => {
    const container = serve(
      'sitemap.xml',
      `<sm:urlset xmlns:sm="${NAMESPACE}"><sm:url><sm:loc>\n ${at('page')}\n</sm:loc>
      <image:image><image:loc><![CDATA[${at('i.png?a=1&b=2')}]]></image:loc><image:title>loc</image:title></image:image>
      <video:video><video:thumbnail_loc>${at('t.jpg')}</video:thumbnail_loc><video:content_loc>${at('v.mp4')}</video:content_loc></video:video>
      </sm:url></sm:urlset>`,
    );
    expect(await list(container)).toEqual([at('page'), at('i.png?a=1&b=2'), at('t.jpg'), at('v.mp4')]);
    expect(await list(container, at('i'))).toEqual([at('i.png?a=1&b=2')]);
  });

  test('packed: by its name, by its header, or already unpacked', async () => {
    const text = urlset(at('a'), at('b'));
    const packed = gzipSync(text);
    const containers = [
      serve('one.xml.gz', packed, { 'content-type': 'application/gzip' }),
      serve('two.xml', packed, { 'content-encoding': 'gzip' }),
      serve('three.xml.gz', text),
    ];
    for (const container of containers) expect(await list(container)).toEqual([at('a'), at('b')]);
  });

  test('of 50,000 addresses comes in pages, asked for once', async () => {
    const addresses = Array.from({ length: 50_000 }, (_, index) => at(`assets/${index}.png`));
    const container = serve('sitemap.xml', urlset(...addresses));
    expect(await list(container)).toEqual(addresses);
    expect(server.seen).toHaveLength(1);
  });

  test('leaves out other hosts unless the account takes all, and the connection test says how many', async () => {
    const elsewhere = ['https://cdn.example/a.png', `${at('').replace('127.0.0.1', 'localhost')}b.png`];
    server.put('page', bytesOf(3));
    const container = serve('sitemap.xml', urlset(at('page'), ...elsewhere));
    expect(await list(container)).toEqual([at('page')]);
    const report = await provider.check(container, '', 'source', NEVER_ABORTED);
    expect(report.ok).toBe(true);
    expect(report.remarks.join()).toContain('On other hosts, and left out: 2 of the 3 addresses');
    const all = createHttp({ options: { ...allowed, sitemapHosts: 'all' }, secrets: {} });
    expect(await listKeys(all, container, '')).toEqual([at('page'), ...elsewhere]);
    await all.close();
  });

  test('what is no address at all is left to its job, which says so', async () => {
    const container = serve('sitemap.xml', urlset('ftp://h/a', '/relative', 'http://u:p@h/'));
    expect(await list(container)).toEqual(['ftp://h/a', '/relative']);
    for (const key of ['ftp://h/a', '/relative']) {
      expect(await codeOf(provider.open(container, key, { signal: NEVER_ABORTED }))).toBe('invalid-input');
    }
  });
});

describe('an index of sitemaps', () => {
  const threeSitemaps = () => {
    const children = [1, 2, 3].map((number) =>
      serve(`part-${number}.xml`, urlset(...[1, 2, 3].map((asset) => at(`${number}/${asset}`)), at('logo.png'))),
    );
    const keys = [1, 2, 3].flatMap((number) => [...[1, 2, 3].map((asset) => at(`${number}/${asset}`)), at('logo.png')]);
    return { container: serve('sitemap.xml', sitemapindex(...children)), keys };
  };

  test('is walked sitemap by sitemap', async () => {
    const { container, keys } = threeSitemaps();
    expect(await list(container)).toEqual(keys);
    expect(server.seen.map(({ target }) => target)).toEqual([
      '/sitemap.xml',
      '/part-1.xml',
      '/part-2.xml',
      '/part-3.xml',
    ]);
  });

  test.each([1, 2, 3, 4, 5, 11, 12])('goes on after a restart, %i at a time', async (limit) => {
    const { container, keys } = threeSitemaps();
    expect(await listRestarting(container, limit)).toEqual(keys);
  });

  test('that is changed between two pages loses nothing that it still has', async () => {
    const { container, keys } = threeSitemaps();
    const listed = await listRestarting(container, 2, (number) => {
      if (number === 2) serve('part-2.xml', urlset(at('2/0'), at('2/1'), at('2/2'), at('2/3')));
    });
    expect(new Set(listed)).toEqual(new Set([...keys, at('2/0')]));
    const after = await listRestarting(container, 5, () => serve('sitemap.xml', sitemapindex(at('part-3.xml'))));
    expect(after.slice(-4)).toEqual([at('3/1'), at('3/2'), at('3/3'), at('logo.png')]);
  });

  test('inside another is refused, and so is one that leads nowhere', async () => {
    const inner = serve('inner.xml', sitemapindex(at('x.xml')));
    expect(await codeOf(list(serve('outer.xml', sitemapindex(inner))))).toBe('unsupported');
    expect(await codeOf(list(serve('lost.xml', sitemapindex(at('missing.xml')))))).toBe('not-found');
    expect(await codeOf(list(serve('bad.xml', sitemapindex('ftp://h/x.xml'))))).toBe('invalid-input');
  });

  test('leads to no private place, neither a sitemap nor an address, whatever it says', async () => {
    const closed = 'http://169.254.169.254/latest/meta-data';
    const all = createHttp({ options: { ...allowed, sitemapHosts: 'all' }, secrets: {} });
    const container = serve('sitemap.xml', sitemapindex(`${closed}/sitemap.xml`));
    expect(await codeOf(listKeys(all, container, ''))).toBe('permission-denied');
    expect(await codeOf(all.open(container, closed, { signal: NEVER_ABORTED }))).toBe('permission-denied');
    await all.close();
    const careful = createHttp({ options: {}, secrets: {} });
    expect(await codeOf(listKeys(careful, container, ''))).toBe('permission-denied');
    await careful.close();
  });
});

describe('what is no sitemap', () => {
  const entity = `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(1_000)}"><!ENTITY b "${'&a;'.repeat(1_000)}">]>`;
  test.each([
    ['a page', '<html><body><loc>x</loc></body></html>', 'unsupported'],
    ['nothing', '', 'unsupported'],
    ['text', 'https://example.com/a', 'unsupported'],
    ['JSON', '{"urls":[]}', 'unsupported'],
    ['cut in the middle', urlset('http://h/a').slice(0, -12), 'unsupported'],
    ['cut in an address', urlset('http://h/a').slice(0, 140), 'unsupported'],
    ['without an address', urlset(' '), 'unsupported'],
    ['an address without end', urlset('x'.repeat(10_000)), 'unsupported'],
    ['nested without end', `<urlset>${'<url>'.repeat(10_000)}`, 'unsupported'],
    ['UTF-16', Buffer.from(urlset('http://h/a'), 'utf16le'), 'unsupported'],
    ['bytes that are no UTF-8', Buffer.from([...Buffer.from('<urlset>'), 0xff]), 'unsupported'],
    ['damaged gzip', Buffer.from([...gzipSync(urlset('http://h/a')).subarray(0, 40), 1, 2, 3]), 'unsupported'],
    ['gzip in gzip', gzipSync(gzipSync(urlset('http://h/a'))), 'unsupported'],
    ['a bomb', gzipSync(Buffer.alloc(60 * 1024 * 1024, ' ')), 'too-large'],
    ['entities that grow', `${entity}<urlset><url><loc>&b;&b;</loc></url></urlset>`, 'none'],
    [
      'more than it may have',
      urlset(...Array.from({ length: 50_001 }, (_, index) => `http://h/${index}`)),
      'too-large',
    ],
  ])('%s', async (_, body, code) => {
    expect(await codeOf(list(serve('sitemap.xml', body)))).toBe(code);
  });

  test('an error of the server, and a cut on the way, are what they are', async () => {
    const container = serve('sitemap.xml', urlset(at('a')));
    server.quirks = { status: 503 };
    expect(await codeOf(list(container))).toBe('rate-limited');
    server.quirks = { cutsAfterBytes: 10 };
    server.pages.clear();
    server.put('sitemap.xml', Buffer.from(urlset(at('a'))));
    expect(await codeOf(list(container))).toBe('network');
    server.put('sitemap.xml', gzipSync(urlset(...Array.from({ length: 1_000 }, (_, index) => at(`${index}`)))));
    for (const cutsAfterBytes of [0, 1, 100, 2_000]) {
      server.quirks = { cutsAfterBytes };
      expect(await codeOf(list(container))).toBe('network');
    }
  });

  test('a signed one that lists sitemaps where addresses belong is told without its permit', async () => {
    serve('inner.xml?sig=secret', sitemapindex(at('a')));
    const failure = await list(serve('outer.xml', sitemapindex(at('inner.xml?sig=secret')))).then(
      () => null,
      toFailure,
    );
    expect(failure).toMatchObject({ code: 'unsupported', message: expect.stringContaining('inner.xml?…') });
    expect(JSON.stringify(failure)).not.toContain('secret');
  });

  test('a missing one, an empty one', async () => {
    expect(await codeOf(list(at('none.xml')))).toBe('not-found');
    expect(await list(serve('empty.xml', urlset()))).toEqual([]);
  });
});

test('an entity of its own is text like any other: nothing is expanded', () => {
  const reader = sitemapReader('it');
  reader.write('<!DOCTYPE x [<!ENTITY a "boom">]><urlset><url><loc>http://h/&a;&amp;x</loc></url></urlset>');
  expect(reader.end().addresses).toEqual(['http://h/&a;&x']);
});
