/**
 * Owns an asset's bytes between source and destination: in memory while they are few, in a temporary file otherwise,
 * with their digests. Must not know jobs, sources or destinations. Filled by read-source.ts, read by write and verify.
 */
import { createHash, type Hash, hash } from 'node:crypto';
import { join } from 'node:path';
import type { Digests } from '../../src-shared/model/asset.ts';
import type { ByteRange, WriteBody } from '../providers/provider.ts';
import { SpoolFile } from './spool-file.ts';
import { type SpoolOwner, spoolName } from './spool-name.ts';

/** Those that a spool can compute, strongest first. */
export const DIGEST_NAMES = ['sha256', 'md5'] as const;
export type DigestName = (typeof DIGEST_NAMES)[number];

export interface SpoolOptions {
  readonly folder: string;
  readonly owner: SpoolOwner;
  /** Up to this many bytes stay in memory. */
  readonly memoryBytes: number;
  /**
   * Digests that are sure to be asked for: of a file they are computed while it fills (sha256 1.7 GB/s, md5 0.7 GB/s a
   * core), where any other costs reading it again. What rests in memory is hashed when asked.
   */
  readonly digests: readonly DigestName[];
}

/** A filled spool. `open` can be called any number of times, also at once. */
export interface SpooledBody extends WriteBody {
  digest(name: DigestName): Promise<string>;
  /** Those that were computed so far. */
  knownDigests(): Digests;
}

const FIRST_ROOM_BYTES = 64 * 1024;

export class Spool {
  readonly #options: SpoolOptions;
  #room = Buffer.alloc(0);
  #file: SpoolFile | null = null;
  #hashes = new Map<DigestName, Hash>();
  #sizeBytes = 0;
  #isDiscarded = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  get kind(): 'memory' | 'file' {
    return this.#file === null ? 'memory' : 'file';
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Makes room at once for bytes that were announced; they may still turn out more or fewer. */
  async expect(sizeBytes: number): Promise<void> {
    if (sizeBytes > this.#options.memoryBytes) await this.#startFile();
    else this.#room = Buffer.allocUnsafeSlow(sizeBytes);
  }

  /** Copies the bytes, so their buffer may be used again. Throws `disk-full` or `unexpected`. */
  async append(bytes: Uint8Array): Promise<void> {
    if (this.#file === null && this.#sizeBytes + bytes.length > this.#options.memoryBytes) await this.#startFile();
    if (this.#file === null) {
      this.#assureRoom(this.#sizeBytes + bytes.length);
      this.#room.set(bytes, this.#sizeBytes);
    } else {
      for (const hashing of this.#hashes.values()) hashing.update(bytes);
      await this.#file.append(bytes);
    }
    this.#sizeBytes += bytes.length;
  }

  /** The bytes as a body to write. Nothing may be appended afterwards. */
  async seal(): Promise<SpooledBody> {
    const known: KnownDigests = {};
    for (const [name, hashing] of this.#hashes) known[name] = hashing.digest('hex');
    if (this.#file === null) return bodyInMemory(this.#room.subarray(0, this.#sizeBytes), known);
    await this.#file.flush();
    return bodyInFile(this.#file, this.#sizeBytes, known);
  }

  /** Gives everything back. May be called at any time, once; an `append` that still runs comes to nothing. */
  async discard(): Promise<void> {
    this.#isDiscarded = true;
    this.#room = Buffer.alloc(0);
    await this.#file?.remove();
  }

  async #startFile(): Promise<void> {
    const { folder, owner, digests } = this.#options;
    const file = await SpoolFile.create(join(folder, spoolName(owner)));
    if (this.#isDiscarded) {
      await file.remove();
      throw new Error('the spool was discarded');
    }
    this.#file = file;
    this.#hashes = new Map(digests.map((name) => [name, createHash(name)]));
    const gathered = this.#room.subarray(0, this.#sizeBytes);
    this.#room = Buffer.alloc(0);
    for (const hashing of this.#hashes.values()) hashing.update(gathered);
    await file.append(gathered);
  }

  #assureRoom(neededBytes: number): void {
    if (this.#room.length >= neededBytes) return;
    const roomier = Math.max(neededBytes, FIRST_ROOM_BYTES, Math.min(this.#room.length * 2, this.#options.memoryBytes));
    const grown = Buffer.allocUnsafeSlow(roomier);
    grown.set(this.#room.subarray(0, this.#sizeBytes));
    this.#room = grown;
  }
}

type KnownDigests = { -readonly [Name in keyof Digests]: Digests[Name] };

function bodyInMemory(buffer: Buffer, known: KnownDigests): SpooledBody {
  return {
    sizeBytes: buffer.length,
    buffer,
    async *open(range) {
      const part = range === undefined ? buffer : buffer.subarray(range.first, range.last + 1);
      if (part.length > 0) yield part;
    },
    ...digestsOf(known, async (name) => hash(name, buffer)),
  };
}

function bodyInFile(file: SpoolFile, sizeBytes: number, known: KnownDigests): SpooledBody {
  const open = (range: ByteRange = { first: 0, last: sizeBytes - 1 }) => file.read(range.first, range.last);
  return {
    sizeBytes,
    buffer: null,
    open,
    ...digestsOf(known, async (name) => {
      const hashing = createHash(name);
      for await (const block of open()) hashing.update(block);
      return hashing.digest('hex');
    }),
  };
}

function digestsOf(known: KnownDigests, compute: (name: DigestName) => Promise<string>) {
  async function digest(name: DigestName): Promise<string> {
    const found = known[name] ?? (await compute(name));
    known[name] = found;
    return found;
  }
  return {
    digest,
    digests: async (): Promise<Digests> => ({ md5: await digest('md5'), sha256: await digest('sha256') }),
    knownDigests: (): Digests => ({ ...known }),
  };
}
