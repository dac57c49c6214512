/**
 * Owns an asset's bytes between source and destination: in memory while they are few, in a temporary file otherwise,
 * with their digests. What rests in a file can be read while it still arrives, all but its last byte: that one comes when
 * the whole is known to be sound, so that nobody publishes what is not. Must not know jobs, sources or destinations.
 * Filled by read-source.ts, read by write and verify.
 */
import { createHash, type Hash, hash } from 'node:crypto';
import { readdir, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Digests } from '../../src-shared/model/asset.ts';
import type { ByteRange, WriteBody } from '../providers/provider.ts';
import { PassingBytes } from './passing-bytes.ts';
import { SpoolFile } from './spool-file.ts';
import { readSpoolName, type SpoolOwner, spoolName } from './spool-name.ts';
import { SumsFile } from './sums-file.ts';

/** Those that a spool can compute, strongest first. */
export const DIGEST_NAMES = ['sha256', 'md5'] as const;
export type DigestName = (typeof DIGEST_NAMES)[number];

export interface SpoolOptions {
  readonly folder: string;
  readonly owner: SpoolOwner;
  /** Up to this many bytes stay in memory. */
  readonly memoryBytes: number;
}

/** A filled spool. `open` can be called any number of times, also at once. */
export interface SpooledBody extends WriteBody {
  digest(name: DigestName): Promise<string>;
  /** Those that were computed so far. */
  knownDigests(): Digests;
}

/** What an earlier attempt may have left. */
interface Kept {
  readonly fingerprint: string | null;
  readonly sizeBytes: number;
  readonly onKept: () => void;
}

const FIRST_ROOM_BYTES = 64 * 1024;

export class Spool {
  readonly #options: SpoolOptions;
  #room = Buffer.alloc(0);
  #file: SpoolFile | null = null;
  #passing: PassingBytes | null = null;
  #hashes = new Map<DigestName, Hash>();
  #sizeBytes = 0;
  #isDiscarded = false;
  readonly #known: KnownDigests = {};
  readonly #sound = Promise.withResolvers<void>();
  #isSound = false;
  #fingerprint: string | null = null;
  #failure: { readonly reason: unknown } | null = null;
  /** Renewed whenever there may be more to read. */
  #stirred = Promise.withResolvers<void>();

  constructor(options: SpoolOptions) {
    this.#options = options;
    // Who reads hears of it; when nobody does, nobody has to.
    this.#sound.promise.catch(() => undefined);
  }

  get kind(): 'memory' | 'file' | 'none' {
    if (this.#passing !== null) return 'none';
    return this.#file === null ? 'memory' : 'file';
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /**
   * Makes room at once for bytes that were announced; they may still turn out more or fewer. Of a file, `digests` are
   * computed while it fills (sha256 1.7 GB/s, md5 0.7 GB/s a core); any other costs reading it again. What rests in
   * memory is hashed when asked. Returns how many of the bytes are here already: a file that an earlier attempt at this
   * job left under the same fingerprint is gone on with. `onKept` is called while it is looked through.
   */
  async expect(
    sizeBytes: number,
    digests: readonly DigestName[],
    fingerprint: string | null,
    onKept: () => void = () => undefined,
  ): Promise<number> {
    if (sizeBytes > this.#options.memoryBytes) await this.#startFile(digests, { fingerprint, sizeBytes, onKept });
    else this.#room = Buffer.allocUnsafeSlow(sizeBytes);
    return this.#sizeBytes;
  }

  /**
   * Nothing is to rest here: the bytes pass to a destination that stages them. Of what an earlier attempt staged under
   * the same fingerprint, `passed` tells how much is gone on with, as soon as the destination has looked.
   */
  async pass(sizeBytes: number, digests: readonly DigestName[], fingerprint: string | null): Promise<void> {
    const { folder, owner } = this.#options;
    const path = join(folder, spoolName(owner, fingerprint));
    const earlier = await findEarlier(folder, owner, fingerprint, path);
    const sums = fingerprint === null ? null : await SumsFile.open(path, earlier, sizeBytes);
    this.#hashes = new Map(digests.map((name) => [name, createHash(name)]));
    this.#fingerprint = fingerprint;
    this.#passing = new PassingBytes(sizeBytes, sums, (block) => this.#hash(block));
    if (this.#isDiscarded) {
      await this.#passing.remove();
      throw new Error('the spool was discarded');
    }
  }

  /** Resolves when the destination begins to take what passes, with how much of it need not come again. */
  async passed(): Promise<number> {
    this.#sizeBytes = (await this.#passing?.begun) ?? 0;
    return this.#sizeBytes;
  }

  /** Copies the bytes, so their buffer may be used again, unless they pass. Throws `disk-full` or `unexpected`. */
  async append(bytes: Uint8Array): Promise<void> {
    if (this.#passing !== null) {
      this.#hash(bytes);
      this.#sizeBytes += bytes.length;
      return this.#passing.append(bytes);
    }
    if (this.#file === null && this.#sizeBytes + bytes.length > this.#options.memoryBytes) {
      await this.#startFile(DIGEST_NAMES, null);
    }
    if (this.#file === null) {
      this.#assureRoom(this.#sizeBytes + bytes.length);
      this.#room.set(bytes, this.#sizeBytes);
    } else {
      this.#hash(bytes);
      await this.#file.append(bytes);
    }
    this.#sizeBytes += bytes.length;
  }

  /** The bytes as a body to write. Nothing may be appended afterwards. */
  async seal(): Promise<SpooledBody> {
    for (const [name, hashing] of this.#hashes) this.#known[name] = hashing.digest('hex');
    if (this.#passing !== null) return bodyThatPasses(this.#passing, this.#sizeBytes, this.#known, () => true);
    if (this.#file === null) return bodyInMemory(this.#room.subarray(0, this.#sizeBytes), this.#known);
    await this.#file.flush();
    return bodyInFile(this.#file, this.#sizeBytes, this.#known);
  }

  /** The body while its `sizeBytes` still arrive in the file, or pass. Its digests settle with `release` or `fail`. */
  arriving(sizeBytes: number): SpooledBody {
    if (this.#passing !== null) return bodyThatPasses(this.#passing, sizeBytes, this.#known, () => this.#isSound);
    const file = this.#file;
    if (file === null) throw new Error('only what rests in a file can be read while it arrives');
    const open = (range: ByteRange = { first: 0, last: sizeBytes - 1 }) => this.#follow(file, range, sizeBytes);
    return {
      sizeBytes,
      buffer: null,
      isWhole: () => this.#isSound,
      open,
      ...digestsOf(this.#known, async (name) => {
        await this.#sound.promise;
        return this.#known[name] ?? digestOf(name, open());
      }),
    };
  }

  /** All bytes came and are what they should be: who reads while they arrive gets the last one. */
  release(): void {
    this.#isSound = true;
    this.#sound.resolve();
    this.#passing?.release();
    this.#stir();
  }

  /** They do not come, or are not what they should be: who reads while they arrive gets this thrown. */
  fail(reason: unknown): void {
    this.#failure = { reason };
    this.#sound.reject(reason);
    this.#passing?.fail(reason);
    this.#stir();
  }

  /** Leaves a file for a later attempt where one could go on with it; gives everything else back. */
  async leave(): Promise<void> {
    const rests = this.#passing ?? this.#file;
    if (this.#fingerprint === null || rests === null) return this.discard();
    this.#isDiscarded = true;
    await rests.leave();
  }

  /** Gives everything back. May be called at any time, once; an `append` that still runs comes to nothing. */
  async discard(): Promise<void> {
    this.#isDiscarded = true;
    this.#room = Buffer.alloc(0);
    await (this.#passing ?? this.#file)?.remove();
  }

  async *#follow(file: SpoolFile, { first, last }: ByteRange, sizeBytes: number): AsyncGenerator<Uint8Array> {
    for (let at = first; at <= last; ) {
      const { promise } = this.#stirred;
      const readableBytes = this.#isSound ? sizeBytes : Math.min(file.writtenBytes, sizeBytes - 1);
      const end = Math.min(last + 1, readableBytes);
      if (at >= end) {
        if (this.#failure !== null) throw this.#failure.reason;
        await promise;
        continue;
      }
      for await (const block of file.read(at, end - 1)) {
        yield block;
        at += block.length;
      }
    }
  }

  #stir(): void {
    this.#stirred.resolve();
    this.#stirred = Promise.withResolvers();
  }

  async #startFile(digests: readonly DigestName[], kept: Kept | null): Promise<void> {
    const { folder, owner } = this.#options;
    const fingerprint = kept?.fingerprint ?? null;
    const path = join(folder, spoolName(owner, fingerprint));
    const onGrown = () => this.#stir();
    const startHashing = () => {
      this.#hashes = new Map(digests.map((name) => [name, createHash(name)]));
    };
    startHashing();
    const from = await findEarlier(folder, owner, fingerprint, path);
    const earlier =
      from === null
        ? null
        : await SpoolFile.takeOver(from, path, onGrown, (block) => {
            kept?.onKept();
            this.#hash(block);
          });
    // Longer than the whole is none of it.
    const isOurs = earlier !== null && earlier.appendedBytes <= (kept?.sizeBytes ?? 0);
    if (earlier !== null && !isOurs) {
      await earlier.remove();
      startHashing();
    }
    this.#fingerprint = fingerprint;
    await this.#useFile(isOurs ? earlier : await SpoolFile.create(path, onGrown));
  }

  async #useFile(file: SpoolFile): Promise<void> {
    if (this.#isDiscarded) {
      await file.remove();
      throw new Error('the spool was discarded');
    }
    this.#file = file;
    const gathered = this.#room.subarray(0, this.#sizeBytes);
    this.#room = Buffer.alloc(0);
    this.#sizeBytes += file.appendedBytes;
    this.#hash(gathered);
    await file.append(gathered);
  }

  #hash(bytes: Uint8Array): void {
    for (const hashing of this.#hashes.values()) hashing.update(bytes);
  }

  #assureRoom(neededBytes: number): void {
    if (this.#room.length >= neededBytes) return;
    const roomier = Math.max(neededBytes, FIRST_ROOM_BYTES, Math.min(this.#room.length * 2, this.#options.memoryBytes));
    const grown = Buffer.allocUnsafeSlow(roomier);
    grown.set(this.#room.subarray(0, this.#sizeBytes));
    this.#room = grown;
  }
}

/** What an earlier attempt at this job left of the same bytes; what it left of others is removed. */
async function findEarlier(
  folder: string,
  { jobId }: SpoolOwner,
  fingerprint: string | null,
  path: string,
): Promise<string | null> {
  let found: string | null = null;
  // A folder that is not there holds none; it is made when the file is.
  for (const name of await readdir(folder).catch(() => [])) {
    const other = readSpoolName(name);
    if (other?.jobId !== jobId || name === basename(path)) continue;
    const from = join(folder, name);
    if (found === null && fingerprint !== null && other.fingerprint === fingerprint) found = from;
    else await unlink(from).catch(() => undefined);
  }
  return found;
}

/** Those that were computed so far. */
export type KnownDigests = { -readonly [Name in keyof Digests]: Digests[Name] };

function bodyInMemory(buffer: Buffer, known: KnownDigests): SpooledBody {
  return {
    sizeBytes: buffer.length,
    buffer,
    isWhole: () => true,
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
    isWhole: () => true,
    open,
    ...digestsOf(known, (name) => digestOf(name, open())),
  };
}

function bodyThatPasses(
  passing: PassingBytes,
  sizeBytes: number,
  known: KnownDigests,
  isWhole: () => boolean,
): SpooledBody {
  return {
    sizeBytes,
    buffer: null,
    isWhole,
    passing,
    open: (range: ByteRange = { first: 0, last: sizeBytes - 1 }) => passing.open(range),
    ...digestsOf(known, (name) => {
      throw new Error(`no ${name} was computed of what passed`);
    }),
  };
}

async function digestOf(name: DigestName, blocks: AsyncIterable<Uint8Array>): Promise<string> {
  const hashing = createHash(name);
  for await (const block of blocks) hashing.update(block);
  return hashing.digest('hex');
}

/** The digests of a body: each is computed when it is first asked for, unless it is known by then. */
export function digestsOf(known: KnownDigests, compute: (name: DigestName) => Promise<string>) {
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
