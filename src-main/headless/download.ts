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

/** What is behind a one-time link. Rejects with FailureError when the house does not give it. */
export async function openDownload({ address }: DoorFile, link: string): Promise<Readable> {
  const response = await fetch(`${address}${link}`);
  if (!response.ok || response.body === null)
    fail('not-found', `Transship did not give the file (${response.status}).`);
  // The same stream under the name that Node gives it.
  return Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
}

export async function* downloadedLines(door: DoorFile, link: string): AsyncGenerator<string> {
  const body = await openDownload(door, link);
  // readline would end quietly where the stream breaks off; reading its source by hand does not.
  let rest = '';
  for await (const chunk of body.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
  if (rest !== '') yield rest;
}

/** A file stands under its name only when it is whole. Rejects with FailureError when it broke off. */
export async function writeOut(body: Readable, file: string | undefined, output: NodeJS.WritableStream): Promise<void> {
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
    if (error instanceof FailureError) throw error;
    if (isSystemError(error))
      fail('permission-denied', `${file ?? 'The output'} could not be written: ${error.message}`);
    const reason = failure('network', 'The file broke off and is not whole.', {
      hint: 'Ask again; the log of Transship says why.',
    });
    throw new FailureError(reason, { cause: error });
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
