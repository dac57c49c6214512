/**
 * Owns the meaning of HTTP status codes for a source. Pure. Called by http-provider.ts and http-client.ts.
 */
import { type FailureCode, FailureError, type FailureExtras, failure } from '../../../src-shared/model/failure.ts';
import { headerOf, type ResponseHeaders } from '../wire/response-headers.ts';
import { retryAfterMs } from '../wire/retry-after.ts';

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

/** The failure for an answer that is none. `url` is shown to the person. */
export function httpFailure(status: number, headers: ResponseHeaders, url: string): FailureError {
  const [code, reason, extras] = MEANINGS[status] ?? [
    status >= 500 ? 'network' : 'unexpected',
    status >= 500 ? 'it has an error of its own' : 'it refuses the request',
    {},
  ];
  // Whatever it refuses for: who asks for a wait gets it.
  const wait = retryAfterMs(headerOf(headers, 'retry-after'), Date.now());
  return new FailureError(
    failure(code, `The server of ${url} answers ${status}: ${reason}.`, {
      ...extras,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    }),
  );
}
