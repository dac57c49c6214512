/** Owns the proof of what a key, a folder and the options of an account may be, without a server. */
import { expect, test } from 'vitest';
import { codeOf } from '../conformance/fixture.ts';
import { assertFtpKey, assertPlace, folderOf, hasEdgeSpace, pathOf, temporaryPath } from './ftp-key.ts';
import { createFtp } from './ftp-provider.ts';
import { ftpSettings } from './ftp-settings.ts';

/** What throws at once, as something that fails. */
async function trying<Given extends readonly unknown[]>(work: (...given: Given) => unknown, ...given: Given) {
  work(...given);
}

test.each([
  'a\r\nDELE b',
  'a\nb',
  'a\rb',
  'a\0b',
  '',
  '/a',
  'a/',
  'a//b',
  '..',
  'a/../b',
  './a',
  '\ud800',
  'x'.repeat(256),
])('the key %j is refused', async (key) => {
  expect(await codeOf(trying(assertFtpKey, '/media', key))).toBe('name-invalid');
});

test('keys that look like unfinished files, and paths that are longer than a command line, are refused', async () => {
  expect(await codeOf(trying(assertFtpKey, '/', 'a/.transship-1.partial'))).toBe('name-invalid');
  const key = 'folder/'.repeat(560);
  expect(await codeOf(trying(assertFtpKey, '/', `${key}x`))).toBe('none');
  expect(await codeOf(trying(assertFtpKey, `/${'c'.repeat(100)}`, `${key}x`))).toBe('name-invalid');
});

test.each(['media', '', '/a/../b', '//a', '/a\r\nDELE b'])('the folder %j is refused', async (container) => {
  expect(await codeOf(trying(assertPlace, container, ''))).toBe('invalid-input');
});

test.each(['/a', '../', 'a//b', 'a\r\n'])('the prefix %j is refused', async (prefix) => {
  expect(await codeOf(trying(assertPlace, '/media', prefix))).toBe('invalid-input');
});

test('paths are whole, and unfinished files lie beside finished ones', () => {
  expect(pathOf('/', ' a')).toBe('/ a');
  expect(pathOf('/media/', 'a/b')).toBe('/media/a/b');
  expect([folderOf('/a'), folderOf('/a/b/c')]).toEqual(['/', '/a/b']);
  expect(temporaryPath('/a/b', 't-1')).toBe('/a/.transship-t-1.partial');
  expect(['a/b ', ' a/b', 'a /b', 'a b/c d'].map(hasEdgeSpace)).toEqual([true, true, true, false]);
});

const ACCOUNT = { options: { host: 'ftp.example.com', user: 'mover' }, secrets: { password: 'p' } };
const PINNED = 'AB'.repeat(32);

test('settings: the usual ports, explicit TLS unless said otherwise, fingerprints in every spelling', () => {
  expect(ftpSettings(ACCOUNT)).toMatchObject({ port: 21, security: 'explicit', trust: null, fingerprint: null });
  const withOptions = (options: Record<string, string>) =>
    ftpSettings({ ...ACCOUNT, options: { ...ACCOUNT.options, ...options } });
  expect(withOptions({ security: 'implicit' }).port).toBe(990);
  expect(withOptions({ host: '[::1]', port: '2121' })).toMatchObject({ host: '::1', port: 2121 });
  for (const fingerprint of [PINNED, PINNED.toLowerCase(), `sha256:${PINNED}`, PINNED.replaceAll(/..(?!$)/g, '$&:')]) {
    expect(withOptions({ fingerprint }).fingerprint).toBe(PINNED.replaceAll(/..(?!$)/g, '$&:'));
  }
});

test.each([
  ['options.host', { host: 'ftp://x' }, {}],
  ['options.host', { host: 'a b' }, {}],
  ['options.port', { port: '0' }, {}],
  ['options.port', { port: '65536' }, {}],
  ['options.user', { user: 'a\r\nDELE b' }, {}],
  ['secrets.password', {}, { password: 'a\r\nDELE b' }],
  ['options.authority', { authority: 'x' }, {}],
  ['options.authority', { authority: '-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----' }, {}],
  ['options.fingerprint', { fingerprint: 'AB:CD' }, {}],
])('settings: %s is refused where it is wrong', (field, options, secrets) => {
  const account = { options: { ...ACCOUNT.options, ...options }, secrets: { ...ACCOUNT.secrets, ...secrets } };
  expect(() => createFtp(account)).toThrow(expect.objectContaining({ failure: expect.objectContaining({ field }) }));
});
