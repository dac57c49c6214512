/**
 * Owns bytes that rest nowhere on their way: handed from the source to a destination that stages them itself. Keeps a
 * checksum of each block in place of the block, by which what is staged there is known again: by a later attempt that
 * goes on, and before it is published. Must not know digests or providers. Used by spool.ts.
 */
import { crc32 } from 'node:zlib';
import type { ByteRange, ReadThere } from '../providers/provider.ts';
import { BLOCK_BYTES, type SumsFile } from './sums-file.ts';

/** So much may wait for the destination: enough that neither side waits for every single piece. */
const MOST_WAITING_BYTES = 256 * 1024;

export class PassingBytes {
  readonly #sizeBytes: number;
  /** null: nobody could go on with them. */
  readonly #file: SumsFile | null;
  readonly #onKept: (block: Uint8Array) => void;
  readonly #sums: number[] = [];
  #sum = 0;
  #summedBytes = 0;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Completes the whole: given only when it is known to be sound. */
  #heldBack: Uint8Array[] = [];
  #end: 'sound' | { readonly reason: unknown } | null = null;
  /** Renewed whenever the destination may go on, and whenever the source may. */
  #given = Promise.withResolvers<void>();
  #taken = Promise.withResolvers<void>();
  readonly #begun = Promise.withResolvers<number>();

  /** `onKept` gets each block that need not come again, from the start. */
  constructor(sizeBytes: number, file: SumsFile | null, onKept: (block: Uint8Array) => void) {
    this.#sizeBytes = sizeBytes;
    this.#file = file;
    this.#onKept = onKept;
    // The source hears of it where it waits for it.
    this.#begun.promise.catch(() => undefined);
  }

  /** From which byte on the destination takes them. Rejects when it never does. */
  get begun(): Promise<number> {
    return this.#begun.promise;
  }

  /** Keeps the bytes until they are taken; waits while too many are. */
  async append(bytes: Uint8Array): Promise<void> {
    this.#add(bytes);
    if (this.#summedBytes < this.#sizeBytes) {
      this.#waiting.push(bytes);
      this.#waitingBytes += bytes.length;
    } else this.#heldBack.push(bytes);
    this.#given.resolve();
    while (this.#waitingBytes >= MOST_WAITING_BYTES && this.#end === null) await this.#taken.promise;
    if (typeof this.#end === 'object' && this.#end !== null) throw this.#end.reason;
  }

  /** All of them came, and are what they should be. */
  release(): void {
    this.#waiting.push(...this.#heldBack);
    this.#heldBack = [];
    this.#end ??= 'sound';
    this.#given.resolve();
  }

  /** The rest does not come, or nobody takes it. */
  fail(reason: unknown): void {
    this.#end ??= { reason };
    this.#begun.reject(reason);
    this.#given.resolve();
    this.#taken.resolve();
  }

  /** To be opened once. */
  async *open({ first }: ByteRange): AsyncGenerator<Uint8Array> {
    this.#begun.resolve(first);
    for (;;) {
      const isSound = this.#end === 'sound';
      const taken = this.#waiting;
      this.#waiting = [];
      this.#waitingBytes = 0;
      this.#taken.resolve();
      this.#taken = Promise.withResolvers();
      yield* taken;
      if (isSound) return;
      if (taken.length > 0) continue;
      if (typeof this.#end === 'object' && this.#end !== null) throw this.#end.reason;
      await this.#given.promise;
      this.#given = Promise.withResolvers();
    }
  }

  /** Of the bytes that are there, how many are the first of these; the last block always comes again. */
  async goOn(read: ReadThere): Promise<number> {
    let at = 0;
    for (const sum of this.#file?.earlier ?? []) {
      if (at + BLOCK_BYTES >= this.#sizeBytes) break;
      const block = await read(at, BLOCK_BYTES);
      if (block.length !== BLOCK_BYTES || crc32(block) !== sum) break;
      this.#onKept(block);
      this.#sums.push(sum);
      this.#summedBytes += BLOCK_BYTES;
      at += BLOCK_BYTES;
    }
    return at;
  }

  /** Whether the bytes that are there are these, all of them. */
  async areThere(read: ReadThere): Promise<boolean> {
    if (this.#summedBytes !== this.#sizeBytes) return false;
    for (const [index, sum] of [...this.#sums, ...this.#lastSum()].entries()) {
      const at = index * BLOCK_BYTES;
      const length = Math.min(BLOCK_BYTES, this.#sizeBytes - at);
      const block = await read(at, length);
      if (block.length !== length || crc32(block) !== sum) return false;
    }
    return true;
  }

  async leave(): Promise<void> {
    await this.#file?.close();
  }

  async remove(): Promise<void> {
    await this.#file?.remove();
  }

  #lastSum(): readonly number[] {
    return this.#summedBytes % BLOCK_BYTES === 0 ? [] : [this.#sum];
  }

  #add(bytes: Uint8Array): void {
    for (let rest = bytes; rest.length > 0; ) {
      const part = rest.subarray(0, BLOCK_BYTES - (this.#summedBytes % BLOCK_BYTES));
      rest = rest.subarray(part.length);
      this.#sum = crc32(part, this.#sum);
      this.#summedBytes += part.length;
      if (this.#summedBytes % BLOCK_BYTES > 0) continue;
      this.#file?.write(this.#sums.length, this.#sum);
      this.#sums.push(this.#sum);
      this.#sum = 0;
    }
  }
}
