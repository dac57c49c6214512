/**
 * Owns what a list states of an asset, against what its source says: a stated digest counts like one that the source
 * vouches for, so that the bytes are compared with it before the last of them is published. Pure. Called by
 * read-source.ts and resolve-destination.ts.
 */
import type { AssetHead } from '../../src-shared/model/asset.ts';
import { fail } from '../../src-shared/model/failure.ts';
import type { OpenedAsset } from '../providers/provider.ts';
import type { Attempt } from './attempt.ts';
import { DIGEST_NAMES } from './spool.ts';

type Order = Pick<Attempt['order'], 'stated'>;

/** The head with the stated digests. Throws `checksum-mismatch` when the source itself says that they are others. */
export function asStated({ stated }: Order, head: AssetHead): AssetHead {
  if (stated === undefined) return head;
  const digests = { ...head.digests };
  for (const name of DIGEST_NAMES) {
    const wanted = stated[name];
    if (wanted === undefined) continue;
    const vouched = digests[name];
    if (vouched !== undefined && vouched !== wanted) {
      fail('checksum-mismatch', `The list states another ${name} than the source does.`, {
        hint: 'The asset is not the one that the list was made of. Correct the list, or leave the digest out.',
        retryable: false,
      });
    }
    digests[name] = wanted;
  }
  return { ...head, digests };
}

/** Throws `unsupported` when nobody can tell whether all came: the source does not mark the end, and no list states it. */
export function assertEndIsKnown({ stated }: Order, { endsUnmarked }: Pick<OpenedAsset, 'endsUnmarked'>): void {
  if (endsUnmarked !== true || stated !== undefined) return;
  fail('unsupported', 'The source says neither how long the asset is nor where it ends, so a cut would not be seen.', {
    hint: 'Give a list of addresses that states the size or a digest of each asset.',
  });
}

/**
 * Throws `source-changed` when the list states another size. Another attempt would find the same, so it is not tried
 * again: the list is older than the asset, or wrong.
 */
export function assertStatedSize({ stated }: Order, sizeBytes: number): void {
  if (stated?.sizeBytes === undefined || stated.sizeBytes === sizeBytes) return;
  fail('source-changed', `The list states ${stated.sizeBytes} bytes and the source gives ${sizeBytes}.`, {
    hint: 'The asset changed since the list was made. Correct the list, or leave the size out.',
    retryable: false,
  });
}
