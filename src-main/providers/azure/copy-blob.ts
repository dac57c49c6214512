/**
 * Owns having the service fetch an asset by itself: by a copy inside the account, else from a URL. Must not let another
 * version through than the one that was seen. Called by azure-provider.ts.
 */
import type { AssetHead } from '../../../src-shared/model/asset.ts';
import type { WriteOptions, WriteResult } from '../provider.ts';
import type { AzureClient } from './azure-client.ts';
import { AzureFailureError } from './azure-failure.ts';
import { hexOfMd5 } from './blob-asset.ts';
import { MAX_COPY_BYTES, MAX_FETCH_BYTES } from './limits.ts';
import { type BlobTarget, blobOptions } from './put-blob.ts';

/** With these the service says that it cannot fetch from there; nothing has happened then. */
const CANNOT_FETCH = new Set([
  'CannotVerifyCopySource',
  'CopyAcrossAccountsNotSupported',
  'InvalidSourceBlobType',
  'InvalidSourceBlobUrl',
  'UnsupportedHeader',
]);

/** Where the service finds the asset. */
export interface CopyAddress {
  /** Holds a right to read, so it is a secret. */
  readonly url: string;
  /** Which blob of which storage it is: conditions on its version hold, and a copy may stay inside one account. */
  readonly place: 'same-account' | 'other-account' | 'elsewhere';
}

/** What is copied, as it is just now: a listing brings neither digests nor headers. */
export interface SeenSource {
  readonly container: string;
  readonly key: string;
  readonly head: AssetHead;
}

/** null: its version could not be made sure of, so nothing was asked. `refused`: the service cannot fetch it from there. */
export async function copyBlob(
  client: AzureClient,
  { url, place }: CopyAddress,
  { head, container: fromContainer, key: fromKey }: SeenSource,
  { container, key }: BlobTarget,
  options: WriteOptions,
): Promise<WriteResult | 'refused' | null> {
  const { md5 } = head.digests;
  const version = place === 'elsewhere' ? undefined : head.versionToken;
  // Servers elsewhere need not know conditions, but a digest is checked for them all.
  if ((version === undefined && md5 === undefined) || head.sizeBytes < 0) return null;
  const said = blobOptions({ ...options, headers: head.headers, metadata: head.metadata });
  const isCopy = place === 'same-account' && head.sizeBytes <= MAX_COPY_BYTES;
  if (!isCopy && head.sizeBytes > MAX_FETCH_BYTES) return null;
  const { abortSignal, conditions, metadata, tags } = said;
  const common = {
    abortSignal,
    conditions,
    metadata,
    ...(tags === undefined ? {} : { tags }),
    ...(version === undefined ? {} : { sourceConditions: { ifMatch: version } }),
    ...(md5 === undefined ? {} : { sourceContentMD5: Buffer.from(md5, 'hex') }),
  };
  const blob = client.blob(container, key);
  const asked = { deed: `copy ${fromContainer}/${fromKey} to ${container}/${key}`, signal: options.signal };
  try {
    const made = await client.ask(asked, () =>
      isCopy
        ? blob.syncCopyFromURL(url, common)
        : blob.syncUploadFromURL(url, {
            ...common,
            blobHTTPHeaders: said.blobHTTPHeaders,
            copySourceBlobProperties: false,
          }),
    );
    options.onProgress(head.sizeBytes);
    const isProven = md5 !== undefined && hexOfMd5(made.contentMD5) === md5;
    return { versionToken: made.etag ?? null, vouches: isProven ? 'checksum' : null };
  } catch (thrown) {
    if (thrown instanceof AzureFailureError && (thrown.status === 501 || CANNOT_FETCH.has(thrown.azureCode))) {
      return 'refused';
    }
    throw thrown;
  }
}
