/**
 * Owns the bytes of an HTTP answer on their way in: as many as were promised, or a failure. Must not decode anything.
 * Called by the providers that speak HTTP.
 */
import { FailureError, failure } from '../../../src-shared/model/failure.ts';
import { networkFailure } from './network-failure.ts';

export interface Promised {
  /** Bytes that must come; -1 when the server did not say. */
  readonly sizeBytes: number;
  /** Bytes to leave out at the start, for a server that sends the whole asset instead of a range of it. */
  readonly skipBytes: number;
  /** Such a server goes on after the range; anybody else who sends more than promised is wrong. */
  readonly goesOn: boolean;
  /** Names the other side in messages. */
  readonly host: string;
}

/** Yields the bytes wanted: `sizeBytes` of them after `skipBytes`. Throws `network` when there are fewer or more. */
export async function* receivedChunks(
  body: AsyncIterable<Uint8Array>,
  promised: Promised,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const { sizeBytes, host } = promised;
  let toSkip = promised.skipBytes;
  let count = 0;
  try {
    for await (const whole of body) {
      signal.throwIfAborted();
      const chunk = toSkip === 0 ? whole : whole.subarray(Math.min(toSkip, whole.byteLength));
      toSkip -= whole.byteLength - chunk.byteLength;
      if (chunk.byteLength === 0) continue;
      count += chunk.byteLength;
      const excess = sizeBytes < 0 ? 0 : Math.max(0, count - sizeBytes);
      if (excess > 0 && !promised.goesOn) throw wrongCount('more', count, sizeBytes, host);
      if (excess < chunk.byteLength) yield excess === 0 ? chunk : chunk.subarray(0, chunk.byteLength - excess);
      if (excess > 0) return;
    }
  } catch (thrown) {
    throw networkFailure(thrown, host, signal);
  }
  signal.throwIfAborted();
  if (sizeBytes >= 0 && count !== sizeBytes) throw wrongCount('fewer', count, sizeBytes, host);
}

function wrongCount(relation: 'more' | 'fewer', count: number, promised: number, host: string): FailureError {
  return new FailureError(
    failure('network', `${host} sent ${relation} bytes than it promised: ${count} instead of ${promised}.`, {
      hint: 'Another attempt asks for them again.',
    }),
  );
}
