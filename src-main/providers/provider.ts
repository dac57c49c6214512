/**
 * Owns the interface that every kind of storage implements, and nothing else. Must not know jobs, leases or spools.
 * Implemented by one folder each (see registry.ts); called by src-main/worker. One conformance suite proves them all
 * (provider-conformance.ts). Every method throws FailureError with a code of src-shared/model/failure.ts.
 */
import type { AssetHead, ContentHeaders, Digests, ListedAsset } from '../../src-shared/model/asset.ts';
import type { ProofRung } from '../../src-shared/model/proof.ts';
import type { CheckReport, LocationRole, ProviderDescriptor } from '../../src-shared/model/provider.ts';
import type { Tags } from '../../src-shared/model/tags.ts';

export interface ListPage {
  readonly assets: readonly ListedAsset[];
  /** Where to go on; null at the end. Survives a restart of the process. */
  readonly position: string | null;
}

export interface KeyPage {
  readonly keys: readonly string[];
  /** None follow after these. */
  readonly isEnd: boolean;
}

/** First and last byte, both included, as in HTTP. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export interface OpenOptions {
  readonly range?: ByteRange;
  /** Refuse with `source-changed` when the asset is no longer this version. */
  readonly ifVersion?: string;
  readonly signal: AbortSignal;
}

/**
 * An asset that is being read. `body` gives the stored bytes, never decoded; it ends early with a `network` failure
 * when fewer came than were promised. `head.sizeBytes` is -1 only when the source did not say.
 * The caller reads it to its end or calls `close`.
 */
export interface OpenedAsset {
  readonly head: AssetHead;
  /** Each chunk is the reader's to keep: its memory is not used again. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Nothing marks where the bytes end: a connection that was cut looks like one that gave all. */
  readonly endsUnmarked?: true;
  close(): void;
}

/**
 * Bytes to write, which can be read again from the start for another try: the spool. They may still be arriving: then
 * `open` waits for them, and gives the last ones only when the whole is known to be sound. What it throws is the
 * source's failure, to be passed on as it is.
 */
export interface WriteBody {
  readonly sizeBytes: number;
  /**
   * Of the whole body, computed while it is read from the source: at least md5 and sha256. Settles when the last byte
   * has arrived: who waits for it before sending does not send while the rest still comes.
   */
  digests(): Promise<Digests>;
  /** False while bytes still arrive, or their digests would cost reading all of them. */
  isWhole(): boolean;
  /**
   * The MD5 that the source vouches for, where it does: known before the bytes are here. A write that is checked whole
   * (`wholeChecksumUpToBytes`) is checked against this one.
   */
  readonly vouchedMd5?: string;
  /**
   * Set when every range of the body is read from the source itself: each part is read once, never to look first. Equal
   * names are equal bytes, so what an earlier try brought there under the same name needs no comparing.
   */
  readonly remoteName?: string;
  /** Set where the destination `stages`, and only there. */
  readonly passing?: PassingBody;
  /** The whole body when it rests in memory, in one piece; then `open` is not needed. */
  readonly buffer: Uint8Array | null;
  /** Reads all of it, or a range. */
  open(range?: ByteRange): AsyncIterable<Uint8Array>;
}

/** Reads what the destination has so far: up to `length` bytes from `at` on, fewer at its end. Good until the next call. */
export type ReadThere = (at: number, length: number) => Promise<Uint8Array>;

/**
 * Of a body whose bytes come from the source once, in their order, and rest nowhere on the way: the destination `stages`
 * them. It is opened once, from where the write goes on.
 */
export interface PassingBody {
  /** How many of the bytes that an earlier try left are the first of these; never all of them. */
  goOn(read: ReadThere): Promise<number>;
  /** Whether what is there now are these bytes. To be asked when all were given. */
  areThere(read: ReadThere): Promise<boolean>;
}

/**
 * Where a write of many bytes is noted, so that a later try of the same asset goes on instead of starting over, be it in
 * another process after a crash. The bytes may be others by then: what is there is compared with the body before it is
 * used.
 */
export interface UploadNote {
  /** The mark of a write under the same key that did not come to its end; null: there is none. */
  readonly unfinished: string | null;
  /** Notes by which mark the write is found again. Durable when it resolves; awaited before the first byte goes. */
  begun(mark: string): Promise<void>;
}

export interface WriteOptions {
  readonly headers: ContentHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  readonly modifiedAtMs: number | null;
  /** In the service's words; null: as it decides. Given only where the capabilities name some. */
  readonly storageClass: string | null;
  /** What the asset is to have, and no others. Some only where the capabilities have characters for them. */
  readonly tags: Tags;
  /** In the service's words; null: as it decides. Given only where the capabilities name some. */
  readonly acl: string | null;
  /** true: refuse with `already-exists` when the key is there, atomically where the provider can. */
  readonly onlyIfAbsent: boolean;
  /** Names this try; a temporary name or a recognisable mark may be made from it. [A-Za-z0-9.-]+ */
  readonly token: string;
  /**
   * Set when the write may leave its finished parts behind for a later try, which `giveUp` removes otherwise. null: a
   * failed write leaves nothing.
   */
  readonly note: UploadNote | null;
  /** Called with the bytes that the destination has so far, those of an earlier try included; as often as it likes. */
  readonly onProgress: (writtenBytes: number) => void;
  readonly signal: AbortSignal;
}

/** What the destination holds after the write, as the destination itself reports it. */
export interface WriteResult {
  readonly versionToken: string | null;
  /** Digests that the destination computed and ours were not needed for: of a copy that it made itself. */
  readonly digests?: Digests;
  /**
   * How the provider can vouch for the bytes: `checksum`: it checked a digest of ours against what it stored; `etag`:
   * its multipart ETag, or its list of parts by digest, equals the one recomputed from our parts; `re-read`: what it
   * stored was read back and compared before anybody could see it; null: nothing but the size, the caller must read back.
   */
  readonly vouches: Exclude<ProofRung, 'size-only'> | null;
}

/** An asset of another provider that the service is to fetch or copy by itself. */
export interface CopySource {
  readonly provider: Provider;
  readonly container: string;
  readonly key: string;
  /** As it was seen; the copy must be of this version. */
  readonly head: ListedAsset;
}

/**
 * Write is atomic for readers: they see the old asset or the whole new one. A failed or aborted write leaves nothing
 * behind that a reader or a listing would show, and as little as the provider allows otherwise. Methods with a question
 * mark are there where the service can do it.
 */
export interface Provider {
  readonly descriptor: ProviderDescriptor;
  /** Up to `limit` assets in the provider's order. A container that does not exist is `not-found`; an empty one is an empty page. */
  list(
    container: string,
    prefix: string,
    options: { readonly position: string | null; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<ListPage>;
  /** A page of the keys behind `after`, in the order of their UTF-8 bytes. Where one request says so. */
  keysAfter?(container: string, after: string, signal: AbortSignal): Promise<KeyPage>;
  /** null when there is no such key. */
  head(container: string, key: string, signal: AbortSignal): Promise<AssetHead | null>;
  open(container: string, key: string, options: OpenOptions): Promise<OpenedAsset>;
  /** The tags that the asset has: a request of their own. Where the capabilities have characters for them. */
  tags?(container: string, key: string, signal: AbortSignal): Promise<Tags>;
  write(container: string, key: string, body: WriteBody, options: WriteOptions): Promise<WriteResult>;
  /** Removes what an unfinished write left, by the mark it noted. Quiet when nothing is left. Where `resumesWrites`. */
  giveUp?(container: string, key: string, mark: string, signal: AbortSignal): Promise<void>;
  /**
   * Removes what writes with these tokens left beside the key when their process ended. Quiet when nothing is left.
   * Where readers of the storage itself could see it.
   */
  removeStaging?(container: string, key: string, tokens: readonly string[], signal: AbortSignal): Promise<void>;
  /**
   * Has the service itself copy or fetch the asset, without its bytes passing here, with the content headers and the
   * metadata that it has, and the tags and the ACL of the options. null: it cannot for this source, and nothing happened. Vouches `checksum` when the digest of
   * the copy is that of the source.
   */
  copyFrom?(source: CopySource, container: string, key: string, options: WriteOptions): Promise<WriteResult | null>;
  /** A URL by which a service can read this asset for a while, without our secrets. null: there is none. */
  readUrl?(container: string, key: string, lifetimeMs: number): Promise<string | null>;
  /**
   * Quiet when there is no such key. `ifVersion`: refuse with `source-changed` when it is another version, where the
   * service compares it in the same stroke; elsewhere nobody does, and the caller looks right before.
   */
  remove(container: string, key: string, signal: AbortSignal, ifVersion?: string): Promise<void>;
  /** Tries the steps that the role needs and says how each went; leaves nothing behind. Throws only on abort. */
  check(container: string, prefix: string, role: LocationRole, signal: AbortSignal): Promise<CheckReport>;
  /** Throws `name-invalid` when the key cannot be stored here under the container. No I/O. */
  assertKey(container: string, key: string): void;
  close(): Promise<void>;
}

/** Makes a provider for one account. Throws FailureError with `field` "options.NAME" or "secrets.NAME" on bad options. No I/O. */
export type CreateProvider = (account: {
  readonly options: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}) => Provider;

/** What one provider folder gives the registry. */
export interface ProviderModule {
  readonly descriptor: ProviderDescriptor;
  readonly load: () => Promise<CreateProvider>;
}
