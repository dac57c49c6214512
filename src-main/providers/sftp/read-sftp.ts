/**
 * Owns reading one file: many requests in flight, bytes in order, and the proof at the end that the file is still the one
 * that was opened. Must not know keys' rules. Called by sftp-provider.ts; the comparison in resume-sftp.ts reads with it.
 */
import { FailureError, fail, failure } from '../../../src-shared/model/failure.ts';
import type { OpenedAsset, OpenOptions } from '../provider.ts';
import { untilAborted } from '../wire/until-aborted.ts';
import { fileHead, fileVersion } from './asset-of-stats.ts';
import type { Loan } from './session-pool.ts';
import { sftpFailure } from './sftp-failure.ts';
import type { Handle, SftpSession } from './sftp-session.ts';

/** Every server must answer this much at once (draft-ietf-secsh-filexfer-02, section 3). */
export const REQUEST_BYTES = 32 * 1024;
/**
 * Requests in flight on one connection, shared by its users: 2 MiB, which is all that ssh2 lets a server send ahead.
 * With one in flight, as ssh2's own streams have, each round trip of the network moves 32 KiB.
 */
export const REQUESTS_IN_FLIGHT = 64;
/** Given to the reader in one piece. */
const BLOCK_REQUESTS = 8;
const BLOCK_BYTES = BLOCK_REQUESTS * REQUEST_BYTES;

/** Takes the loan over: it is given back when the file is closed. `path` is real. */
export async function openSftpFile(loan: Loan, key: string, path: string, options: OpenOptions): Promise<OpenedAsset> {
  const { session } = loan;
  // Opening a named pipe would keep the whole session waiting for a writer, and a link may lead anywhere: look first.
  const seen = await session.linkStat(path);
  if (seen === null) return fail('not-found', `There is no file ${path}.`);
  if (seen.isSymbolicLink()) {
    fail('unsupported', `${path} is a symbolic link, and links are not followed.`, {
      hint: 'Name the file it points at.',
    });
  }
  if (!seen.isFile()) fail('not-found', `${path} is not a file.`);
  const version = fileVersion(seen);
  if (options.ifVersion !== undefined && options.ifVersion !== version) throw changed(path);
  const { first, last } = options.range ?? { first: 0, last: seen.size - 1 };
  if (last >= seen.size) throw changed(path);
  const handle = await session.open(path, 'r');
  const file = new OpenFile(loan, handle, path, version);
  try {
    // Another file, or a link to one, may have come in between.
    const opened = await session.statHandle(handle);
    if (!opened.isFile() || fileVersion(opened) !== version) throw changed(path);
  } catch (thrown) {
    await file.release();
    throw thrown;
  }
  return {
    head: fileHead(key, seen),
    body: file.chunks(first, last, options.signal),
    close: () => void file.release(),
  };
}

/** Bytes of an open file, in order. Ends early with `source-changed` when the file does. */
export async function* readAhead(
  session: SftpSession,
  handle: Handle,
  place: { readonly path: string; readonly first: number; readonly last: number; readonly signal: AbortSignal },
): AsyncGenerator<Buffer, void, void> {
  const { path, first, last, signal } = place;
  const blocks: Promise<Buffer>[] = [];
  for (let at = first; ; ) {
    const blocksInFlight = Math.max(1, Math.floor(REQUESTS_IN_FLIGHT / BLOCK_REQUESTS / session.users));
    for (; at <= last && blocks.length < blocksInFlight; at += BLOCK_BYTES) {
      const block = readBlock(session, handle, path, at, Math.min(BLOCK_BYTES, last - at + 1));
      // Told when its turn comes; until then nobody listens.
      block.catch(() => undefined);
      blocks.push(block);
    }
    const next = blocks.shift();
    if (next === undefined) return;
    yield await untilAborted(next, signal);
    signal.throwIfAborted();
  }
}

async function readBlock(
  session: SftpSession,
  handle: Handle,
  path: string,
  at: number,
  length: number,
): Promise<Buffer> {
  // The reader may keep the block, so each has memory of its own.
  const block = Buffer.allocUnsafeSlow(length);
  const requests: Promise<void>[] = [];
  for (let offset = 0; offset < length; offset += REQUEST_BYTES) {
    requests.push(readWhole(session, handle, path, block.subarray(offset, offset + REQUEST_BYTES), at + offset));
  }
  await Promise.all(requests);
  return block;
}

/** A server may answer with less than was asked for. */
async function readWhole(session: SftpSession, handle: Handle, path: string, into: Buffer, at: number): Promise<void> {
  for (let done = 0; done < into.byteLength; ) {
    const count = await session.read(handle, into.subarray(done), at + done);
    if (count === 0) throw changed(path);
    done += count;
  }
}

class OpenFile {
  readonly #loan: Loan;
  readonly #handle: Handle;
  readonly #path: string;
  readonly #version: string;
  #released: Promise<void> | null = null;

  constructor(loan: Loan, handle: Handle, path: string, version: string) {
    this.#loan = loan;
    this.#handle = handle;
    this.#path = path;
    this.#version = version;
  }

  async *chunks(first: number, last: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    const { session } = this.#loan;
    try {
      if (this.#released !== null) fail('unexpected', `${this.#path} was closed before it was read.`);
      signal.throwIfAborted();
      yield* readAhead(session, this.#handle, { path: this.#path, first, last, signal });
      // By name, too: replaced by a rename, the bytes read were whole, but of a file that has no name any more.
      const [named, opened] = await Promise.all([session.linkStat(this.#path), session.statHandle(this.#handle)]);
      const isSame = named?.isFile() === true && fileVersion(named) === this.#version;
      if (!isSame || fileVersion(opened) !== this.#version) throw changed(this.#path);
    } catch (thrown) {
      signal.throwIfAborted();
      throw sftpFailure(thrown, `Could not read ${this.#path}`);
    } finally {
      await this.release();
    }
  }

  /** What is still in flight lands in memory of its own, and nobody looks at it. */
  release(): Promise<void> {
    this.#released ??= this.#close();
    return this.#released;
  }

  async #close(): Promise<void> {
    try {
      await this.#loan.session.closeHandle(this.#handle);
    } catch {
      // A file that was only read loses nothing when the connection ends before it is closed.
    } finally {
      this.#loan.giveBack();
    }
  }
}

function changed(path: string): FailureError {
  return new FailureError(
    failure('source-changed', `${path} changed while it was being read.`, { hint: 'Another attempt reads it anew.' }),
  );
}
