/**
 * Owns what an HTTP answer's headers say about an asset. Must not know which provider sent it. Called by the providers
 * that speak HTTP.
 */
import type { ContentHeaders } from '../../../src-shared/model/asset.ts';

/** As undici gives them: names in lower case, an array when a header came more than once. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

const CONTENT_HEADERS = {
  contentType: 'content-type',
  cacheControl: 'cache-control',
  contentDisposition: 'content-disposition',
  contentEncoding: 'content-encoding',
  contentLanguage: 'content-language',
  expires: 'expires',
} as const satisfies Record<keyof ContentHeaders, string>;

const FIELDS = Object.entries(CONTENT_HEADERS) as [keyof ContentHeaders, string][];

/** A header that came more than once is one with commas (RFC 9110, section 5.3). Absent and empty are alike. */
export function headerOf(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  const text = Array.isArray(value) ? value.join(', ') : value;
  return text === undefined || text === '' ? undefined : text;
}

export function contentHeadersOf(headers: ResponseHeaders): ContentHeaders {
  const found: { -readonly [Name in keyof ContentHeaders]: ContentHeaders[Name] } = {};
  for (const [field, name] of FIELDS) {
    const value = headerOf(headers, name);
    if (value !== undefined) found[field] = value;
  }
  return found;
}

/** The same headers for a request, in lower case. */
export function requestHeadersOf(content: ContentHeaders): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [field, name] of FIELDS) {
    const value = content[field];
    if (value !== undefined && value !== '') headers[name] = value;
  }
  return headers;
}

/** Content-Length, or -1 when the answer does not say or says nonsense. */
export function contentLengthOf(headers: ResponseHeaders): number {
  const text = headerOf(headers, 'content-length') ?? '';
  const length = /^\d+$/.test(text) ? Number(text) : -1;
  return Number.isSafeInteger(length) ? length : -1;
}

/** Neither a length nor chunks (RFC 9112, section 6.3): the answer is taken to end with its connection. */
export function endsUnmarked(headers: ResponseHeaders): boolean {
  return contentLengthOf(headers) < 0 && headerOf(headers, 'transfer-encoding') === undefined;
}

/** Last-Modified in milliseconds since 1970; undefined when absent or unreadable. */
export function lastModifiedOf(headers: ResponseHeaders): number | undefined {
  const ms = Date.parse(headerOf(headers, 'last-modified') ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}

/** `bytes FIRST-LAST/SIZE`; size is -1 for `*`. null when it is absent or something else. */
export function contentRangeOf(
  headers: ResponseHeaders,
): { readonly first: number; readonly last: number; readonly sizeBytes: number } | null {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headerOf(headers, 'content-range') ?? '');
  if (match === null) return null;
  return { first: Number(match[1]), last: Number(match[2]), sizeBytes: match[3] === '*' ? -1 : Number(match[3]) };
}
