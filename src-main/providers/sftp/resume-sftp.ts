/**
 * Owns how much of an unfinished file can be kept: as many bytes as are, one by one, those of the body. Must not write.
 * Called by write-sftp.ts.
 *
 * Neither size nor time says what is in the file: the body may be another one by now, and a broken connection may have
 * left a hole where a request did not arrive. A digest of the beginning is known to neither side. So the bytes are read
 * back and compared, as many in flight as in any other read; that costs their way down, and saves their way up, which is
 * the narrow one of most lines.
 */
import type { WriteBody } from '../provider.ts';
import { readAhead } from './read-sftp.ts';
import type { Handle, SftpSession } from './sftp-session.ts';

/** The length of the beginning that the file and the body share. */
export async function sharedLength(
  session: SftpSession,
  handle: Handle,
  path: string,
  body: WriteBody,
  signal: AbortSignal,
): Promise<number> {
  const { size } = await session.statHandle(handle);
  const last = Math.min(size, body.sizeBytes) - 1;
  if (last < 0) return 0;
  const theirs = readAhead(session, handle, { path, first: 0, last, signal });
  let shared = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of body.buffer === null
    ? body.open({ first: 0, last })
    : [body.buffer.subarray(0, last + 1)]) {
    signal.throwIfAborted();
    for (let ours = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength); ours.byteLength > 0; ) {
      if (rest.byteLength === 0) {
        const step = await theirs.next();
        if (step.done === true) return shared;
        rest = step.value;
      }
      const length = Math.min(ours.byteLength, rest.byteLength);
      const same = sharedStart(ours.subarray(0, length), rest.subarray(0, length));
      shared += same;
      if (same < length) return shared;
      ours = ours.subarray(length);
      rest = rest.subarray(length);
    }
  }
  return shared;
}

/** Both have the same length. */
function sharedStart(a: Buffer, b: Buffer): number {
  if (a.equals(b)) return a.byteLength;
  let at = 0;
  while (a[at] === b[at]) at += 1;
  return at;
}
