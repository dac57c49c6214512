/**
 * Owns the step `upload`: writes the spool to the destination, again from the spool when the network failed, and takes
 * it back when it may not stay. Must not read the source. Called by run-attempt.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AssetHead } from '../../src-shared/model/asset.ts';
import { type Failure, fail, toFailure } from '../../src-shared/model/failure.ts';
import { readLostTries } from '../../src-shared/model/lost-tries.ts';
import type { Provider, WriteBody, WriteOptions, WriteResult } from '../providers/provider.ts';
import { type Attempt, OTHERS_WAIT_MS } from './attempt.ts';
import { piecesOf } from './pace.ts';
import type { SpooledAsset } from './read-source.ts';
import { holdsSameBytes } from './verify-destination.ts';
import { type SignOfLife, watchCall } from './watch-call.ts';

/** One try and two more: what was downloaded once is worth that, and a lane that stays down is the engine's to slow. */
const WRITE_TRIES = 3;
/** A longer wait that the other side asks for is the engine's to keep; this attempt holds a slot. */
const LONGEST_WAIT_MS = 5_000;
/**
 * Bytes that were handed over but not yet reported as taken cannot be watched. They may move this slowly (half of a
 * 1 Mbit/s line) before we call it a stall.
 */
const SLOWEST_UNSEEN_BYTES_PER_MS = 64;
/** A cancelled job's staging is to be gone within 5 s, and quit takes no longer. */
const WITHDRAW_MS = 3_000;

export interface Written extends WriteResult {
  /** The destination said that it took this write. Otherwise the bytes are ours, and who put them there is not known. */
  readonly isAnswered: boolean;
}

/** What is settled about a write before its bytes are read. */
export type WritePlan = Pick<WriteOptions, 'onlyIfAbsent' | 'tags'>;

/**
 * Resolves when the whole asset is at the destination under its key. Throws FailureError: `already-exists` (retryable:
 * the next attempt looks again) when somebody else was faster, `timeout`, or the provider's own.
 */
export async function writeDestination(attempt: Attempt, asset: SpooledAsset, plan: WritePlan): Promise<Written> {
  const { body } = asset;
  attempt.meter.enter('upload');
  for (let tryNumber = 1; ; tryNumber++) {
    try {
      const result = await tryToWrite(attempt, asset, plan, tryNumber);
      attempt.meter.written(body.sizeBytes);
      return { ...result, isAnswered: true };
    } catch (thrown) {
      attempt.signal.throwIfAborted();
      asset.assertSound();
      const reason = toFailure(thrown);
      if (reason.code === 'already-exists' && plan.onlyIfAbsent) {
        // An earlier try whose answer was lost may have been the one that made it.
        if (tryNumber > 1 && (await holdsSameBytes(attempt, body))) {
          return { versionToken: null, vouches: null, isAnswered: false };
        }
        fail('already-exists', 'Somebody else created this key while it was copied.', { retryable: true });
      }
      const pauseMs = pauseBeforeTry(tryNumber + 1, reason, attempt.patience.writePauseMs);
      // What passed is not here to be written again; another attempt goes on with what is staged.
      if (pauseMs === null || body.passing !== undefined) throw thrown;
      await sleep(pauseMs, undefined, { signal: attempt.signal });
    }
  }
}

/** Milliseconds before the next try, `firstMs` before the second; null: there is none. Only the network is worth one. Pure. */
export function pauseBeforeTry(tryNumber: number, reason: Failure, firstMs: number): number | null {
  const isNetwork = reason.retryable && (reason.code === 'network' || reason.code === 'timeout');
  if (!isNetwork || tryNumber > WRITE_TRIES) return null;
  const pauseMs = Math.max(firstMs * 3 ** (tryNumber - 2), reason.retryAfterMs ?? 0);
  return (reason.retryAfterMs ?? 0) > LONGEST_WAIT_MS ? null : pauseMs;
}

function tryToWrite(
  attempt: Attempt,
  { head, body }: SpooledAsset,
  { onlyIfAbsent, tags }: WritePlan,
  tryNumber: number,
): Promise<WriteResult> {
  const { destination, meter, order } = attempt;
  return watchCall(attempt, 'The destination', (signal, alive) => {
    const gauge = createGauge(attempt, body, alive);
    meter.written(0);
    return destination.write(
      order.destination.container,
      order.destination.key,
      gauge.watch(withVouchedMd5(body, head), signal),
      {
        headers: { ...head.headers, ...order.content.headers },
        metadata: order.content.metadata === 'keep' ? head.metadata : {},
        modifiedAtMs: head.modifiedAtMs ?? null,
        storageClass: order.content.storageClass,
        tags,
        acl: order.content.acl,
        onlyIfAbsent,
        token: tokenOf(order.token, tryNumber),
        // What rests in memory is sent again as a whole sooner than anybody could note it.
        note: body.buffer === null ? attempt.note : null,
        onProgress(writtenBytes) {
          gauge.taken(writtenBytes);
          meter.written(Math.min(writtenBytes, body.sizeBytes));
        },
        signal,
      },
    );
  });
}

function tokenOf(leaseToken: string, tryNumber: number): string {
  return `${leaseToken}.${tryNumber}`;
}

function withVouchedMd5(body: WriteBody, { digests }: AssetHead): WriteBody {
  return digests.md5 === undefined ? body : { ...body, vouchedMd5: digests.md5 };
}

/** Tells a write that moves from one that hangs: how much the provider has of us, and how much of it arrived. */
function createGauge({ patience, pace }: Attempt, body: WriteBody, alive: SignOfLife) {
  const { answerMs, stallMs } = patience;
  // What would go in one piece goes by the cap in many.
  const buffer = pace.isCapped ? null : body.buffer;
  // A body in memory may be sent in one piece, which nobody can watch.
  let handedBytes = buffer === null ? 0 : body.sizeBytes;
  let takenBytes = 0;
  /** Parts go side by side: one that moves says nothing about one that waits for the cap. */
  let waiting = 0;
  async function waitForCap(bytes: number, signal: AbortSignal): Promise<void> {
    waiting += 1;
    alive(OTHERS_WAIT_MS);
    try {
      await pace.take('write', bytes, signal);
    } finally {
      waiting -= 1;
    }
  }
  function tell(): void {
    if (waiting > 0) return;
    const unseenBytes = Math.max(0, Math.min(handedBytes, body.sizeBytes) - takenBytes);
    // With all of it in hand, the destination may think: it checks, assembles parts, makes it durable.
    const silenceMs = handedBytes < body.sizeBytes ? stallMs : answerMs;
    alive(silenceMs + unseenBytes / SLOWEST_UNSEEN_BYTES_PER_MS);
  }
  tell();
  return {
    taken(bytes: number): void {
      takenBytes = bytes;
      tell();
    },
    watch(inner: WriteBody, signal: AbortSignal): WriteBody {
      return {
        ...inner,
        buffer,
        async *open(range) {
          // While the source is waited for, the destination is not to blame; the source has a watch of its own.
          alive(OTHERS_WAIT_MS);
          for await (const chunk of inner.open(range)) {
            for (const piece of pace.isCapped ? piecesOf(chunk) : [chunk]) {
              if (pace.isCapped) await waitForCap(piece.length, signal);
              // Even a provider that does not listen gets no more bytes after an abort.
              signal.throwIfAborted();
              handedBytes += piece.length;
              tell();
              yield piece;
            }
            if (!inner.isWhole()) alive(OTHERS_WAIT_MS);
          }
          tell();
        },
      };
    },
  };
}

/** Removes what unfinished writes left, bounded in time. Rejects with FailureError when it could not. */
export async function giveUpUpload(
  destination: Provider,
  container: string,
  key: string,
  mark: string,
  stop: AbortSignal,
): Promise<void> {
  const watch = { signal: stop, patience: { answerMs: WITHDRAW_MS, graceMs: 0 } };
  const lost = readLostTries(mark);
  await watchCall(watch, 'The destination', async (signal) => {
    if (lost === null) return destination.giveUp?.(container, key, mark, signal);
    const tries = Array.from({ length: WRITE_TRIES }, (_, index) => index + 1);
    const tokens = lost.flatMap((token) => tries.map((tryNumber) => tokenOf(token, tryNumber)));
    return destination.removeStaging?.(container, key, tokens, signal);
  });
}

/**
 * Removes what this attempt wrote under a key that was free before. Leaves it when the destination shows another
 * version there, or another size where it has no versions: somebody else's bytes are not ours to remove. Works after an
 * abort. Answers why it could not be removed, else null. Never rejects.
 */
export async function withdrawWritten(
  attempt: Attempt,
  written: WriteResult,
  sizeBytes: number,
): Promise<Failure | null> {
  const { destination, order } = attempt;
  const { container, key } = order.destination;
  const watch = { signal: new AbortController().signal, patience: { answerMs: WITHDRAW_MS, graceMs: 0 } };
  try {
    await watchCall(watch, 'The destination', async (signal) => {
      const there = await destination.head(container, key, signal);
      if (there === null) return;
      if (written.versionToken === null || there.versionToken === undefined) {
        if (there.sizeBytes >= 0 && there.sizeBytes !== sizeBytes) return;
      } else if (there.versionToken !== written.versionToken) return;
      signal.throwIfAborted();
      await destination.remove(container, key, signal, written.versionToken ?? undefined);
    });
    return null;
  } catch (thrown) {
    return toFailure(thrown);
  }
}
