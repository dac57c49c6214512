/** Proves that a list is read as typed: every line becomes an asset or a problem with its line number. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { MAX_KEY_CHARACTERS, MAX_SELECTION_ASSETS } from '../contract/schemas.ts';
import { readUrlList } from './read-url-list.ts';

test('reads one address a line, with a destination key after a TAB or a comma and a space', () => {
  const list = readUrlList(
    'https://a.example/1.jpg\nhttps://a.example/2.jpg\timg/two.jpg\nhttp://a.example/3.jpg, img/three, 3.jpg',
  );
  expect(list.assets).toEqual([
    { sourceKey: 'https://a.example/1.jpg' },
    { sourceKey: 'https://a.example/2.jpg', destinationKey: 'img/two.jpg' },
    { sourceKey: 'http://a.example/3.jpg', destinationKey: 'img/three, 3.jpg' },
  ]);
  expect(list.problems).toEqual([]);
});

test('passes over empty lines and comments and still counts lines as an editor does', () => {
  const list = readUrlList('# photos\r\n\r\nhttps://a.example/1.jpg\r\nftp://a.example/2.jpg\r\n');
  expect(list.lines).toEqual([3]);
  expect(list.problems).toEqual([{ line: 4, message: 'An address begins with http:// or https://.' }]);
});

test('keeps a bare comma in the address and counts such lines', () => {
  const list = readUrlList('https://img.example/w_300,h_200/a.jpg');
  expect(list.assets).toEqual([{ sourceKey: 'https://img.example/w_300,h_200/a.jpg' }]);
  expect(list.commaLines).toBe(1);
});

test('keeps the address exactly as typed: no normalising of case, dots or Unicode', () => {
  const typed = 'https://a.example/a/../b//c%2F/Å.jpg';
  expect(readUrlList(typed).assets).toEqual([{ sourceKey: typed }]);
});

test.each([
  ['nonsense', 'An address begins with'],
  ['javascript:alert(1)', 'An address begins with'],
  ['file:///etc/passwd', 'An address begins with'],
  ['data:text/plain,x', 'An address begins with'],
  ['//a.example/a.jpg', 'An address begins with'],
  ['https://', 'not a complete address'],
  ['https:///a.jpg', 'not a complete address'],
  ['https://a.example:99999/a.jpg', 'not a complete address'],
  ['https://a.example\\@evil.example/a.jpg', 'no backslash'],
  ['https://a.example/a\0.jpg', 'no control characters'],
  ['https://a.example/a\u001b[2J.jpg', 'no control characters'],
  ['https://a.example/\ud800.jpg', 'no broken ones'],
  ['https://a.example/', 'names no file'],
  ['https://a.example/folder/', 'names no file'],
  ['https://a.example/a%0d%0aX-Header:1', 'a line break or NUL. Give it'],
  ['https://a.example/a%00.jpg', 'a line break or NUL. Give it'],
  ['https://a.example/a.jpg\tfolder/', 'names no file'],
  ['https://a.example/a b.jpg', 'no spaces'],
  ['https://user:secret@a.example/a.jpg', 'user name or password'],
  [`https://a.example/${'x'.repeat(MAX_KEY_CHARACTERS)}`, 'at most'],
  [`https://a.example/a\t${'k'.repeat(MAX_KEY_CHARACTERS + 1)}`, 'A key has at most'],
  ['https://a.example/a\tkey\tmore', 'Columns are url, size'],
  [`https://a.example/${'x'.repeat(65_536)}`, 'at most'],
])('refuses %.40j with a sentence', (line, sentence) => {
  const list = readUrlList(line);
  expect(list.assets).toEqual([]);
  expect(list.problems).toEqual([{ line: 1, message: expect.stringContaining(sentence) }]);
});

test('reports a second use of a destination key and of an address, each with the line of the first', () => {
  const list = readUrlList(
    'https://a.example/1\tsame\nhttps://a.example/2\tsame\nhttps://a.example/3\nhttps://a.example/3',
  );
  expect(list.assets).toHaveLength(2);
  expect(list.problems).toEqual([
    { line: 2, message: 'The same destination key is in line 1; one would overwrite the other.' },
    { line: 4, message: 'The same address is in line 3; one would overwrite the other.' },
  ]);
});

test('the same address may go to two destination keys', () => {
  expect(readUrlList('https://a.example/1\tone\nhttps://a.example/1\ttwo').assets).toHaveLength(2);
});

test('stops at the limit of a migration and says at which line', () => {
  const text = Array.from({ length: MAX_SELECTION_ASSETS + 5 }, (_, at) => `https://a.example/${at}`).join('\n');
  const list = readUrlList(text);
  expect(list.assets).toHaveLength(MAX_SELECTION_ASSETS);
  expect(list.problems).toHaveLength(1);
  expect(list.problems[0]?.line).toBe(MAX_SELECTION_ASSETS + 1);
});

const BYTES = Buffer.from('the bytes');
const digestOf = (name: string, encoding: 'hex' | 'base64') => createHash(name).update(BYTES).digest(encoding);
const md5 = digestOf('md5', 'hex');
const sha256 = digestOf('sha256', 'hex');

describe('a table', () => {
  const asset = { sourceKey: 'https://a.example/1.jpg', sizeBytes: 9, md5, sha256, destinationKey: 'img/one.jpg' };

  test.each([
    ['commas', ','],
    ['semicolons', ';'],
    ['TABs', '\t'],
  ])('with %s, in any order of columns, digests in either spelling', (_, separator) => {
    const rows = [
      ['key', 'URL', 'size_bytes', 'md5', 'sha256'],
      ['img/one.jpg', 'https://a.example/1.jpg', '9', md5.toUpperCase(), digestOf('sha256', 'base64')],
      ['', 'https://a.example/2.jpg', '', '', ''],
    ];
    const text = rows.map((cells) => cells.join(separator)).join('\r\n');
    const list = readUrlList(`\uFEFF# made by a shop\n\n${text}`);
    expect(list).toMatchObject({ assets: [asset, { sourceKey: 'https://a.example/2.jpg' }], lines: [4, 5] });
    expect(list).toMatchObject({ problems: [], stated: 1 });
  });

  test('quotes as CSV has them, remarks and empty lines between, the last line without an end', () => {
    const list = readUrlList(
      'url,key\n# "the" second\n\n"https://a.example/w_1,h_2/a.jpg","a ""b"", c.jpg"\nhttps://a.example/b,b',
    );
    expect(list.assets).toEqual([
      { sourceKey: 'https://a.example/w_1,h_2/a.jpg', destinationKey: 'a "b", c.jpg' },
      { sourceKey: 'https://a.example/b', destinationKey: 'b' },
    ]);
    expect(list.lines).toEqual([4, 5]);
  });

  test('quoted addresses without a first line of names', () => {
    const list = readUrlList('"https://a.example/w_1,h_2/a.jpg"\n"https://a.example/b","k"\n');
    expect(list.assets).toEqual([
      { sourceKey: 'https://a.example/w_1,h_2/a.jpg' },
      { sourceKey: 'https://a.example/b', destinationKey: 'k' },
    ]);
  });

  test('one column for digests of either kind', () => {
    const list = readUrlList(
      `url,digest\nhttps://a.example/1,${digestOf('md5', 'base64')}\nhttps://a.example/2,${sha256}\n`,
    );
    expect(list.assets).toMatchObject([{ md5 }, { sha256 }]);
  });

  test('a cell that a spreadsheet would take for a formula is a name like any other', () => {
    const list = readUrlList('url,key\nhttps://a.example/1,=HYPERLINK(1)\nhttps://a.example/2,__proto__\n');
    expect(list.assets.map(({ destinationKey }) => destinationKey)).toEqual(['=HYPERLINK(1)', '__proto__']);
  });

  const url = 'https://a.example/1';
  test.each([
    ['an unknown column', `url,title\n${url},x`, 1, 'The column "title" is not known'],
    ['a column twice', `url,key,target\n${url},x,y`, 1, 'two columns for the key'],
    ['too few cells', `url,key\n${url}`, 2, 'has 1 cells and there are 2'],
    ['too many cells', `url,size\nhttps://a.example/w_1,h_2/a.jpg,5`, 2, 'stands in quotes'],
    ['an open quote', `url,key\n${url},"x\n\n`, 2, 'never closed'],
    ['a quote inside', `url,key\n${url},x"y`, 2, 'a quote stands inside'],
    ['a negative size', `url,size\n${url},-1`, 2, '"-1" is no size'],
    ['a fraction', `url,size\n${url},1.5`, 2, 'is no size'],
    ['an exponent', `url,size\n${url},1e3`, 2, 'is no size'],
    ['other digits', `url,size\n${url},٣`, 2, 'is no size'],
    ['beyond exact numbers', `url,size\n${url},9007199254740993`, 2, 'is no size'],
    ['a digest of another length', `url,md5\n${url},abcd`, 2, 'is no md5'],
    ['a sha256 among md5', `url,md5\n${url},${sha256}`, 2, 'is no md5'],
    ['letters that are none', `url,md5\n${url},${'g'.repeat(32)}`, 2, 'is no md5'],
    ['base64 with bits left over', `url,md5\n${url},${'A'.repeat(21)}B==`, 2, 'is no md5'],
    ['two digests that differ', `url,md5,digest\n${url},${md5},${'0'.repeat(32)}`, 2, 'Two different md5'],
    ['a line break in an address', `url,key\n"https://a.example/\n1",k`, 2, 'no control characters'],
    ['a line break in a key', `url,key\n${url},"a\nb"`, 2, 'line break'],
    ['an empty address', 'url,key\n,k', 2, 'begins with http'],
  ])('refuses %s at its line', (_, text, line, sentence) => {
    const list = readUrlList(text);
    expect(list.problems).toEqual([{ line, message: expect.stringContaining(sentence) }]);
    expect(list.assets).toEqual([]);
  });

  test('a first line of names alone, and nothing at all, are lists without assets', () => {
    for (const text of ['', '\uFEFF', 'url,key\n', '# only a remark', '\r\r\n\n']) {
      expect(readUrlList(text)).toMatchObject({ assets: [], problems: [] });
    }
  });
});

describe("the list of Google's Storage Transfer", () => {
  const base64 = digestOf('md5', 'base64');

  test('is read as it is, and names assets by host and path as that service does', () => {
    const list = readUrlList(
      `TsvHttpData-1.0\nhttps://A.example:8443/img/a%20b.jpg\t9\t${base64}\nhttp://b.example/c,d.jpg\t0\n`,
    );
    expect(list.problems).toEqual([]);
    expect(list.assets).toEqual([
      {
        sourceKey: 'https://A.example:8443/img/a%20b.jpg',
        destinationKey: 'a.example/img/a b.jpg',
        sizeBytes: 9,
        md5,
      },
      { sourceKey: 'http://b.example/c,d.jpg', destinationKey: 'b.example/c,d.jpg', sizeBytes: 0 },
    ]);
    expect(list.lines).toEqual([2, 3]);
  });

  test.each([
    [`http://a.example/a\t1\t${base64}\tx`, 'three columns'],
    ['http://a.example/a\tmany', 'is no size'],
    ['http://a.example/a\t1\tnonsense', 'is no md5'],
    ['gs://bucket/a\t1', 'begins with http'],
    ['http://a.example/', 'names no file'],
  ])('%j is refused at its line', (row, sentence) => {
    expect(readUrlList(`TsvHttpData-1.0\n${row}`).problems).toEqual([
      { line: 2, message: expect.stringContaining(sentence) },
    ]);
  });
});

test('two addresses that become one key: the second is told of the first', () => {
  const list = readUrlList(
    'https://a.example/a%20b.jpg\nhttps://b.example/a%20b.jpg\nhttps://a.example/c\tk\nhttps://a.example/k',
  );
  expect(list.problems).toEqual([
    { line: 2, message: 'The same destination key is in line 1; one would overwrite the other.' },
    { line: 4, message: 'The same destination key is in line 3; one would overwrite the other.' },
  ]);
});

test('a million lines of nonsense are given up early, and a million of sense at the limit', () => {
  const nonsense = readUrlList('x\n'.repeat(1_000_000));
  expect(nonsense.problems).toHaveLength(1_001);
  const sense = readUrlList(Array.from({ length: 1_000_000 }, (_, at) => `http://h/${at}`).join('\n'));
  expect([sense.assets.length, sense.problems.length]).toEqual([MAX_SELECTION_ASSETS, 1]);
});
