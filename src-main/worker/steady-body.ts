/**
 * Owns reading on when a source falls silent or its connection breaks in the middle of a body: what is missing is asked
 * for again, on another connection, from the byte where it stopped. Only of the very version that was opened, and where
 * ranges are certain. Must not hide a source that stays silent. Called by read-source.ts and reread-body.ts.
 */
import { toFailure } from '../../src-shared/model/failure.ts';
import type { ByteRange, OpenedAsset } from '../providers/provider.ts';
import type { Attempt } from './attempt.ts';

/** Requests after the first; a connection that breaks more often is the engine's to slow. */
const MORE_REQUESTS = 2;
/** Asked again when so much of the longest silence is over; the rest is for the next one to begin in. */
const SILENT_SHARE = 1 / 3;

/** What is smaller is as soon read anew, and its many reads are spared a timer each. */
const LEAST_BYTES = 1024 * 1024;

/** The bytes of `opened`, which were to be `range` of the asset. Closes what it opens itself. */
export async function* steadyBytes(
  attempt: Attempt,
  opened: OpenedAsset,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const { source, order, patience } = attempt;
  const { container, key } = order.source;
  const ifVersion = opened.head.versionToken;
  const isLarge = range.last - range.first + 1 >= LEAST_BYTES;
  if (!isLarge || !source.descriptor.capabilities.certainRanges || ifVersion === undefined) {
    yield* opened.body;
    return;
  }
  let current = opened;
  let { first } = range;
  for (let request = 0; ; request += 1) {
    const mayAskAgain = request < MORE_REQUESTS;
    try {
      const silentMs = patience.stallMs * SILENT_SHARE;
      for await (const chunk of mayAskAgain ? unlessSilent(current, silentMs, request > 0) : current.body) {
        first += chunk.byteLength;
        yield chunk;
      }
      return;
    } catch (thrown) {
      if (!mayAskAgain || signal.aborted || first > range.last || !isBroken(thrown)) throw thrown;
    } finally {
      if (current !== opened) current.close();
    }
    opened.close();
    current = await source.open(container, key, { range: { first, last: range.last }, ifVersion, signal });
  }
}

class SilentError extends Error {}

/**
 * The body's chunks; throws SilentError when the next one is waited for too long. One that `mayBeginLate` has as long for
 * its first chunk as any: a source that always needs a while to begin would otherwise never get to it.
 */
async function* unlessSilent(
  { body, close }: OpenedAsset,
  silentMs: number,
  mayBeginLate: boolean,
): AsyncGenerator<Uint8Array, void, void> {
  const chunks = body[Symbol.asyncIterator]();
  for (let isTimed = !mayBeginLate; ; isTimed = true) {
    const silence = Promise.withResolvers<never>();
    const giveUp = (): void => {
      silence.reject(new SilentError('the source is silent'));
      close();
    };
    const timer = isTimed ? setTimeout(giveUp, silentMs) : undefined;
    try {
      const next = chunks.next();
      // After a silence nobody waits for it any more.
      next.catch(() => undefined);
      const { done, value } = await Promise.race([next, silence.promise]);
      if (done === true) return;
      clearTimeout(timer);
      yield value;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A source that asks for a wait is not asked again before it is over. */
function isBroken(thrown: unknown): boolean {
  if (thrown instanceof SilentError) return true;
  const { code, retryable, retryAfterMs } = toFailure(thrown);
  return (code === 'network' || code === 'timeout') && retryable && retryAfterMs === undefined;
}
