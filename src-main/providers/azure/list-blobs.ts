/**
 * Owns one page of a container's listing. Must not change keys. Called by azure-provider.ts. A position is the
 * service's own marker: it names the next blob and does not expire.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import type { ListPage } from '../provider.ts';
import type { AzureClient } from './azure-client.ts';

/** The most that the service gives in one page. */
const MAX_PAGE = 5_000;

export interface ListRequest {
  readonly container: string;
  readonly prefix: string;
  readonly position: string | null;
  readonly limit: number;
  readonly signal: AbortSignal;
}

export async function listBlobs(client: AzureClient, request: ListRequest): Promise<ListPage> {
  const { container, prefix, position, limit, signal } = request;
  // Metadata tells the folders of a Data Lake from blobs: they are listed as blobs of no bytes without being assets.
  const pages = client
    .container(container)
    .listBlobsFlat({ prefix, includeMetadata: true, abortSignal: signal })
    .byPage({
      maxPageSize: Math.min(limit, MAX_PAGE),
      ...(position === null ? {} : { continuationToken: position }),
    });
  const { value: page, done } = await client.ask({ deed: `list ${container}`, signal }, () => pages.next());
  if (done === true) return { assets: [], position: null };
  const next: string | undefined = page.continuationToken;
  if (next !== undefined && next !== '' && next === position) {
    fail('unexpected', `The service repeats itself when ${container} is listed further.`, { field: 'container' });
  }
  const blobs = page.segment.blobItems.filter(({ metadata }) => metadata?.hdi_isfolder !== 'true');
  return {
    assets: blobs.map(({ name, properties: { contentLength, etag, lastModified } }) => ({
      key: name,
      sizeBytes: contentLength ?? -1,
      // Listings leave out the quotes that belong to an ETag.
      versionToken: etag.startsWith('"') ? etag : `"${etag}"`,
      modifiedAtMs: lastModified.getTime(),
    })),
    position: next === undefined || next === '' ? null : next,
  };
}
