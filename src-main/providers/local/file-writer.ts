/**
 * Owns bytes on their way into an open file, in order: pieces are gathered, one write is under way while the next are
 * gathered, and what was written becomes durable while more comes. Must not close the file. Called by write-local.ts.
 */
import * as calls from './fs-calls.ts';

/** One write. Fewer cost a hop between threads each; more only hold memory. */
const GATHERED_BYTES = 256 * 1024;
/** Nothing is published before it is durable, and a disk that begins late makes everybody wait for it at the end. */
const SYNC_EACH_BYTES = 64 * 1024 * 1024;

export class FileWriter {
  readonly #descriptor: number;
  #at: number;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #unsyncedBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #syncing: Promise<void> = Promise.resolve();

  constructor(descriptor: number, at: number) {
    this.#descriptor = descriptor;
    this.#at = at;
  }

  /** The bytes are not to change any more. Throws errors of the system, also those of earlier pieces. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#gathered.push(bytes);
    this.#gatheredBytes += bytes.byteLength;
    if (this.#gatheredBytes >= GATHERED_BYTES) await this.#turn();
  }

  /** Resolves when all of it is written; most of it is durable by then. */
  async flush(): Promise<void> {
    await this.#turn();
    await this.#writing;
    await this.#syncing;
  }

  /** Resolves when nothing is under way any more; whoever ends so does not ask how it went. */
  async settle(): Promise<void> {
    await Promise.allSettled([this.#writing, this.#syncing]);
  }

  async #turn(): Promise<void> {
    await this.#writing;
    if (this.#gatheredBytes === 0) return;
    const [pieces, length, at] = [this.#gathered, this.#gatheredBytes, this.#at];
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#at += length;
    this.#writing = this.#writeAll(pieces, length, at);
    // Thrown to whoever awaits it; nobody may be there yet.
    this.#writing.catch(() => undefined);
    this.#unsyncedBytes += length;
    if (this.#unsyncedBytes < SYNC_EACH_BYTES) return;
    await this.#syncing;
    this.#unsyncedBytes = 0;
    this.#syncing = calls.syncBytes(this.#descriptor);
    this.#syncing.catch(() => undefined);
  }

  async #writeAll(pieces: readonly Uint8Array[], length: number, at: number): Promise<void> {
    const { bytesWritten } = await calls.writePieces(this.#descriptor, pieces, at);
    if (bytesWritten < length)
      await this.#writeAll(after(pieces, bytesWritten), length - bytesWritten, at + bytesWritten);
  }
}

/** What is left of the pieces when so many bytes of them are written. */
function after(pieces: readonly Uint8Array[], writtenBytes: number): readonly Uint8Array[] {
  let written = writtenBytes;
  return pieces.flatMap((piece) => {
    const rest = piece.subarray(Math.min(written, piece.byteLength));
    written -= piece.byteLength - rest.byteLength;
    return rest.byteLength === 0 ? [] : [rest];
  });
}
