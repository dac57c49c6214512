/**
 * Owns how a key becomes a part of a URL: every byte that RFC 3986 (section 2.3) does not call unreserved is written
 * as %XX. Must not normalise anything: `a/../k`, `a//k` and a leading "/" stay as they are. Called by the
 * providers that speak HTTP.
 */

const UNRESERVED_PATH = /^[A-Za-z0-9\-._~/]*$/;
/** What encodeURIComponent leaves alone although it is reserved. */
const LEFT_ALONE = /[!'()*]/g;

/** For a path; "/" stays. Throws URIError on half a surrogate pair, which `isWellFormed` finds beforehand. */
export function encodePath(key: string): string {
  return UNRESERVED_PATH.test(key) ? key : encodeQueryPart(key).replaceAll('%2F', '/');
}

/** For a name or a value in a query; "/" is written as %2F. */
export function encodeQueryPart(text: string): string {
  return encodeURIComponent(text).replace(LEFT_ALONE, percentEncoded);
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
