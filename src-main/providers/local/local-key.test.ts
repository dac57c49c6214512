/**
 * Owns the proof that no key can leave the root folder or become another name, on every platform.
 */
import { describe, expect, test } from 'vitest';
import { FailureError } from '../../../src-shared/model/failure.ts';
import { assertLocalKey, assertLocalPrefix, isTemporaryName, keyProblem, temporaryName } from './local-key.ts';

const REFUSED_EVERYWHERE = [
  '',
  '/abs',
  '/',
  '//srv/s',
  '.',
  '..',
  '../up',
  'a/..',
  'a/../b',
  'a/../../b',
  './a',
  'a/./b',
  'a//b',
  'a/',
  'nul\0',
  'a/\0/b',
  'half\ud800',
  '\udfff',
  'x'.repeat(256),
  'é'.repeat(128),
  '日'.repeat(86),
  `a/${'😀'.repeat(64)}`,
  '.transship-1-2.partial',
  'a/.transship-x.partial',
];
const REFUSED_ON_WINDOWS = [
  '..\\..\\x',
  'C:\\x',
  'C:x',
  'a:b',
  'a/b:stream',
  'CON',
  'nul.txt',
  'a/Com1',
  'lpt9.tar.gz',
  'com¹',
  'trailing.',
  '...',
  'trailing ',
  'a./b',
  'q?',
  '<x>',
  'pi|pe',
  'st*r',
  'quo"te',
  'tab\t',
  'esc\u001b',
];
const TAKEN_EVERYWHERE = [
  'a',
  '..a',
  '-rf',
  '%2e%2e%2f',
  '%00',
  '__proto__',
  '.transship-x',
  'con-artist',
  'x'.repeat(255),
  'é'.repeat(127),
  `${'d/'.repeat(500)}f`,
];

describe.each(['linux', 'darwin', 'win32'] as const)('on %s', (platform) => {
  const refused = platform === 'win32' ? [...REFUSED_EVERYWHERE, ...REFUSED_ON_WINDOWS] : REFUSED_EVERYWHERE;
  const taken = platform === 'win32' ? TAKEN_EVERYWHERE : [...TAKEN_EVERYWHERE, ...REFUSED_ON_WINDOWS];

  test.each(refused.map((key) => [key]))('%j is refused', (key) => {
    expect(keyProblem(key, platform)).not.toBeNull();
    expect(() => assertLocalKey('/srv/www', key, platform)).toThrow(FailureError);
  });

  test.each(taken.map((key) => [key]))('%j is taken', (key) => {
    expect(keyProblem(key, platform)).toBeNull();
  });
});

test('a path longer than the system allows is refused before anything is tried', () => {
  const key = `${`${'d'.repeat(200)}/`.repeat(20)}f`;
  expect(() => assertLocalKey(`/${'r'.repeat(100)}`, key, 'linux')).toThrow('its path would have');
  expect(() => assertLocalKey('/r', key, 'linux')).not.toThrow();
});

test('temporary names are known again and can be no key', () => {
  const name = temporaryName('12-ab.c');
  expect(isTemporaryName(name)).toBe(true);
  expect(keyProblem(name, 'linux')).not.toBeNull();
});

test('a prefix may end anywhere but not climb', () => {
  for (const prefix of ['', 'a', 'a/', 'a/b', 'a/..', '.']) {
    expect(() => assertLocalPrefix(prefix, 'linux')).not.toThrow();
  }
  for (const prefix of ['/', '/a', '../', '../a', 'a/../b', 'a//b']) {
    expect(() => assertLocalPrefix(prefix, 'linux')).toThrow('No file can have a key');
  }
});
