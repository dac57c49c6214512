/**
 * Owns one temporary file of bytes on their way: made for this attempt alone, written once from start to end, read any
 * number of times, removed. Each block is followed by its checksum, so that a later attempt goes on only with what is
 * whole. Must not know digests or providers. Used by spool.ts.
 */
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { FailureError, fail, failure } from '../../src-shared/model/failure.ts';

/** Bytes per disk write and read. Larger blocks gain nothing on a page cache; smaller ones pay a thread hop each. */
const BLOCK_BYTES = 1024 * 1024;
/** CRC-32 of the block before it. */
const SUM_BYTES = 4;

/** Fails if the file is there, and never writes through a link. */
const CREATE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

export class SpoolFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  /** Two blocks in turn: one is filled and hashed while the other goes to disk. */
  #block = Buffer.allocUnsafeSlow(BLOCK_BYTES + SUM_BYTES);
  #other = Buffer.allocUnsafeSlow(BLOCK_BYTES + SUM_BYTES);
  #filled = 0;
  #handedBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #broken: FailureError | null = null;
  #writtenBytes = 0;
  readonly #onGrown: () => void;

  private constructor(path: string, handle: FileHandle, onGrown: () => void) {
    this.#path = path;
    this.#handle = handle;
    this.#onGrown = onGrown;
  }

  /** From the start, so many bytes can be read. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** So many bytes it has, those that are still on their way to the disk included. */
  get appendedBytes(): number {
    return this.#handedBytes + this.#filled;
  }

  /**
   * Mode 0600. Makes the folder again when it vanished. `onGrown` is called when more can be read. Throws `disk-full` or
   * `unexpected`, as all methods do.
   */
  static async create(path: string, onGrown: () => void): Promise<SpoolFile> {
    try {
      await assureFolder(dirname(path));
      return new SpoolFile(path, await open(path, CREATE, 0o600), onGrown);
    } catch (thrown) {
      throw spoolFailure(thrown);
    }
  }

  /** Copies the bytes; waits only when two blocks are on their way. */
  async append(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      const part = rest.subarray(0, BLOCK_BYTES - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      rest = rest.subarray(part.length);
      if (this.#filled === BLOCK_BYTES) await this.#turn();
    }
  }

  /** Resolves when all that was appended can be read. */
  async flush(): Promise<void> {
    await this.#turn();
    await this.#writing;
    if (this.#broken) throw this.#broken;
  }

  /**
   * Takes over a file that an earlier attempt left, under a name of its own, up to the first block that is torn or
   * damaged. `onBlock` gets what is kept, from the start. null: it is there no more.
   */
  static async takeOver(
    from: string,
    to: string,
    onGrown: () => void,
    onBlock: (bytes: Uint8Array) => void,
  ): Promise<SpoolFile | null> {
    try {
      await rename(from, to);
      const handle = await open(to, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
      const file = new SpoolFile(to, handle, onGrown);
      await file.#readEarlier(onBlock);
      return file;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw spoolFailure(thrown);
    }
  }

  /**
   * The bytes from `first` to `last`, both included, each block checked by its sum: what is sent to a destination in parts
   * is proven by digests of what is read here. Each block is a buffer of its own.
   */
  async *read(first: number, last: number): AsyncGenerator<Uint8Array> {
    for (let at = first; at <= last; ) {
      if (at >= this.#writtenBytes) throw spoolFailure(new Error('it is shorter than what was written to it'));
      const start = at - (at % BLOCK_BYTES);
      const block = await this.#readBlock(start, Math.min(BLOCK_BYTES, this.#writtenBytes - start));
      yield block.subarray(at - start, last + 1 - start);
      at = start + block.length;
    }
  }

  /** Closes and leaves the file for a later attempt. */
  async leave(): Promise<void> {
    // What was not full yet is worth keeping too; when it cannot be written, what is there is shorter, and that is fine.
    await this.#turn().catch(() => undefined);
    await this.#writing;
    await this.#handle.close();
  }

  /** Closes and removes. A file that is already gone is fine. */
  async remove(): Promise<void> {
    await this.#writing;
    try {
      await this.#handle.close();
    } finally {
      await unlink(this.#path).catch((thrown: NodeJS.ErrnoException) => {
        if (thrown.code !== 'ENOENT') throw spoolFailure(thrown);
      });
    }
  }

  async #readBlock(start: number, length: number): Promise<Uint8Array> {
    const block = Buffer.allocUnsafe(length + SUM_BYTES);
    const { bytesRead } = await this.#handle.read(block, 0, block.length, placeOf(start)).catch((thrown: unknown) => {
      throw spoolFailure(thrown);
    });
    if (bytesRead < block.length) throw spoolFailure(new Error('it is shorter than what was written to it'));
    const bytes = block.subarray(0, length);
    if (block.readUInt32LE(length) === crc32(bytes)) return bytes;
    return fail('checksum-mismatch', 'The spool file does not hold the bytes that were written to it.', {
      hint: 'The disk of the profile may be failing. Another attempt reads the source again.',
    });
  }

  async #readEarlier(onBlock: (bytes: Uint8Array) => void): Promise<void> {
    for (;;) {
      const { bytesRead } = await this.#handle.read(this.#block, 0, this.#block.length, placeOf(this.#handedBytes));
      const length = bytesRead - SUM_BYTES;
      if (length <= 0 || this.#block.readUInt32LE(length) !== crc32(this.#block.subarray(0, length))) return;
      onBlock(this.#block.subarray(0, length));
      // What follows goes on filling a block that was not full, and is written over it: it can be read after that.
      if (length < BLOCK_BYTES) {
        this.#filled = length;
        return;
      }
      this.#handedBytes += length;
      this.#writtenBytes = this.#handedBytes;
    }
  }

  async #turn(): Promise<void> {
    await this.#writing;
    if (this.#broken) throw this.#broken;
    if (this.#filled === 0) return;
    const [block, length, position] = [this.#block, this.#filled, this.#handedBytes];
    this.#handedBytes += length;
    this.#filled = 0;
    [this.#block, this.#other] = [this.#other, block];
    // Kept, not thrown: nobody waits on this promise yet, and a rejection that nobody hears ends the process.
    block.writeUInt32LE(crc32(block.subarray(0, length)), length);
    this.#writing = this.#writeAll(block.subarray(0, length + SUM_BYTES), position).catch((thrown: unknown) => {
      this.#broken = spoolFailure(thrown);
    });
  }

  async #writeAll(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const at = placeOf(position) + done;
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, at);
      done += bytesWritten;
    }
    this.#writtenBytes = position + bytes.length - SUM_BYTES;
    this.#onGrown();
  }
}

/** Where in the file a byte stands: after its predecessors and the checksums of their blocks. */
function placeOf(at: number): number {
  return at + Math.floor(at / BLOCK_BYTES) * SUM_BYTES;
}

export async function assureFolder(folder: string): Promise<void> {
  const found = await lstat(folder).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return null;
    throw thrown;
  });
  if (found === null) await mkdir(folder, { recursive: true, mode: 0o700 });
  else if (!found.isDirectory()) throw new Error(`${folder} is not a folder`);
}

export function spoolFailure(thrown: unknown): FailureError {
  const { code, message } = thrown as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new FailureError(
      failure('disk-full', 'The disk of the spool folder is full.', {
        hint: 'Free some room there, or start with a profile on a larger disk.',
      }),
      { cause: thrown },
    );
  }
  return new FailureError(
    failure('unexpected', `The spool file failed: ${message}.`, {
      hint: 'Check the disk and the rights of the spool folder in the profile.',
      // Too many open files: it passes when other transfers end.
      retryable: code === 'EMFILE' || code === 'ENFILE',
    }),
    { cause: thrown },
  );
}
