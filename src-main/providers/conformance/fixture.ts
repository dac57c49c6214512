/**
 * Owns what a provider's tests hand to the conformance suite, and the small tools that its parts share. Must not know
 * any provider.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { ContentHeaders, Digests } from '../../../src-shared/model/asset.ts';
import { type FailureCode, FailureError } from '../../../src-shared/model/failure.ts';
import type { Capabilities, LocationRole } from '../../../src-shared/model/provider.ts';
import type { ByteRange, Provider, WriteBody, WriteOptions } from '../provider.ts';

/** A way in which an account or a place cannot work, and how the connection test must say so. */
export interface BrokenCase {
  readonly what: string;
  readonly provider: Provider;
  readonly container: string;
  readonly role: LocationRole;
  readonly step: string;
  readonly code: FailureCode;
  readonly field: string;
}

export interface ProviderSetup {
  readonly provider: Provider;
  /** A second one for the same account, as another process would have it. */
  readonly another: () => Provider;
  /** Is there; only the suite uses it. */
  readonly container: string;
  /** Is there and stays empty. */
  readonly emptyContainer: string;
  /** Is not there. */
  readonly missingContainer: string;
  /** Puts an asset there by other means; null where the provider writes itself. */
  readonly seed: ((key: string, bytes: Uint8Array, contentType: string) => Promise<void>) | null;
  /** What a failed write may have left where listings do not look. Empty when nothing is. */
  readonly leftovers: () => Promise<readonly string[]>;
  /** Keys that the server itself leaves out of every listing, although it holds them. */
  readonly hidesFromLists?: (key: string) => boolean;
  /** Two writers of one absent key at the same moment: exactly one wins. */
  readonly keepsNewKeysApart: boolean;
  /** Content headers that the service has no place for, although it keeps the others. */
  readonly headersNotKept?: readonly (keyof ContentHeaders)[];
  /** The service has no tags, although others of its kind do. */
  readonly tagsNotKept?: true;
  readonly broken: readonly BrokenCase[];
  readonly close: () => Promise<void>;
}

export interface UnderTest {
  readonly capabilities: Capabilities;
  readonly setup: () => ProviderSetup;
}

export const NEVER_ABORTED = new AbortController().signal;

export function bytesOf(size: number): Buffer {
  return randomBytes(size);
}

export function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

function digestsOf(bytes: Uint8Array): Digests {
  return { md5: md5(bytes), sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** A body that rests in memory in one piece. */
export function bufferBody(bytes: Uint8Array): WriteBody {
  return {
    sizeBytes: bytes.byteLength,
    buffer: bytes,
    isWhole: () => true,
    digests: async () => digestsOf(bytes),
    open: () => {
      throw new Error('A body with a buffer is not opened.');
    },
  };
}

/** A body that is read in pieces, as from a spool file. `open` may be replaced to misbehave. */
export function streamBody(bytes: Uint8Array, open: WriteBody['open'] = (range) => pieces(bytes, range)): WriteBody {
  return {
    sizeBytes: bytes.byteLength,
    buffer: null,
    isWhole: () => true,
    digests: async () => digestsOf(bytes),
    open,
  };
}

const PIECE_BYTES = 64 * 1024;

export async function* pieces(bytes: Uint8Array, range?: ByteRange): AsyncGenerator<Uint8Array, void, void> {
  const { first, last } = range ?? { first: 0, last: bytes.byteLength - 1 };
  for (let at = first; at <= last; at += PIECE_BYTES) yield bytes.subarray(at, Math.min(at + PIECE_BYTES, last + 1));
}

let writes = 0;

/** Options of an ordinary write, each with a token of its own. */
export function writeOptions(given: Partial<WriteOptions> = {}): WriteOptions {
  writes += 1;
  return {
    headers: {},
    metadata: {},
    modifiedAtMs: null,
    storageClass: null,
    tags: {},
    acl: null,
    onlyIfAbsent: false,
    token: `${process.pid}-${writes}`,
    note: null,
    onProgress: () => undefined,
    signal: NEVER_ABORTED,
    ...given,
  };
}

/** Puts an asset there, by the provider itself where it writes. */
export async function put(setup: ProviderSetup, key: string, bytes: Uint8Array): Promise<void> {
  if (setup.seed !== null) await setup.seed(key, bytes, 'image/png');
  else await setup.provider.write(setup.container, key, bufferBody(bytes), writeOptions());
}

export async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function readKey(setup: ProviderSetup, key: string, range?: ByteRange): Promise<Buffer> {
  const options = { signal: NEVER_ABORTED, ...(range === undefined ? {} : { range }) };
  const opened = await setup.provider.open(setup.container, key, options);
  return readAll(opened.body);
}

/** All keys below a prefix, page by page. */
export async function listKeys(
  provider: Provider,
  container: string,
  prefix: string,
  limit = 1_000,
): Promise<string[]> {
  const keys: string[] = [];
  let position: string | null = null;
  do {
    const page = await provider.list(container, prefix, { position, limit, signal: NEVER_ABORTED });
    keys.push(...page.assets.map((asset) => asset.key));
    position = page.position;
  } while (position !== null);
  return keys;
}

/** The code that a promise fails with; "none" when it does not fail; the error itself when it carries no code. */
export async function codeOf(promise: Promise<unknown>): Promise<FailureCode | 'none'> {
  try {
    await promise;
    return 'none';
  } catch (thrown) {
    if (thrown instanceof FailureError) return thrown.failure.code;
    throw thrown;
  }
}
