/** Proves that every format of the URL map says the same pairs, whatever is in the keys, and drops none in silence. */
import { describe, expect, it } from 'vitest';
import { URL_MAP_FORMATS, type UrlMapFormat, type WebBase } from '../../src-shared/model/evidence.ts';
import { readCsv, unguarded } from '../../src-shared/report/csv.ts';
import { collect, evidenceOf, storedMigration } from './evidence-under-test.ts';
import { openEvidence } from './open-evidence.ts';

const OLD: WebBase = { url: 'https://old.example/static', prefix: '' };
const NEW: WebBase = { url: 'https://new.example/a$b/', prefix: 'archive/' };

function mapOf(format: UrlMapFormat, keys: readonly string[], change: object = {}) {
  const migration = storedMigration({ counts: { completed: keys.length }, ...change });
  const jobs = keys.map((key, index) => evidenceOf(index + 1, key, `archive/${key}`));
  const order = { kind: 'url-map', migrationId: 3, format, oldBase: OLD, newBase: NEW } as const;
  const { chunks } = openEvidence(migration, order, async () => jobs);
  return collect(chunks());
}

/** Without remarks and without what stands around the redirects. */
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !/^\s*#/.test(line));

const KEYS = {
  plain: 'a/b.jpg',
  space: 'two words.jpg',
  quotes: `it's "quoted".jpg`,
  percent: '100%25 %.jpg',
  unicode: 'é́/日本😀.jpg',
  dollar: `$1 $${'{x}'} $uri.jpg`,
  regex: '~^(a|b)*+?[c]{2}.jpg',
  backslash: 'a\\b\\n.jpg',
  marks: 'a?b#c&d=e;f,g.jpg',
  colon: ':splat/*/:id.jpg',
  newline: 'a\nb\tc\r.jpg',
  plus: 'a+b.jpg',
  hash: '#first.jpg',
  formula: '=1+1',
};

describe('the URL map', () => {
  it.each(Object.entries(KEYS))('is, as addresses, what browsers make of the key: %s', async (_, key) => {
    const [, row] = [...readCsv(await mapOf('csv', [key]))];
    const [oldUrl = '', newUrl = '', sourceKey, destinationKey] = row?.cells.map(unguarded) ?? [];
    expect([sourceKey, destinationKey]).toEqual([key, `archive/${key}`]);
    // A browser sends them as they are, and what a server decodes is the key.
    expect(new URL(oldUrl).href).toBe(oldUrl);
    expect(new URL(newUrl).href).toBe(newUrl);
    expect(decodeURIComponent(new URL(oldUrl).pathname)).toBe(`/static/${key}`);
    expect(decodeURIComponent(new URL(newUrl).pathname)).toBe(`/a$b/${key}`);
    expect(newUrl).toMatch(/^https:\/\/new\.example[A-Za-z0-9\-._~/%]+$/);
  });

  it('is JSON of the same rows', async () => {
    const rows = JSON.parse(await mapOf('json', Object.values(KEYS))) as { sourceKey: string; oldUrl: string }[];
    expect(rows.map(({ sourceKey }) => sourceKey)).toEqual(Object.values(KEYS));
    expect(rows.every(({ oldUrl }) => URL.canParse(oldUrl))).toBe(true);
    expect(JSON.parse(await mapOf('json', []))).toEqual([]);
  });

  it.each([
    [KEYS.quotes, `"old.example/static/it's \\"quoted\\".jpg"`],
    [KEYS.dollar, `"old.example/static/$1 $${'{x}'} $uri.jpg"`],
    [KEYS.backslash, '"old.example/static/a\\\\b\\\\n.jpg"'],
    [KEYS.newline, '"old.example/static/a\\nb\\tc\\r.jpg"'],
    [KEYS.percent, '"old.example/static/100%25 %.jpg"'],
  ])('is for nginx the decoded address between quotes: %j', async (key, word) => {
    const [, , entry] = lines(await mapOf('nginx', [key]));
    expect(entry?.trim().startsWith(`${word} "https://new.example/`)).toBe(true);
    expect(entry?.slice(entry.indexOf('"https')).match(/[$\\]/)).toBeNull();
  });

  it('says what nginx cannot tell apart, and what is too long for it', async () => {
    const text = await mapOf('nginx', ['A.jpg', 'a.jpg', 'x'.repeat(4_100), 'Ä', 'ä']);
    expect(text).toMatch(/# left out: "a\.jpg": an asset above has the same old address/);
    expect(text).toMatch(/# left out: "xxx.*no word of more than/);
    expect(lines(text)).toHaveLength(6);
  });

  it('is for Apache one line of two words, spelled as its own escaping does', async () => {
    const text = await mapOf('apache', [KEYS.space, KEYS.newline, KEYS.unicode, KEYS.hash, 'k'.repeat(1_000)]);
    const words = lines(text).map((line) => line.split(' '));
    expect(words.every((line) => line.length === 2)).toBe(true);
    expect(words.map(([from]) => from)).toEqual([
      'old.example/static/two%20words.jpg',
      'old.example/static/a%0ab%09c%0d.jpg',
      'old.example/static/%c3%a9%cc%81/%e6%97%a5%e6%9c%ac%f0%9f%98%80.jpg',
      'old.example/static/%23first.jpg',
    ]);
    expect(text).toMatch(/# left out: "kkk/);
    // mod_rewrite would read the rest of a longer line as a line of its own.
    expect(Math.max(...text.split('\n').map((line) => Buffer.byteLength(line)))).toBeLessThan(1_024);
  });

  it('is for Netlify free of splats and placeholders', async () => {
    const [entry = ''] = lines(await mapOf('netlify', [KEYS.colon]));
    expect(entry).toBe('/static/%3Asplat/%2A/%3Aid.jpg https://new.example/a%24b/%3Asplat/%2A/%3Aid.jpg 301!');
    expect(lines(await mapOf('netlify', Object.values(KEYS))).every((line) => line.split(' ').length === 3)).toBe(true);
  });

  it('is for Vercel a pattern in which every character means itself', async () => {
    const { redirects } = JSON.parse(await mapOf('vercel', [KEYS.regex, KEYS.colon])) as { redirects: object[] };
    expect(redirects).toEqual([
      {
        source: '/static/~%5E\\(a%7Cb\\)\\*%2B%3F%5Bc%5D%7B2%7D.jpg',
        destination: 'https://new.example/a%24b/~%5E%28a%7Cb%29%2A%2B%3F%5Bc%5D%7B2%7D.jpg',
        statusCode: 301,
      },
      {
        source: '/static/\\:splat/\\*/\\:id.jpg',
        destination: 'https://new.example/a%24b/%3Asplat/%2A/%3Aid.jpg',
        statusCode: 301,
      },
    ]);
    expect(JSON.parse(await mapOf('vercel', []))).toMatchObject({ redirects: [] });
  });

  it('is for Cloudflare lines without a head, quoted where there is a comma', async () => {
    expect(await mapOf('cloudflare', [KEYS.plain, 'a,b'])).toBe(
      'old.example/static/a/b.jpg,https://new.example/a%24b/a/b.jpg,301\r\n' +
        '"old.example/static/a,b",https://new.example/a%24b/a%2Cb,301\r\n',
    );
  });

  it.each(['csv', 'json', 'nginx', 'apache', 'netlify'] as const)(
    'names in %s the assets that no address leads to',
    async (format) => {
      const text = await mapOf(format, ['a/../b', 'fine']);
      expect(text).toContain('a/../b');
      expect(text).toContain('is resolved before a server sees it');
      expect(text).toContain('fine');
    },
  );

  it.each(['cloudflare', 'vercel'] as const)('is refused for %s when it would not be whole', async (format) => {
    await expect(mapOf(format, ['fine', 'a/../b'])).rejects.toMatchObject({
      failure: { code: 'unsupported', message: expect.stringContaining('a/../b') },
    });
  });

  it('holds what stands at the destination, and nothing that does not', async () => {
    const jobs = [
      evidenceOf(1, 'moved', 'archive/moved'),
      { ...evidenceOf(2, 'left', 'archive/left'), job: { ...evidenceOf(2, 'left', 'archive/left').job, proof: null } },
    ];
    const asked: object[] = [];
    const order = { kind: 'url-map', migrationId: 3, format: 'csv', oldBase: OLD, newBase: NEW } as const;
    const { chunks } = openEvidence(storedMigration({}), order, async (query) => {
      asked.push(query);
      return jobs;
    });
    const text = await collect(chunks());
    expect(text).toContain('moved');
    expect(text).not.toContain('left');
    expect(asked).toMatchObject([{ states: ['completed', 'skipped'] }]);
  });

  it.each([
    ['of a list', { container: '', selection: 'assets' }],
    ['of a sitemap', { container: 'https://a.example/sitemap.xml', selection: 'listing' }],
  ] as const)('takes source keys that are whole addresses, %s, as they are, on all of their hosts', async (_, from) => {
    const keys = ['https://a.example/x%20y.jpg', 'http://b.example:81/z?v=2', 'https://a.example/x%20y.jpg'];
    const migration = storedMigration(from);
    const jobs = keys.map((key, index) => evidenceOf(index + 1, key, `archive/${index}`));
    const text = async (format: UrlMapFormat) =>
      collect(
        openEvidence(
          migration,
          { kind: 'url-map', migrationId: 3, format, oldBase: null, newBase: NEW },
          async () => jobs,
        ).chunks(),
      );
    expect(await text('csv')).toContain('https://a.example/x%20y.jpg,https://new.example/a%24b/0');
    expect(await text('csv')).toContain('http://b.example:81/z?v=2,');
    expect(await text('csv')).toMatch(/an asset above has the same old address/);
    expect(lines(await text('netlify'))).toEqual(['https://a.example/x%20y.jpg https://new.example/a%24b/0 301!']);
    expect(await text('nginx')).toContain('"a.example/x y.jpg"');
    expect(await text('nginx')).toMatch(/# left out: "http:\/\/b\.example:81.*has a query/);
  });

  it.each(URL_MAP_FORMATS)(
    'holds no permit of a signed address, whose path alone leads to the new one: %s',
    async (format) => {
      const key = 'https://a.example/x%20y.jpg?X-Amz-Expires=60&X-Amz-Signature=c0ffee';
      const migration = storedMigration({ counts: { completed: 1 }, container: '', selection: 'assets' });
      const jobs = [evidenceOf(1, key, 'archive/0')];
      const order = { kind: 'url-map', migrationId: 3, format, oldBase: null, newBase: NEW } as const;
      const text = await collect(openEvidence(migration, order, async () => jobs).chunks());
      expect(text).not.toMatch(/c0ffee|Signature|Expires/);
      expect(text).toContain('https://new.example/a%24b/0');
      const [, row] = format === 'csv' ? [...readCsv(text)] : [];
      if (format !== 'csv') return;
      const shown = ['https://a.example/x%20y.jpg', 'https://new.example/a%24b/0', 'https://a.example/x%20y.jpg?…'];
      expect(row?.cells.slice(0, 4)).toEqual([...shown, 'archive/0']);
    },
  );

  it.each([
    ['ftp://x', 'newBase.url'],
    ['new.example', 'newBase.url'],
    ['https://u:p@new.example', 'newBase.url'],
    ['https://new.example/?x', 'newBase.url'],
  ])('refuses the base %s at its field', (url, field) => {
    const order = {
      kind: 'url-map',
      migrationId: 3,
      format: 'csv',
      oldBase: OLD,
      newBase: { url, prefix: '' },
    } as const;
    expect(() => openEvidence(storedMigration({}), order, async () => [])).toThrowError(
      expect.objectContaining({ failure: expect.objectContaining({ field }) }),
    );
  });
});
