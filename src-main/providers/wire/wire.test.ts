/**
 * Owns the proof that keys survive encoding, that Retry-After is read as meant, and that a body is as long as promised.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeOf, NEVER_ABORTED, readAll } from '../conformance/fixture.ts';
import { encodePath, encodeQueryPart } from './encode-path.ts';
import { bytesWanted } from './ranged-answer.ts';
import { receivedChunks } from './received-body.ts';
import { contentHeadersOf, contentLengthOf, requestHeadersOf } from './response-headers.ts';
import { retryAfterMs } from './retry-after.ts';

describe('keys in paths', () => {
  test.each([
    ['a b+c%2F', 'a%20b%2Bc%252F'],
    ['a/../k', 'a/../k'],
    ['a//k', 'a//k'],
    ['/lead', '/lead'],
    ["it's (1)*!", 'it%27s%20%281%29%2A%21'],
    ['é/日本', '%C3%A9/%E6%97%A5%E6%9C%AC'],
    ['a-b_c.d~e', 'a-b_c.d~e'],
    ['?x=1&y#z', '%3Fx%3D1%26y%23z'],
  ])('%j is written as %s', (key, encoded) => {
    expect(encodePath(key)).toBe(encoded);
  });

  test('decoding once gives the key back, and nothing reserved is left', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (key) => {
        expect(decodeURIComponent(encodePath(key))).toBe(key);
        expect(encodePath(key)).toMatch(/^([A-Za-z0-9\-._~/]|%[0-9A-F]{2})*$/);
        expect(encodeQueryPart(key)).not.toContain('/');
      }),
    );
  });
});

describe('Retry-After', () => {
  const nowMs = Date.parse('2026-11-20T21:59:00Z');
  test.each([
    ['7', 7_000],
    [' 120 ', 120_000],
    ['0', 0],
    ['Fri, 20 Nov 2026 22:00:00 GMT', 60_000],
    ['Friday, 20-Nov-26 22:00:00 GMT', 60_000],
    ['Fri, 20 Nov 2026 21:00:00 GMT', 0],
    ['1000000000', 1_000_000_000_000],
    ['9'.repeat(30), Number.MAX_SAFE_INTEGER],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is %s ms', (header, expected) => {
    expect(retryAfterMs(header, nowMs)).toBe(expected);
  });
});

describe('a body on its way in', () => {
  const three = async function* () {
    yield Buffer.from('abc');
    yield Buffer.from('def');
    yield Buffer.from('ghi');
  };
  const read = (sizeBytes: number, skipBytes = 0, goesOn = false) =>
    readAll(receivedChunks(three(), { sizeBytes, skipBytes, goesOn, host: 'h' }, NEVER_ABORTED));

  test('as long as promised, or of unknown length', async () => {
    expect((await read(9)).toString()).toBe('abcdefghi');
    expect((await read(-1)).toString()).toBe('abcdefghi');
  });

  test.each([0, 5, 8, 10])('%i bytes promised and 9 sent is a network failure', async (promised) => {
    expect(await codeOf(read(promised))).toBe('network');
  });

  test('a range cut out of a whole body', async () => {
    for (let first = 0; first < 9; first += 1) {
      for (let last = first; last < 9; last += 1) {
        expect((await read(last - first + 1, first, true)).toString()).toBe('abcdefghi'.slice(first, last + 1));
      }
    }
    expect(await codeOf(read(5, 6, true))).toBe('network');
  });
});

describe('answers to a range', () => {
  const range = { first: 10, last: 19 };
  const answer = (status: number, contentRange: string, length = '10') => ({
    status,
    headers: { 'content-range': contentRange, 'content-length': length },
  });

  test('the range itself, and everything instead of it', () => {
    const exact = { sizeBytes: 10, skipBytes: 0, goesOn: false };
    expect(bytesWanted(answer(206, 'bytes 10-19/50'), range, 'x')).toEqual(exact);
    expect(bytesWanted(answer(200, '', '50'), range, 'x')).toEqual({ sizeBytes: 10, skipBytes: 10, goesOn: true });
  });

  test.each([
    [206, 'bytes 11-20/50', 'network'],
    [206, 'bytes 10-25/50', 'network'],
    [206, '', 'network'],
    [206, 'bytes 10-14/15', 'source-changed'],
    [200, '', 'source-changed'],
  ])('%i with %j is refused', async (status, contentRange, code) => {
    const judged = async () => bytesWanted(answer(status, contentRange, '15'), range, 'x');
    expect(await codeOf(judged())).toBe(code);
  });

  test('part of an asset that was asked for whole', async () => {
    const judged = async () => bytesWanted(answer(206, 'bytes 0-9/50'), undefined, 'x');
    expect(await codeOf(judged())).toBe('network');
  });
});

test('content headers go both ways, and empty or repeated ones make no others', () => {
  const received = { 'content-type': 'text/css', 'cache-control': ['public', 'max-age=1'], expires: '', etag: '"x"' };
  const content = contentHeadersOf(received);
  expect(content).toEqual({ contentType: 'text/css', cacheControl: 'public, max-age=1' });
  expect(requestHeadersOf(content)).toEqual({ 'content-type': 'text/css', 'cache-control': 'public, max-age=1' });
  for (const nonsense of ['-1', '1.5', '0x10', '', '9'.repeat(30)]) {
    expect(contentLengthOf({ 'content-length': nonsense })).toBe(-1);
  }
});
