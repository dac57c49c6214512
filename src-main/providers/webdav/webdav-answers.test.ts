/** Owns the proof of what is pure: addresses to names, versions, statuses, keys. */
import { describe, expect, test } from 'vitest';
import { FailureError } from '../../../src-shared/model/failure.ts';
import { nameBelow } from './read-href.ts';
import { isVersion, sizeOfVersion, versionOf } from './resource-version.ts';
import { webdavFailure } from './webdav-failure.ts';
import { assertReadableKey, assertWritableKey } from './webdav-key.ts';

function thrownBy(work: () => unknown): FailureError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof FailureError) return thrown;
    throw thrown;
  }
  throw new Error('Nothing was thrown.');
}

describe('an address in an answer is the name', () => {
  test.each([
    ['/dav/a%20b/', '/dav/a%20b/', ''],
    ['/dav/a%20b/', '/dav/a%20b', ''],
    ['/dav/a%20b/', '/dav/a b/c', 'c'],
    ['/dav/', 'https://other.example:8443/dav/100%25.png', '100%.png'],
    ['/dav/', '/dav/%2520', '%20'],
    ['/dav/', '/dav/folder/', 'folder'],
    ['/dav/', '/dav/caf%C3%A9', 'caf\u00e9'],
    ['/dav/', '/dav/cafe%CC%81', 'cafe\u0301'],
    ['/', '/x', 'x'],
    ['/', '/', ''],
  ])('below %s, %s is %j', (folder, href, name) => {
    expect(nameBelow(folder, href)).toBe(name);
  });

  test.each([
    ['/dav/', '/other/x', 'unexpected'],
    ['/dav/', '/dav/x/y', 'unexpected'],
    ['/dav/', 'relative', 'unexpected'],
    ['/dav/', '/dav/a%2Fb', 'name-invalid'],
    ['/dav/', '/dav/%E9', 'name-invalid'],
    ['/dav/', '/dav/50%', 'name-invalid'],
    ['/dav/', '/dav/%2e%2e', 'name-invalid'],
  ])('below %s, %s is refused as %s', (folder, href, code) => {
    expect(thrownBy(() => nameBelow(folder, href)).failure.code).toBe(code);
  });
});

describe('versions', () => {
  const facts = { sizeBytes: 3, modifiedAtMs: 1_000, etag: '"a b"' };

  test('a weak ETag that becomes strong is the same version', () => {
    expect(versionOf({ ...facts, etag: 'W/"a b"' })).toBe(versionOf(facts));
    expect(isVersion(versionOf(facts) ?? '', { ...facts, etag: 'W/"a b"' })).toBe(true);
  });

  test('an ETag that PROPFIND does not show is no difference', () => {
    const listed = versionOf({ ...facts, etag: undefined }) ?? '';
    expect(isVersion(listed, facts)).toBe(true);
    expect(isVersion(listed, { ...facts, modifiedAtMs: 2_000 })).toBe(false);
  });

  test('another size, time or ETag is another version; what is not said is not', () => {
    const token = versionOf(facts) ?? '';
    for (const other of [{ sizeBytes: 4 }, { modifiedAtMs: 2_000 }, { etag: '"b"' }]) {
      expect(isVersion(token, { ...facts, ...other })).toBe(false);
    }
    expect(isVersion(token, { sizeBytes: -1 })).toBe(true);
    expect(isVersion('something else', facts)).toBe(false);
    expect([sizeOfVersion(token), sizeOfVersion(undefined)]).toEqual([3, -1]);
    expect(versionOf({ sizeBytes: 3 })).toBeUndefined();
  });
});

test.each([
  [400, 'name-invalid', false],
  [403, 'permission-denied', false],
  [405, 'unsupported', false],
  [409, 'not-found', true],
  [413, 'too-large', false],
  [416, 'source-changed', true],
  [423, 'permission-denied', true],
  [429, 'rate-limited', true],
  [500, 'network', true],
  [502, 'network', true],
  [507, 'quota-exceeded', false],
  [418, 'unexpected', false],
])('status %i means %s', (status, code, retryable) => {
  expect(webdavFailure(status, {}, 'h', 'write x').failure).toMatchObject({ code, retryable });
});

test('Retry-After is kept', () => {
  expect(webdavFailure(503, { 'retry-after': '7' }, 'h', 'write x').failure.retryAfterMs).toBe(7_000);
});

test('a tab can be read and not written; a line break neither', () => {
  expect(() => assertReadableKey('a\tb')).not.toThrow();
  expect(thrownBy(() => assertWritableKey('a\tb')).failure.code).toBe('name-invalid');
  for (const key of ['a\nb', 'a\rb', '../a', 'a//b', '/a', 'a/', '.transship-1.partial']) {
    expect(thrownBy(() => assertReadableKey(key)).failure.code).toBe('name-invalid');
  }
});
