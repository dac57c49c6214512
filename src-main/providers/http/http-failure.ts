/**
 * Owns the meaning of HTTP status codes for a source. Pure. Called by http-provider.ts and http-client.ts.
 */

import { type FailureCode, FailureError, type FailureExtras, failure } from '../../../src-shared/model/failure.ts';
import { isSigned, permitEndsAtMs } from '../../../src-shared/model/url-key.ts';
import { headerOf, type ResponseHeaders } from '../wire/response-headers.ts';
import { retryAfterMs } from '../wire/retry-after.ts';
import { type Address, addressText, shownAddress } from './address.ts';

type Meaning = readonly [code: FailureCode, reason: string, extras: FailureExtras];

const MEANINGS: Readonly<Record<number, Meaning>> = {
  401: [
    'auth-expired',
    'it asks for a user name and password, or does not accept the ones of this account',
    { hint: 'Set them in the account, with the address at which they are valid.' },
  ],
  403: ['permission-denied', 'it does not allow this', { hint: 'Ask the owner of the server, or sign in.' }],
  404: ['not-found', 'it has nothing there', {}],
  407: ['auth-expired', 'a proxy on the way asks to sign in', {}],
  408: ['timeout', 'it waited too long for the request', {}],
  410: ['not-found', 'it has nothing there any more', {}],
  412: ['source-changed', 'the asset changed', {}],
  416: ['source-changed', 'the asset does not have these bytes any more', {}],
  429: ['rate-limited', 'it asks to go slower', { hint: 'Lower the concurrency of the queue.' }],
  503: ['rate-limited', 'it is busy', {}],
};

const ENDED_HINT =
  'Give a list with new addresses, or the report of what failed with new addresses in it: what has arrived is skipped. Let them hold for as long as all of it takes.';

/** The failure for an answer that is none. The address is shown to the person, without its permit. */
export function httpFailure(status: number, headers: ResponseHeaders, address: Address): FailureError {
  const [code, reason, extras] = permitMeaning(status, headers, addressText(address)) ??
    MEANINGS[status] ?? [
      status >= 500 ? 'network' : 'unexpected',
      status >= 500 ? 'it has an error of its own' : 'it refuses the request',
      {},
    ];
  // Whatever it refuses for: who asks for a wait gets it.
  const wait = retryAfterMs(headerOf(headers, 'retry-after'), Date.now());
  return new FailureError(
    failure(code, `The server of ${shownAddress(address)} answers ${status}: ${reason}.`, {
      ...extras,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    }),
  );
}

/** By which services say that the permit of a signed address is over; Google says 400. */
const MAY_BE_OVER: ReadonlySet<number> = new Set([400, 401, 403]);

/** Of a refusal of a signed address, judged by the server's own clock where it tells; null: it has other reasons. */
function permitMeaning(status: number, headers: ResponseHeaders, url: string): Meaning | null {
  if (!MAY_BE_OVER.has(status) || !isSigned(url)) return null;
  const endsAtMs = permitEndsAtMs(url);
  const serverMs = Date.parse(headerOf(headers, 'date') ?? '');
  const nowMs = Number.isNaN(serverMs) ? Date.now() : serverMs;
  if (endsAtMs !== null && endsAtMs > nowMs) return null;
  if (endsAtMs === null && status === 400) return null;
  const when = endsAtMs === null ? 'is over, or never was one' : `ended at ${new Date(endsAtMs).toISOString()}`;
  return ['auth-expired', `the address is signed, and its permit ${when}`, { hint: ENDED_HINT }];
}
