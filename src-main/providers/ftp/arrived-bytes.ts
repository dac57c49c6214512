/**
 * Owns how much of an unfinished file can be gone on with: all of it when it is the beginning of the body, else nothing.
 * FTP has no digest that every server knows, so what is there is read back. Called by write-ftp.ts.
 */
import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import type { WriteBody } from '../provider.ts';
import { askFile } from './ask-file.ts';
import type { FtpConnection } from './ftp-connection.ts';

export async function arrivedBytes(
  connection: FtpConnection,
  path: string,
  body: WriteBody,
  signal: AbortSignal,
): Promise<number> {
  const sizeBytes = (await askFile(connection, path))?.sizeBytes ?? 0;
  if (sizeBytes === 0 || sizeBytes > body.sizeBytes) return 0;
  try {
    return (await beginsWith(connection, path, { body, sizeBytes }, signal)) ? sizeBytes : 0;
  } catch (thrown) {
    // What the server still sends has nobody to read it.
    connection.close();
    throw thrown;
  }
}

/** Both are read side by side, so that whoever watches the body sees it move. */
async function beginsWith(
  { client }: FtpConnection,
  path: string,
  { body, sizeBytes }: { readonly body: WriteBody; readonly sizeBytes: number },
  signal: AbortSignal,
): Promise<boolean> {
  const there = new PassThrough();
  const transfer = client.downloadTo(there, path);
  transfer.catch(() => undefined);
  const ours = body.open({ first: 0, last: sizeBytes - 1 })[Symbol.asyncIterator]();
  const digests = { there: createHash('sha256'), ours: createHash('sha256') };
  const counts = { there: 0, ours: 0 };
  try {
    for await (const chunk of there as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      digests.there.update(chunk);
      counts.there += chunk.byteLength;
      while (counts.ours < Math.min(counts.there, sizeBytes)) {
        const step = await ours.next();
        if (step.done === true) return false;
        digests.ours.update(step.value);
        counts.ours += step.value.byteLength;
      }
    }
    await transfer;
  } finally {
    await ours.return?.();
  }
  const isWhole = counts.there === sizeBytes && counts.ours === sizeBytes;
  return isWhole && digests.there.digest('hex') === digests.ours.digest('hex');
}
