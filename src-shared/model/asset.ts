/**
 * Owns what an asset is: its place, its version, its headers. Must not know any provider. Read by every room.
 */

/**
 * Where assets are. `container` is a bucket (S3), a root folder (local disk) or the address of an index page (HTTP,
 * empty when every key is a whole URL). `prefix` narrows it; it is a key prefix, never a pattern, and may be empty.
 */
export interface Location {
  readonly accountId: string;
  readonly container: string;
  readonly prefix: string;
}

/** Headers that travel with the bytes. A header that the source does not have is absent, never an empty string. */
export interface ContentHeaders {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
}

/** One line of a listing. `key` is whole (not relative to the prefix), exactly as the provider holds it. */
export interface ListedAsset {
  readonly key: string;
  readonly sizeBytes: number;
  /** ETag, generation or mtime: whatever changes when the bytes do. */
  readonly versionToken?: string;
  /** Milliseconds since 1970. */
  readonly modifiedAtMs?: number;
}

/** Hex digests, lower case, of the whole asset. Only those that somebody computed are there. */
export interface Digests {
  readonly md5?: string;
  readonly sha256?: string;
  readonly crc32c?: string;
}

/** What a list says of an asset. It must hold of the bytes that arrive, or they are not published. */
export interface StatedAsset {
  readonly sizeBytes?: number;
  readonly md5?: string;
  readonly sha256?: string;
}

/** An asset as the provider answers for it. */
export interface AssetHead extends ListedAsset {
  readonly headers: ContentHeaders;
  /** User metadata, keys in lower case without the provider's prefix. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Digests that the provider itself vouches for. */
  readonly digests: Digests;
}
