/**
 * Owns the walk through a sitemap and those that it lists, one of them in memory, in the order in which they stand
 * there. Keys are whole addresses. Called by http-provider.ts.
 *
 * A place in the walk names the sitemap, how many of its addresses were given, and the last of them. When that one no
 * longer stands there, the sitemap was changed: it is walked again from its beginning. What is given twice becomes one
 * job; what is skipped would be lost.
 */
import { createHash } from 'node:crypto';
import type { ListedAsset } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import { shownUrl } from '../../../src-shared/model/url-key.ts';
import type { Walk } from '../list-cursors.ts';
import { parseAddress } from './address.ts';
import type { HttpClient } from './http-client.ts';
import { readSitemap } from './read-sitemap.ts';

export interface SitemapWalkOptions {
  readonly prefix: string;
  /** Addresses on other hosts than the sitemap's are left out. */
  readonly sameHost: boolean;
  /** A place that an asset of an earlier walk had. */
  readonly after: string | null;
  readonly signal: () => AbortSignal;
}

/** `place`: where the walk goes on behind it. */
export interface SitemapAsset extends ListedAsset {
  readonly place: string;
}

interface Place {
  readonly sitemap: string;
  readonly given: number;
  readonly last: string;
}

/** Whether it lies on another host than the sitemap. What is no address at all is not elsewhere: its job says so. */
export function isElsewhere(address: string, sitemap: string): boolean {
  const url = URL.parse(address);
  return url !== null && /^https?:$/.test(url.protocol) && url.hostname !== URL.parse(sitemap)?.hostname;
}

export async function* walkSitemap(
  client: HttpClient,
  container: string,
  options: SitemapWalkOptions,
): Walk<SitemapAsset> {
  const root = await readSitemap(client, parseAddress(container, 'container'), options.signal());
  const after = readPlace(options.after);
  if (root.kind === 'addresses') {
    yield* assetsOf(root.addresses, container, after, container, options);
    return;
  }
  const sitemaps = root.addresses.filter((address) => !options.sameHost || !isElsewhere(address, container));
  const start = after === null ? 0 : Math.max(0, sitemaps.indexOf(after.sitemap));
  for (const sitemap of sitemaps.slice(start)) {
    const { kind, addresses } = await readSitemap(client, parseAddress(sitemap, 'container'), options.signal());
    if (kind === 'sitemaps') {
      fail('unsupported', `${shownUrl(sitemap)} is listed as a sitemap and lists sitemaps itself.`, {
        field: 'container',
        hint: 'Start a migration of that one by itself.',
      });
    }
    yield* assetsOf(addresses, sitemap, after, container, options);
  }
}

function* assetsOf(
  addresses: readonly string[],
  sitemap: string,
  after: Place | null,
  container: string,
  { prefix, sameHost }: SitemapWalkOptions,
): Generator<readonly SitemapAsset[]> {
  const isThere = after?.sitemap === sitemap && digestOf(addresses[after.given - 1] ?? '') === after.last;
  for (const [index, key] of addresses.entries()) {
    if (isThere && index < after.given) continue;
    if (!key.startsWith(prefix) || (sameHost && isElsewhere(key, container))) continue;
    yield [{ key, sizeBytes: -1, place: JSON.stringify([sitemap, index + 1, digestOf(key)]) }];
  }
}

/** Short, for it is kept with every page. */
function digestOf(address: string): string {
  return createHash('sha256').update(address).digest('base64url').slice(0, 16);
}

/** null: from the beginning, also for what another version left. */
function readPlace(text: string | null): Place | null {
  if (text === null) return null;
  const [sitemap, given, last] = JSON.parse(text) as readonly unknown[];
  if (typeof sitemap !== 'string' || typeof given !== 'number' || typeof last !== 'string') return null;
  return { sitemap, given, last };
}
