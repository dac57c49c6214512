/**
 * Owns the rule that a side which drips its bytes has not answered: it would hold its place for ever without falling
 * silent. Must not count time in which nobody asked it for more. Used wherever an attempt reads a body.
 */
import { FailureError, failure } from '../../src-shared/model/failure.ts';

/** 1 kB/s: a modem of 1990 was faster. */
const LEAST_BYTES_PER_MS = 1;

/** The same chunks. Throws `timeout` once so much waiting brought less than the least; `other` is "The source". */
export async function* notDripped(
  chunks: AsyncIterable<Uint8Array>,
  slowMs: number,
  other: string,
): AsyncGenerator<Uint8Array, void, void> {
  let waitedMs = 0;
  let bytes = 0;
  let askedAtMs = performance.now();
  for await (const chunk of chunks) {
    waitedMs += performance.now() - askedAtMs;
    bytes += chunk.byteLength;
    if (waitedMs >= slowMs) {
      if (bytes < slowMs * LEAST_BYTES_PER_MS) throw dripped(other, bytes, waitedMs);
      waitedMs = 0;
      bytes = 0;
    }
    yield chunk;
    askedAtMs = performance.now();
  }
}

function dripped(other: string, bytes: number, waitedMs: number): FailureError {
  return new FailureError(
    failure('timeout', `${other} gave ${bytes} bytes in ${Math.round(waitedMs / 1_000)} s, which is no speed.`, {
      hint: 'The connection or the other side is as good as broken. Another attempt often gets through.',
    }),
  );
}
