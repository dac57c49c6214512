/**
 * Owns the proof of which keys SFTP takes: none that could be another file, or none, on the server.
 */
import { describe, expect, test } from 'vitest';
import { toFailure } from '../../../src-shared/model/failure.ts';
import { assertListedName, assertSftpContainer, assertSftpKey, assertSftpPrefix } from './sftp-key.ts';

function failureOf(work: () => void) {
  try {
    work();
    return null;
  } catch (thrown) {
    return toFailure(thrown);
  }
}

test.each([
  '',
  '/lead',
  'dir/',
  'a//b',
  'a/./b',
  'a/../b',
  '..',
  '.',
  'nul\0byte',
  'line\nbreak',
  'carriage\rreturn',
  'half-\ud800',
  'undecodable-\ufffd',
  `${'x'.repeat(256)}`,
  '.transship-1.partial',
  'folder/.transship-1.partial',
])('%j is no key', (key) => {
  expect(failureOf(() => assertSftpKey('/srv', key))).toMatchObject({ code: 'name-invalid', retryable: false });
});

test.each(['a', 'a/b', '...', '.hidden', 'a b', 'back\\slash', 'tab\there', 'caf\u00e9', 'cafe\u0301', '-rf', '*'])(
  '%j is one',
  (key) => {
    expect(failureOf(() => assertSftpKey('/srv', key))).toBeNull();
  },
);

test('a path is no longer than a server takes', () => {
  const key = Array.from({ length: 16 }, () => 'y'.repeat(250)).join('/');
  expect(failureOf(() => assertSftpKey('/srv', key))).toBeNull();
  expect(failureOf(() => assertSftpKey(`/${'z'.repeat(100)}`, key))).toMatchObject({ code: 'name-invalid' });
});

describe('what a server lists', () => {
  test('a name that is not UTF-8 is told, and one that no file can have', () => {
    expect(failureOf(() => assertListedName('/srv', 'bad-\ufffd'))).toMatchObject({ code: 'name-invalid' });
    expect(failureOf(() => assertListedName('/srv', '../../etc/passwd'))).toMatchObject({ code: 'unexpected' });
    expect(failureOf(() => assertListedName('/srv', 'good'))).toBeNull();
  });
});

test.each(['', 'a\nb', 'a\0'])('%j is no folder', (container) => {
  expect(failureOf(() => assertSftpContainer(container))).toMatchObject({ code: 'invalid-input', field: 'container' });
});

test('a prefix is judged up to its last folder', () => {
  expect(failureOf(() => assertSftpPrefix('../up'))).toMatchObject({ code: 'invalid-input', field: 'prefix' });
  for (const prefix of ['', 'a', 'a/', 'a/..', 'a/b']) expect(failureOf(() => assertSftpPrefix(prefix))).toBeNull();
});
