/**
 * Owns one page of a bucket's listing (ListObjectsV2). Must not change keys: they are decoded exactly once. Called by
 * kept-listings.ts. Each page starts after a key, which survives any restart; the service's own continuation token may
 * not, and belongs to one row of pages.
 */
import type { ListedAsset } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import type { ObjectPage } from './bucket-listing.ts';
import { compareKeys } from './key-range.ts';
import type { S3Client } from './s3-client.ts';

/** The most that services give in one page. */
export const MAX_PAGE = 1_000;

export interface ListRequest {
  readonly bucket: string;
  readonly prefix: string;
  readonly after: string | null;
  readonly limit: number;
  readonly signal: AbortSignal;
}

type Writable<Value> = { -readonly [Name in keyof Value]: Value[Name] };

const noAsset = (): Writable<ListedAsset> => ({ key: '', sizeBytes: -1 });

export async function listObjects(client: S3Client, request: ListRequest): Promise<ObjectPage> {
  const { bucket, prefix, after, signal } = request;
  const page = new PageReader();
  await client.requestXml(
    {
      method: 'GET',
      bucket,
      key: '',
      query: {
        'list-type': '2',
        'encoding-type': 'url',
        'max-keys': String(Math.min(request.limit, MAX_PAGE)),
        ...(prefix === '' ? {} : { prefix }),
        ...(after === null ? {} : { 'start-after': after }),
      },
      deed: `list ${bucket}`,
      signal,
    },
    (name, text, parent) => page.read(name, text, parent),
  );
  const assets = page.assets();
  const isAll = after === null && !page.isTruncated && assets.length <= request.limit;
  if (!isAll) assertInOrder(assets, after);
  if (page.isTruncated && assets.length === 0) {
    fail('unexpected', `The service sends an empty page of ${bucket} that goes on.`);
  }
  return { assets, isTruncated: page.isTruncated };
}

/** Makes assets of the XML of a page while it arrives: several pages may do so at once. */
class PageReader {
  isTruncated = false;
  #isListing = false;
  #isEncoded = false;
  readonly #assets: Writable<ListedAsset>[] = [];
  #asset = noAsset();

  read(name: string, text: string, parent: string): void {
    if (parent === 'Contents') this.#readField(name, text);
    else if (name === 'Contents') {
      this.#assets.push(this.#asset);
      this.#asset = noAsset();
    } else if (name === 'IsTruncated') this.isTruncated = text === 'true';
    else if (name === 'EncodingType') this.#isEncoded = text === 'url';
    else if (name === 'ListBucketResult') this.#isListing = parent === '';
  }

  /** Whether keys are encoded is known at the end only. */
  assets(): readonly ListedAsset[] {
    // A page of a proxy is well-formed as well, and would pass for a bucket without objects, or for its end.
    if (!this.#isListing) {
      fail('unexpected', 'What came in place of a listing is none.', {
        hint: 'Check that the endpoint is an S3 service, and that nothing on the way changes its answers.',
        retryable: true,
      });
    }
    if (this.#isEncoded) for (const asset of this.#assets) asset.key = decodeKey(asset.key);
    return this.#assets;
  }

  #readField(name: string, text: string): void {
    if (name === 'Key') this.#asset.key = text;
    else if (name === 'Size') this.#asset.sizeBytes = readSize(text);
    else if (name === 'ETag' && text !== '') this.#asset.versionToken = copyOf(text);
    else if (name === 'LastModified' && !Number.isNaN(Date.parse(text))) this.#asset.modifiedAtMs = Date.parse(text);
  }
}

/** A piece of a text keeps all of that text in memory; pages that wait would keep megabytes of XML. */
function copyOf(piece: string): string {
  return Buffer.from(piece).toString();
}

/**
 * What comes next is asked for by a key: where keys do not come in the order of their bytes, others would go missing. And
 * a service that does not know start-after would be listed for ever.
 */
function assertInOrder(assets: readonly ListedAsset[], after: string | null): void {
  let before = after;
  for (const { key } of assets) {
    if (before !== null && compareKeys(before, key) >= 0) {
      fail(
        'unsupported',
        'The service repeats keys or lists them in an order of its own, so nobody can go on after one.',
        {
          hint: 'Give a list of keys instead.',
          field: 'container',
        },
      );
    }
    before = key;
  }
}

/** Form encoding: services write a space as "+" (Amazon, MinIO) or as %20 (Ceph, Swift), and a plus always as %2B. */
function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return fail('name-invalid', `The bucket holds a key whose bytes are not UTF-8: ${encoded.slice(0, 200)}.`, {
      hint: 'Rename that object with the tool that made it, then go on.',
    });
  }
}

function readSize(text: string): number {
  const size = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  return fail('unexpected', `The service says that an object has ${JSON.stringify(text)} bytes.`);
}
