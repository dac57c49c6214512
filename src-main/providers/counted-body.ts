/**
 * Owns the rule that a body has exactly as many bytes as it promised. Must not know where bytes come from or go.
 * Called by every provider that writes.
 */
import { fail } from '../../src-shared/model/failure.ts';
import type { WriteBody } from './provider.ts';

/**
 * The chunks of a body, from byte `first` on: its buffer when it has one, else what it reads. Throws `checksum-mismatch` as soon as there
 * are more bytes than promised, or at the end when there were fewer; and the signal's reason between chunks.
 */
export async function* countedChunks(
  body: WriteBody,
  signal: AbortSignal,
  first = 0,
): AsyncGenerator<Uint8Array, void, void> {
  let count = first;
  const range = first === 0 ? undefined : { first, last: body.sizeBytes - 1 };
  for await (const chunk of body.buffer === null ? body.open(range) : [body.buffer.subarray(first)]) {
    signal.throwIfAborted();
    count += chunk.byteLength;
    if (count > body.sizeBytes) throwWrongLength(count, body.sizeBytes);
    yield chunk;
  }
  signal.throwIfAborted();
  if (count !== body.sizeBytes) throwWrongLength(count, body.sizeBytes);
}

export function throwWrongLength(actualBytes: number, promisedBytes: number): never {
  const relation = actualBytes < promisedBytes ? 'ended after' : 'went on past byte';
  const at = Math.min(actualBytes, promisedBytes);
  return fail('checksum-mismatch', `The bytes to write ${relation} ${at} of ${promisedBytes}.`, {
    hint: 'Nothing was written. Another attempt reads the source again.',
  });
}
