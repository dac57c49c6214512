/** Proves that a pasted list is read as typed: every line becomes an asset or a problem with its line number. */
import { expect, test } from 'vitest';
import { MAX_KEY_CHARACTERS, MAX_SELECTION_ASSETS } from '../../../src-shared/contract/schemas.ts';
import { parseUrlList } from './url-list.ts';

test('reads one address a line, with a destination key after a TAB or a comma and a space', () => {
  const list = parseUrlList(
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
  const list = parseUrlList('# photos\r\n\r\nhttps://a.example/1.jpg\r\nftp://a.example/2.jpg\r\n');
  expect(list.lines).toEqual([3]);
  expect(list.problems).toEqual([{ line: 4, message: 'An address begins with http:// or https://.' }]);
});

test('keeps a bare comma in the address and counts such lines', () => {
  const list = parseUrlList('https://img.example/w_300,h_200/a.jpg');
  expect(list.assets).toEqual([{ sourceKey: 'https://img.example/w_300,h_200/a.jpg' }]);
  expect(list.commaLines).toBe(1);
});

test('keeps the address exactly as typed: no normalising of case, dots or Unicode', () => {
  const typed = 'https://a.example/a/../b//c%2F/Å.jpg';
  expect(parseUrlList(typed).assets).toEqual([{ sourceKey: typed }]);
});

test.each([
  ['nonsense', 'An address begins with'],
  ['javascript:alert(1)', 'An address begins with'],
  ['https://', 'not a complete address'],
  ['https://a.example/a b.jpg', 'no spaces'],
  ['https://user:secret@a.example/a.jpg', 'user name or password'],
  [`https://a.example/${'x'.repeat(MAX_KEY_CHARACTERS)}`, 'at most'],
  [`https://a.example/a\t${'k'.repeat(MAX_KEY_CHARACTERS + 1)}`, 'A key has at most'],
  ['https://a.example/a\tkey\tmore', 'More than two columns'],
])('refuses %.40j with a sentence', (line, sentence) => {
  const list = parseUrlList(line);
  expect(list.assets).toEqual([]);
  expect(list.problems).toEqual([{ line: 1, message: expect.stringContaining(sentence) }]);
});

test('reports a second use of a destination key and of an address, each with the line of the first', () => {
  const list = parseUrlList(
    'https://a.example/1\tsame\nhttps://a.example/2\tsame\nhttps://a.example/3\nhttps://a.example/3',
  );
  expect(list.assets).toHaveLength(2);
  expect(list.problems).toEqual([
    { line: 2, message: 'The same destination key is in line 1; one would overwrite the other.' },
    { line: 4, message: 'The same address is in line 3; one would overwrite the other.' },
  ]);
});

test('the same address may go to two destination keys', () => {
  expect(parseUrlList('https://a.example/1\tone\nhttps://a.example/1\ttwo').assets).toHaveLength(2);
});

test('stops at the limit of a migration and says at which line', () => {
  const text = Array.from({ length: MAX_SELECTION_ASSETS + 5 }, (_, at) => `https://a.example/${at}`).join('\n');
  const list = parseUrlList(text);
  expect(list.assets).toHaveLength(MAX_SELECTION_ASSETS);
  expect(list.problems).toHaveLength(1);
  expect(list.problems[0]?.line).toBe(MAX_SELECTION_ASSETS + 1);
});
