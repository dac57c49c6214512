/** Proves how addresses become keys: decoded once, queries kept apart, permits never. */
import { expect, test } from 'vitest';
import { isSigned, isSitemap, keyOfUrl, keyWithHost, permitEndsAtMs, shownUrl } from './url-key.ts';

test.each([
  ['https://h/img/a%20b.jpg', 'img/a b.jpg'],
  ['https://h/a%2520b', 'a%20b'],
  ['https://h/a%2Fb', 'a/b'],
  ['https://h/100%.jpg', '100%.jpg'],
  ['https://h/%ff.jpg', '%ff.jpg'],
  ['https://h//a/../b', '/a/../b'],
  ['https://h/caf%C3%A9 e\u0301', 'caf\u00e9 e\u0301'],
  ['https://h/a.jpg#top', 'a.jpg'],
  ['https://h/a.jpg#top?x', 'a.jpg'],
  ['https://h', ''],
  ['https://h/a.jpg?', 'a.jpg'],
  ['https://h/image.php?id=5&w=100', 'image.php%3Fid=5&w=100'],
  ['https://h/a?u=http://x/y%20z', 'a%3Fu=http%3A%2F%2Fx%2Fy%2520z'],
  ['https://h?x', '%3Fx'],
])('%s becomes %j', (url, key) => expect(keyOfUrl(url)).toBe(key));

test.each(['id=5', 'u=http://x/../y', 'a=%20&b=%2520', '..\\..', 'q=<">|*:?'])('the query %j comes back', (query) => {
  const key = keyOfUrl(`https://h/a.png?${query}`);
  expect(key).not.toMatch(/[\\/:*?"<>|]/);
  expect(decodeURIComponent(key)).toBe(`a.png?${query}`);
});

test.each([
  'X-Amz-Algorithm=x&X-Amz-Signature=abc',
  'X-Goog-Signature=abc',
  'Expires=1&Signature=abc&Key-Pair-Id=K',
  'sv=2024-01-01&se=2026-11-21T08%3A00%3A00Z&sr=b&sig=abc%3D',
  'alt=media&token=abc',
  'md5=abc&expires=123',
])('a permit (%s) is no part of the key, and is not shown', (query) => {
  const url = `https://h/a/b.jpg?${query}`;
  expect(isSigned(url)).toBe(true);
  expect(keyOfUrl(url)).toBe('a/b.jpg');
  expect(shownUrl(url)).toBe('https://h/a/b.jpg?…');
});

test.each(['h/a.jpg?X-Amz-Signature=abc', 'https//h/a.jpg?v=1&sig=abc', '/a.jpg?token=abc', 'a b?sig=abc'])(
  'a permit is not shown of what was to be an address: %s',
  (text) => {
    expect(shownUrl(text)).not.toContain('abc');
    expect(shownUrl(text)).toContain('?…');
  },
);

test('a password is not shown', () => {
  expect(shownUrl('http://u:p@ss@h/a?v=1')).toBe('http://…@h/a?v=1');
});

test('an ordinary query is shown', () => {
  expect(isSigned('https://h/a?assign=1&design=2#sig=x')).toBe(false);
  expect(shownUrl('https://h/a?v=2')).toBe('https://h/a?v=2');
});

test('the host stands before the path where a service names it so', () => {
  expect(keyWithHost('HTTPS://Static.Example.com:8443/a%20b')).toBe('static.example.com/a b');
});

const END = Date.UTC(2026, 10, 21, 9);
test.each([
  ['X-Amz-Date=20261121T080000Z&X-Amz-Expires=3600&X-Amz-Signature=a', END],
  ['x-goog-date=20261121T080000Z&x-goog-expires=3600&x-goog-signature=a', END],
  [`Expires=${END / 1_000}&Signature=a`, END],
  ['se=2026-11-21T09%3A00%3A00Z&sig=a', END],
  ['se=tomorrow&sig=a', null],
  ['X-Amz-Date=yesterday&X-Amz-Expires=3600', null],
  ['Expires=Thu', null],
  ['v=1', null],
])('the end of a permit in %s', (query, endsAtMs) => expect(permitEndsAtMs(`https://h/a?${query}`)).toBe(endsAtMs));

test.each([
  ['https://h/sitemap.xml', true],
  ['https://h/sitemap.XML.gz', true],
  ['https://h/sitemap.xml?page=2', true],
  ['https://h/xml/', false],
  ['https://h/a?b=c.xml', false],
  ['https://h/a.xml/', false],
  ['sitemap.xml', false],
  ['', false],
])('%s is a sitemap: %s', (container, expected) => expect(isSitemap(container)).toBe(expected));
