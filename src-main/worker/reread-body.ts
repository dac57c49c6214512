/**
 * Owns the body of an asset that is read from its source each time it is needed, in place of a spool: where that costs
 * next to nothing, or where every part is read once. Every reading is of the version that was seen. Must not write. Called by read-source.ts.
 */
import { createHash } from 'node:crypto';
import type { AssetHead } from '../../src-shared/model/asset.ts';
import type { ByteRange } from '../providers/provider.ts';
import type { Attempt } from './attempt.ts';
import { notDripped } from './least-speed.ts';
import { type DigestName, digestsOf, type KnownDigests, type SpooledBody } from './spool.ts';
import { steadyBytes } from './steady-body.ts';

/** `digests` are computed along with the first reading of the whole. */
export function rereadBody(attempt: Attempt, head: AssetHead, digests: readonly DigestName[]): SpooledBody {
  const { source, order, signal, patience } = attempt;
  const known: KnownDigests = {};

  async function* read(range?: ByteRange): AsyncGenerator<Uint8Array> {
    const version = head.versionToken === undefined ? {} : { ifVersion: head.versionToken };
    const part = range === undefined ? {} : { range };
    const opened = await source.open(order.source.container, order.source.key, { ...version, ...part, signal });
    try {
      const all = range ?? { first: 0, last: head.sizeBytes - 1 };
      yield* notDripped(steadyBytes(attempt, opened, all, signal), patience.slowMs, 'The source');
    } finally {
      opened.close();
    }
  }

  async function* readHashing(names: readonly DigestName[]): AsyncGenerator<Uint8Array> {
    const hashes = names.filter((name) => known[name] === undefined).map((name) => ({ name, hash: createHash(name) }));
    for await (const chunk of read()) {
      for (const { hash } of hashes) hash.update(chunk);
      yield chunk;
    }
    for (const { name, hash } of hashes) known[name] = hash.digest('hex');
  }

  return {
    sizeBytes: head.sizeBytes,
    buffer: null,
    isWhole: () => digests.every((name) => known[name] !== undefined),
    open: (range) => (range === undefined ? readHashing(digests) : read(range)),
    ...digestsOf(known, async (name) => {
      const reading = readHashing([...new Set([...digests, name])]);
      while (!(await reading.next()).done);
      return known[name] ?? '';
    }),
  };
}
