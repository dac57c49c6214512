/**
 * Owns how an answer to HEAD is compared: which headers decide how an asset is served, and when two of them say the
 * same. Pure. Called by run-probe.ts.
 */

/** What one address says. null: the header is not there. */
export interface ServedFacts {
  readonly status: number;
  readonly contentType: string | null;
  readonly contentLength: string | null;
  readonly cacheControl: string | null;
  readonly contentEncoding: string | null;
  /** Only whether there is one: two servers hardly ever make the same. */
  readonly hasEtag: boolean;
  readonly acceptRanges: string | null;
  readonly allowOrigin: string | null;
  /** Where the answer came from, when that was another address. */
  readonly redirectedTo: string | null;
}

/** What is compared, by the names under which a difference is told. */
export const COMPARED = {
  status: ({ status }) => status,
  'content-type': ({ contentType }) => plainType(contentType),
  'content-length': ({ contentLength }) => contentLength,
  'cache-control': ({ cacheControl }) => plainList(cacheControl),
  'content-encoding': ({ contentEncoding }) => plainList(contentEncoding),
  etag: ({ hasEtag }) => hasEtag,
  // No header and "none" both mean that ranges are not served.
  'accept-ranges': ({ acceptRanges }) => plainList(acceptRanges) ?? 'none',
  'access-control-allow-origin': ({ allowOrigin }) => allowOrigin,
} as const satisfies Readonly<Record<string, (facts: ServedFacts) => unknown>>;

export type Difference = keyof typeof COMPARED;

export function differencesBetween(old: ServedFacts, fresh: ServedFacts): Difference[] {
  const names = Object.keys(COMPARED) as Difference[];
  return names.filter((name) => COMPARED[name](old) !== COMPARED[name](fresh));
}

/** Type and parameters without regard to case, space and quotes (RFC 9110, 8.3). */
function plainType(value: string | null): string | null {
  return value === null ? null : value.toLowerCase().replace(/[\s"]+/g, '');
}

/** A list without regard to case, space and order. */
function plainList(value: string | null): string | null {
  if (value === null) return null;
  const members = value.toLowerCase().split(',');
  return members
    .map((member) => member.trim())
    .toSorted()
    .join(',');
}
