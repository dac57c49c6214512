/**
 * Owns the short way of an asset: the destination copies or fetches it itself, and no byte passes here. Must not be taken
 * where its result is not proven. Called by run-attempt.ts.
 */
import type { ListedAsset } from '../../src-shared/model/asset.ts';
import { keepsContent } from '../../src-shared/model/content-rules.ts';
import type { TransferResult } from '../../src-shared/model/job.ts';
import type { Attempt } from './attempt.ts';
import { assertSourceUnchanged } from './read-source.ts';
import { watchCall } from './watch-call.ts';
import type { WritePlan } from './write-destination.ts';

/** A copy shorter than this is of one version; asking again would only cost a request for each asset. */
const LONG_COPY_MS = 1_000;

/**
 * Whether the destination may be asked to: what it copies keeps the headers and the metadata that it has. What a list
 * states of an asset is compared with bytes that pass here. Not under `never` where nothing was: what appears just now
 * may not be replaced, and no service promises that for copies.
 */
export function mayCopyThere({ source, destination, order }: Attempt, onlyIfAbsent: boolean): boolean {
  if (destination.copyFrom === undefined || order.stated !== undefined || !keepsContent(order.content)) return false;
  if (onlyIfAbsent && order.policies.overwrite === 'never') return false;
  return source.descriptor.kind === destination.descriptor.kind || source.readUrl !== undefined;
}

/**
 * null: the bytes must pass here. `unproven`: they must too, and what stands under the key already is ours. Throws
 * `source-changed`, `timeout`, or the provider's own.
 */
export async function copyThere(
  attempt: Attempt,
  { onlyIfAbsent, tags }: WritePlan,
): Promise<TransferResult | 'unproven' | null> {
  const { source, destination, order, meter } = attempt;
  const { copyFrom } = destination;
  if (copyFrom === undefined || !mayCopyThere(attempt, onlyIfAbsent)) return null;
  const head = await knownHead(attempt);
  if (head === null) return null;
  meter.enter('upload');
  meter.total(head.sizeBytes);
  const startedAtMs = performance.now();
  const answerMs = attempt.patience.copyMs;
  const watch = { signal: attempt.signal, patience: { ...attempt.patience, answerMs } };
  let copiedBytes = 0;
  const written = await watchCall(watch, 'The destination', (signal, alive) =>
    copyFrom.call(
      destination,
      { provider: source, ...order.source, head },
      order.destination.container,
      order.destination.key,
      {
        headers: {},
        metadata: {},
        modifiedAtMs: head.modifiedAtMs ?? null,
        storageClass: null,
        tags,
        acl: order.content.acl,
        onlyIfAbsent: false,
        token: `${order.token}.0`,
        note: null,
        onProgress(bytes) {
          // A service may copy in steps, each as long as it likes; one that gets no further has stalled.
          if (bytes > copiedBytes) alive(answerMs);
          copiedBytes = bytes;
          meter.written(bytes);
        },
        signal,
      },
    ),
  );
  if (written === null) return null;
  if (written.vouches !== 'checksum') return 'unproven';
  meter.written(head.sizeBytes);
  meter.enter('publish');
  if (performance.now() - startedAtMs > LONG_COPY_MS) await assertSourceUnchanged(attempt, head);
  return {
    sizeBytes: head.sizeBytes,
    digests: written.digests ?? {},
    proof: 'checksum',
    // The service kept them itself, and was not asked which.
    headers: {},
    sourceVersion: head.versionToken ?? null,
    destinationVersion: written.versionToken,
    spool: 'none',
    stepMs: meter.stepMs(),
  };
}

/** From the listing where it said enough, which saves a request for each asset. */
async function knownHead(attempt: Attempt): Promise<ListedAsset | null> {
  const { sizeBytes, versionToken, source } = attempt.order;
  if (sizeBytes !== null && versionToken !== null) return { key: source.key, sizeBytes, versionToken };
  return watchCall(attempt, 'The source', (signal) => attempt.source.head(source.container, source.key, signal));
}
