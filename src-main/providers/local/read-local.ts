/**
 * Owns reading one file: open without following a link, bytes in order, and the proof at the end that the file is
 * still the one that was opened. Must not know keys' rules. Called by local-provider.ts.
 */
import * as fs from 'node:fs';
import { FailureError, fail, failure } from '../../../src-shared/model/failure.ts';
import type { OpenedAsset, OpenOptions } from '../provider.ts';
import { fileHead, fileVersion } from './asset-of-file.ts';
import { closeFile, openFile, readFile, statOpenFile } from './fs-calls.ts';

/** One read. Bigger does not get faster on a page cache; small files are one read anyway. */
const READ_BYTES = 512 * 1024;

// Windows has no such flag; its links need rights that ordinary programs do not have.
const NO_FOLLOW = fs.constants.O_NOFOLLOW ?? 0;
// Without it, opening a named pipe would wait for a writer for ever.
const NO_WAIT = fs.constants.O_NONBLOCK ?? 0;

export interface FileToOpen {
  readonly key: string;
  /** Reaches the file; not for people. */
  readonly reach: string;
  /** For people. */
  readonly path: string;
}

/** Errors of the system come out as they are; the caller knows what they mean for the key. */
export async function openLocalFile({ key, reach, path }: FileToOpen, options: OpenOptions): Promise<OpenedAsset> {
  const descriptor = await openFile(reach, fs.constants.O_RDONLY | NO_FOLLOW | NO_WAIT);
  try {
    const stats = await statOpenFile(descriptor);
    if (!stats.isFile()) fail('not-found', `${path} is not a file.`);
    const version = fileVersion(stats);
    if (options.ifVersion !== undefined && options.ifVersion !== version) throw changed(path);
    const sizeBytes = stats.size;
    const { first, last } = options.range ?? { first: 0, last: sizeBytes - 1 };
    if (last >= sizeBytes) throw changed(path);
    const body = new FileBody(path, descriptor, version, options.signal);
    return { head: fileHead(key, stats), body: body.chunks(first, last), close: () => body.close() };
  } catch (thrown) {
    await closeFile(descriptor);
    throw thrown;
  }
}

class FileBody {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #version: string;
  readonly #signal: AbortSignal;
  #isBusy = false;
  #isClosed = false;
  #isReleased = false;

  constructor(path: string, descriptor: number, version: string, signal: AbortSignal) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.#version = version;
    this.#signal = signal;
  }

  async *chunks(first: number, last: number): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (let at = first; at <= last; ) {
        this.#signal.throwIfAborted();
        const chunk = await this.#read(at, Math.min(READ_BYTES, last - at + 1));
        at += chunk.byteLength;
        yield chunk;
      }
      this.#signal.throwIfAborted();
      await this.#assertUnchanged();
    } finally {
      await this.#release();
    }
  }

  close(): void {
    this.#isClosed = true;
    // The number of a file closed under a running read may be given to another file; the read releases it instead.
    if (!this.#isBusy) void this.#release();
  }

  async #read(position: number, length: number): Promise<Uint8Array> {
    // The reader may keep the chunk, so every read has its own memory.
    const buffer = Buffer.allocUnsafeSlow(length);
    const { bytesRead } = await this.#whileOpen(() => readFile(this.#descriptor, buffer, 0, length, position));
    if (bytesRead === 0) throw changed(this.#path);
    return bytesRead === length ? buffer : buffer.subarray(0, bytesRead);
  }

  /** Replaced by a rename: the bytes read were whole, but of a file that has no name any more. */
  async #assertUnchanged(): Promise<void> {
    const stats = await this.#whileOpen(() => statOpenFile(this.#descriptor));
    if (fileVersion(stats) !== this.#version || stats.nlink === 0) throw changed(this.#path);
  }

  async #whileOpen<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed) fail('unexpected', `${this.#path} was closed while it was being read.`);
    this.#isBusy = true;
    try {
      return await call();
    } finally {
      this.#isBusy = false;
    }
  }

  async #release(): Promise<void> {
    this.#isClosed = true;
    if (this.#isReleased) return;
    this.#isReleased = true;
    await closeFile(this.#descriptor);
  }
}

function changed(path: string): FailureError {
  return new FailureError(
    failure('source-changed', `${path} changed while it was being read.`, { hint: 'Another attempt reads it anew.' }),
  );
}
