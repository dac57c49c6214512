/**
 * Owns fetching what is behind a one-time link of the house, piece by piece, into a file or a stream, and reading a
 * file that a person named. Must not know what is in them. Used by cli.ts.
 */
import { constants, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { FailureError, fail, failure } from '../../src-shared/model/failure.ts';
import type { DoorFile } from './door-file.ts';

/** A file stands under its name only when it is whole. Rejects with FailureError when it broke off. */
export async function download(
  { address }: DoorFile,
  link: string,
  file: string | undefined,
  output: NodeJS.WritableStream,
): Promise<void> {
  const response = await fetch(`${address}${link}`);
  if (!response.ok || response.body === null)
    fail('not-found', `Transship did not give the file (${response.status}).`);
  // The same stream under the name that Node gives it.
  const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
  const fresh = `${file}.part`;
  try {
    if (file === undefined) {
      await pipeline(body, output, { end: false });
    } else {
      await pipeline(body, createWriteStream(fresh, { flush: true }));
      await rename(fresh, file);
    }
  } catch (error) {
    if (file !== undefined) await rm(fresh, { force: true });
    // A reader that has enough (`| head`) is no failure.
    if (file === undefined && isSystemError(error) && error.code === 'EPIPE') return;
    if (isSystemError(error)) {
      fail('permission-denied', `${file ?? 'The output'} could not be written: ${error.message}`);
    }
    throw new FailureError(
      failure('network', 'The file broke off and is not whole.', { hint: 'Ask again; the log of Transship says why.' }),
      { cause: error },
    );
  }
}

/** Opened without waiting for a writer and looked at then, so that a pipe, a folder or a device is not read. */
export async function readRegularFile(path: string, mostBytes: number): Promise<Uint8Array> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT'
        ? fail('invalid-input', `There is no file ${path}.`)
        : fail('invalid-input', `${path} cannot be read: ${error.message}`),
  );
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) fail('invalid-input', `${path} is no regular file.`);
    if (stat.size > mostBytes) fail('invalid-input', `${path} is larger than ${mostBytes} bytes.`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
