/**
 * Owns one page of a bucket's listing. Must not change keys. Called by gcs-provider.ts. Each page starts at the last key
 * of the one before, which survives any restart; the service's own page token may not.
 */
import { z } from 'zod';
import { fail } from '../../../src-shared/model/failure.ts';
import type { ListPage } from '../provider.ts';
import type { GcsClient } from './gcs-client.ts';
import { MAX_PAGE } from './limits.ts';
import { objectsPath } from './paths.ts';
import { LISTED_FIELDS, LISTED_OBJECT, listedAsset } from './stored-object.ts';

/** The service may answer with an empty page that goes on, for instance where much was deleted. */
const MAX_EMPTY_PAGES = 100;

/** An empty page has no items; what kind of answer it is tells it from that of a proxy. */
const PAGE = z.object({
  kind: z.literal('storage#objects'),
  items: z.array(LISTED_OBJECT).default([]),
  nextPageToken: z.string().optional(),
});

export interface ListRequest {
  readonly bucket: string;
  readonly prefix: string;
  readonly after: string | null;
  readonly limit: number;
  readonly signal: AbortSignal;
}

export async function listObjects(client: GcsClient, request: ListRequest): Promise<ListPage> {
  const { bucket, prefix, after, signal } = request;
  const to = objectsPath(bucket);
  const deed = `list ${bucket}`;
  let pageToken: string | undefined;
  for (let pages = 0; pages < MAX_EMPTY_PAGES; pages += 1) {
    const query = {
      maxResults: String(Math.min(request.limit, MAX_PAGE)),
      fields: `kind,items(${LISTED_FIELDS}),nextPageToken`,
      ...(prefix === '' ? {} : { prefix }),
      ...(after === null ? {} : { startOffset: after }),
      ...(pageToken === undefined ? {} : { pageToken }),
    };
    const page = await client.requestJson({ method: 'GET', to, query, deed, signal }, PAGE);
    pageToken = page.nextPageToken;
    // The service begins with the key at which it is told to start.
    const assets = page.items.filter(({ name }) => name !== after).map(listedAsset);
    const last = assets.at(-1)?.key;
    if (pageToken === undefined) return { assets, position: null };
    if (last !== undefined) return { assets, position: last };
  }
  return fail('unexpected', `The service sends one empty page of ${bucket} after the other.`);
}
