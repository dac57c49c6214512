/** Proves when two assets may be called identical, and how strongly. */
import { expect, test } from 'vitest';
import type { AssetHead } from '../../src-shared/model/asset.ts';
import { compareAssets } from './compare-assets.ts';

const BASE: AssetHead = { key: 'k', sizeBytes: 10, headers: {}, metadata: {}, digests: {} };
const MULTIPART = '9b2cf535f27731c974343645a3985328-3';

const CASES: readonly [string, Partial<AssetHead>, Partial<AssetHead>, ReturnType<typeof compareAssets>][] = [
  ['other sizes', { sizeBytes: 9 }, { digests: { md5: 'a' } }, { verdict: 'different' }],
  [
    'one common digest, equal',
    { digests: { md5: 'a', crc32c: 'x' } },
    { digests: { md5: 'a', sha256: 's' } },
    { verdict: 'identical', rung: 'checksum', evidence: 'same md5' },
  ],
  [
    'a digest that differs beats one that agrees, and times',
    { digests: { md5: 'a', crc32c: 'x' }, modifiedAtMs: 5 },
    { digests: { md5: 'a', crc32c: 'y' }, modifiedAtMs: 5 },
    { verdict: 'different' },
  ],
  [
    'a digest, size not told',
    { sizeBytes: -1, digests: { sha256: 's' } },
    { digests: { sha256: 's' } },
    { verdict: 'identical', rung: 'checksum', evidence: 'same sha256' },
  ],
  [
    'the same multipart ETag',
    { versionToken: MULTIPART },
    { versionToken: MULTIPART },
    { verdict: 'identical', rung: 'etag', evidence: 'same ETag' },
  ],
  ['version tokens that merely look alike', { versionToken: '1' }, { versionToken: '1' }, { verdict: 'unknown' }],
  [
    'the same moment, rounded',
    { modifiedAtMs: 1_700_000_000_123.4 },
    { modifiedAtMs: 1_700_000_000_124 },
    { verdict: 'identical', rung: 'size-only', evidence: 'same size and modification time' },
  ],
  ['another moment', { modifiedAtMs: 1_000 }, { modifiedAtMs: 2_000 }, { verdict: 'unknown' }],
  ['the same moment, size not told', { sizeBytes: -1, modifiedAtMs: 1 }, { modifiedAtMs: 1 }, { verdict: 'unknown' }],
  ['nothing but the size', {}, {}, { verdict: 'unknown' }],
];

test.each(CASES)('%s', (_, source, destination, expected) => {
  expect(compareAssets({ ...BASE, ...source }, { ...BASE, ...destination }, true)).toEqual(expected);
});

test('a time that the destination does not keep says nothing', () => {
  const head = { ...BASE, modifiedAtMs: 1_000 };
  expect(compareAssets(head, head, false)).toEqual({ verdict: 'unknown' });
});
