/**
 * Owns one HEAD request to a public address and what is read from its answer. Private addresses are judged by the HTTP
 * provider's client, on every hop. Must not compare. Called by run-probe.ts.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { addressText, parseAddress } from '../providers/http/address.ts';
import type { HttpClient } from '../providers/http/http-client.ts';
import { headerOf } from '../providers/wire/response-headers.ts';
import { retryAfterMs } from '../providers/wire/retry-after.ts';
import type { ServedFacts } from './served-facts.ts';

/** A server that is busy says so at first; what it says then is nothing to compare. */
const BUSY: ReadonlySet<number> = new Set([429, 503]);
const MAX_TRIES = 3;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** `origin`: sent as a browser would, so that CORS answers. Throws FailureError, or the signal's reason. */
export async function askHead(
  client: HttpClient,
  url: string,
  origin: string,
  signal: AbortSignal,
): Promise<ServedFacts> {
  const start = parseAddress(url, 'url');
  for (let tries = 1; ; tries += 1) {
    // As browsers ask, or the encoding that they get would not be seen.
    const headers = { origin, 'accept-encoding': 'gzip, deflate, br, zstd' };
    const answer = await client.request('HEAD', start, headers, signal);
    answer.body.destroy();
    if (!BUSY.has(answer.status) || tries === MAX_TRIES) {
      const read = (name: string): string | null => headerOf(answer.headers, name) ?? null;
      const from = addressText(answer.address);
      return {
        status: answer.status,
        contentType: read('content-type'),
        contentLength: read('content-length'),
        cacheControl: read('cache-control'),
        contentEncoding: read('content-encoding'),
        hasEtag: read('etag') !== null,
        acceptRanges: read('accept-ranges'),
        allowOrigin: read('access-control-allow-origin'),
        redirectedTo: from === addressText(start) ? null : from,
      };
    }
    const asked = retryAfterMs(headerOf(answer.headers, 'retry-after'), Date.now());
    await wait(Math.min(asked ?? FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS), undefined, { signal });
  }
}
