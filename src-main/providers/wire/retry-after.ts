/**
 * Owns the reading of the Retry-After header (RFC 9110, section 10.2.3). Pure. Called by the providers that speak HTTP.
 */

/**
 * Milliseconds to wait, or undefined when the header is absent or unreadable. A date in the past is 0. Not capped: who
 * waits decides what is too long.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, Number.MAX_SAFE_INTEGER);
  // Date.parse also takes numbers and other text; an HTTP date begins with the name of a day.
  const dateMs = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
