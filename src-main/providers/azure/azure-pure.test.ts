/**
 * Owns the proof of what needs no service: keys, metadata, headers, blocks.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FailureError } from '../../../src-shared/model/failure.ts';
import { blobHead, blobHeaders } from './blob-asset.ts';
import { assertBlobKey } from './blob-key.ts';
import { azureMetadata, metadataOf } from './blob-metadata.ts';
import { blocksOf, MAX_BLOB_BYTES } from './limits.ts';

describe('keys', () => {
  test.each(['a', 'dir/', '/lead', 'a//b', '.hidden', 'a.b/c.d', 'x'.repeat(1_024), 'ä'.repeat(1_024), 'q?#%20+'])(
    '%j can be held',
    (key) => {
      expect(() => assertBlobKey(key)).not.toThrow();
    },
  );

  test.each([
    '',
    '.',
    '..',
    'a/../b',
    'a/./b',
    'a./b',
    'x.',
    'back\\slash',
    'tab\t',
    'a\r\nb',
    'nul\0',
    'del\u007f',
    'next\u0085line',
    'half\ud800',
    'x'.repeat(1_025),
    'a/'.repeat(254),
  ])('%j is refused', (key) => {
    expect(() => assertBlobKey(key)).toThrow(FailureError);
    expect(() => assertBlobKey(key)).toThrow(/cannot be stored in Azure/);
  });
});

describe('metadata', () => {
  test('names are C# identifiers, and come back', () => {
    expect(azureMetadata({ owner: 'a', 'mixed-case': 'b', '1st': 'c', _x002d_: 'd' })).toEqual({
      owner: 'a',
      mixed_x002d_case: 'b',
      _x0031_st: 'c',
      _x005f_x002d_: 'd',
    });
  });

  test('any text survives', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => text.toLowerCase());
    const value = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(name, value), (metadata) => {
        const kept = azureMetadata(metadata);
        for (const [key, text] of Object.entries(kept)) {
          expect(key).toMatch(/^[a-z_][a-z0-9_]*$/);
          expect(text).toMatch(/^[\x20-\x7e]*$/);
        }
        const headers = Object.entries(kept).map(([key, text]) => [`x-ms-meta-${key}`, text]);
        expect(metadataOf(Object.fromEntries(headers))).toEqual({ ...metadata });
      }),
    );
  });

  test('a name is needed', () => {
    expect(() => azureMetadata({ '': 'x' })).toThrow(FailureError);
  });
});

test('a header that cannot be signed is refused, and Expires is not sent', () => {
  expect(() => blobHeaders({ contentDisposition: 'attachment; filename="ü.txt"' })).toThrow(/ContentDisposition/);
  expect(() => blobHeaders({ contentType: 'text/plain\r\nx-ms-meta-a: b' })).toThrow(/ContentType/);
  expect(blobHeaders({ contentType: 'a/b', expires: 'Thu, 01 Dec 2033 16:00:00 GMT' })).toEqual({
    blobContentType: 'a/b',
  });
});

test('the digest of a range is not taken for that of the blob', () => {
  const ofRange = Buffer.alloc(16, 1).toString('base64');
  const ofBlob = Buffer.alloc(16, 2).toString('base64');
  const headers = { 'content-md5': ofRange, 'content-range': 'bytes 0-4/10', 'x-ms-blob-content-md5': ofBlob };
  expect(blobHead('k', 206, headers).digests).toEqual({ md5: '02'.repeat(16) });
  expect(blobHead('k', 200, headers).digests).toEqual({ md5: '01'.repeat(16) });
  expect(blobHead('k', 200, { 'content-md5': 'no digest' }).digests).toEqual({});
});

describe('blocks', () => {
  test.each([1, 8 * 1024 * 1024, 8 * 1024 * 1024 + 1, 10 ** 12, MAX_BLOB_BYTES])(
    '%i bytes are covered once',
    (size) => {
      const blocks = blocksOf(size);
      expect(blocks.length).toBeLessThanOrEqual(50_000);
      let at = 0;
      for (const { first, last, number } of blocks) {
        if (first !== at || last < first || blocks[number]?.first !== first) throw new Error(`A gap before ${first}.`);
        at = last + 1;
      }
      expect(at).toBe(size);
    },
  );
});
