/**
 * Owns the listings that go on from call to call, because pages were read ahead for them. Whatever is not kept goes on
 * from its position alone, so nothing here needs to survive. Must not read pages itself. Held by s3-provider.ts.
 */
import { FailureError } from '../../../src-shared/model/failure.ts';
import type { ListPage } from '../provider.ts';
import { BucketListing } from './bucket-listing.ts';
import { readPosition } from './key-range.ts';
import { type ListRequest, listObjects, MAX_PAGE } from './list-objects.ts';
import type { S3Client } from './s3-client.ts';

/** Requests side by side for one account. Amazon takes thousands; what Ceph gives grows up to about this. */
const WIDTH = 8;
/**
 * A page of 1,000 keys becomes jobs in about 10 ms, so a service that gives one in a few times that is hardly waited
 * for. One in the same building takes 20 to 40 ms, one in another region 100 to 300.
 */
const SLOW_PAGE_MS = 50;
/** Nobody went on for so long: what was read ahead is no longer what is there. */
const STALE_MS = 60_000;

interface Kept {
  readonly listing: BucketListing;
  readonly atMs: number;
}

export interface Listing extends Omit<ListRequest, 'after'> {
  readonly position: string | null;
}

export class KeptListings {
  readonly #client: S3Client;
  readonly #kept = new Map<string, Kept>();
  #width = WIDTH;

  constructor(client: S3Client) {
    this.#client = client;
  }

  async next(wanted: Listing): Promise<ListPage> {
    this.#dropStale();
    const listing = this.#takeOut(wanted);
    try {
      const page = await listing.next(wanted.limit, wanted.signal);
      if (page.position === null || !listing.isAhead) listing.end();
      else this.#kept.set(nameOf({ ...wanted, position: page.position }), { listing, atMs: performance.now() });
      return page;
    } catch (thrown) {
      listing.end();
      throw thrown;
    }
  }

  close(): void {
    for (const { listing } of this.#kept.values()) listing.end();
    this.#kept.clear();
  }

  #takeOut(wanted: Listing): BucketListing {
    const name = nameOf(wanted);
    const kept = this.#kept.get(name);
    this.#kept.delete(name);
    return kept?.listing ?? this.#begin(wanted);
  }

  /** Those that list at the same time share the width. */
  #begin({ bucket, prefix, position }: Listing): BucketListing {
    return new BucketListing(readPosition(position), {
      prefix,
      width: Math.max(1, Math.floor(this.#width / (this.#kept.size + 1))),
      slowPageMs: SLOW_PAGE_MS,
      fullPageAssets: MAX_PAGE,
      read: async (after, limit, signal) => {
        try {
          return await listObjects(this.#client, { bucket, prefix, after, limit, signal });
        } catch (thrown) {
          if (thrown instanceof FailureError && thrown.failure.code === 'rate-limited') {
            this.#width = Math.max(1, Math.floor(this.#width / 2));
          }
          throw thrown;
        }
      },
    });
  }

  #dropStale(): void {
    for (const [name, { listing, atMs }] of this.#kept) {
      if (performance.now() - atMs < STALE_MS) continue;
      listing.end();
      this.#kept.delete(name);
    }
  }
}

function nameOf({ bucket, prefix, position }: Pick<Listing, 'bucket' | 'prefix' | 'position'>): string {
  return JSON.stringify([bucket, prefix, position]);
}
