/**
 * Owns the file of checksums by which a later attempt knows again what an earlier one staged at its destination: four
 * bytes for each block, in order. Losing it costs reading the source from the start, nothing else. Used by
 * passing-bytes.ts, made by spool.ts.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { assureFolder, spoolFailure } from './spool-file.ts';

/** Bytes for each checksum, which an interruption may cost. */
export const BLOCK_BYTES = 256 * 1024;
const SUM_BYTES = 4;
const OPEN_OR_MAKE = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

export class SumsFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  /** Those that an earlier attempt left. */
  readonly earlier: readonly number[];
  #unwritten: number[] = [];
  #at: number | null = null;
  #writing: Promise<void> | null = null;

  private constructor(path: string, handle: FileHandle, earlier: readonly number[]) {
    this.#path = path;
    this.#handle = handle;
    this.earlier = earlier;
  }

  /** Takes over what stands under `from`, when it can be of `sizeBytes`. Throws `disk-full` or `unexpected`. */
  static async open(path: string, from: string | null, sizeBytes: number): Promise<SumsFile> {
    try {
      await assureFolder(dirname(path));
      if (from !== null) await rename(from, path);
      const handle = await open(path, OPEN_OR_MAKE, 0o600);
      const mostBytes = Math.ceil(sizeBytes / BLOCK_BYTES) * SUM_BYTES;
      const { size } = await handle.stat();
      // The bytes themselves, from an attempt that spooled them to compare them: they would only take room.
      if (size > mostBytes) await handle.truncate();
      const there = Buffer.alloc(size > mostBytes ? 0 : size);
      const { bytesRead } = await handle.read(there, 0, there.length, 0);
      const count = Math.floor(bytesRead / SUM_BYTES);
      return new SumsFile(
        path,
        handle,
        Array.from({ length: count }, (_, index) => there.readUInt32LE(index * SUM_BYTES)),
      );
    } catch (thrown) {
      throw spoolFailure(thrown);
    }
  }

  /** The sums of the blocks from `index` on, in order; in the background. */
  write(index: number, sum: number): void {
    this.#at ??= index;
    this.#unwritten.push(sum);
    this.#writing ??= this.#writeAll();
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#handle.close();
  }

  /** A file that is already gone is fine. */
  async remove(): Promise<void> {
    try {
      await this.close();
    } finally {
      await unlink(this.#path).catch((thrown: NodeJS.ErrnoException) => {
        if (thrown.code !== 'ENOENT') throw spoolFailure(thrown);
      });
    }
  }

  async #writeAll(): Promise<void> {
    while (this.#unwritten.length > 0) {
      const bytes = Buffer.alloc(this.#unwritten.length * SUM_BYTES);
      for (const [index, sum] of this.#unwritten.entries()) bytes.writeUInt32LE(sum, index * SUM_BYTES);
      const at = this.#at ?? 0;
      this.#at = at + this.#unwritten.length;
      this.#unwritten = [];
      // A sum that is not there ends what a later attempt goes on with; this one has no need of it.
      await this.#handle.write(bytes, 0, bytes.length, at * SUM_BYTES).catch(() => undefined);
    }
    this.#writing = null;
  }
}
