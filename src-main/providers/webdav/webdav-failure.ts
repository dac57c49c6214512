/**
 * Owns the meaning of a WebDAV server's refusals: status → Failure. Pure. Called by webdav-client.ts and by those who
 * read the statuses inside a multi-status answer.
 */
import { type FailureCode, FailureError, type FailureExtras, failure } from '../../../src-shared/model/failure.ts';
import { headerOf, type ResponseHeaders } from '../wire/response-headers.ts';
import { retryAfterMs } from '../wire/retry-after.ts';

type Meaning = readonly [code: FailureCode, reason: string, extras: FailureExtras];

const BUSY: Meaning = ['rate-limited', 'it asks to go slower', { hint: 'Lower the concurrency of the queue.' }];
const NO_ANSWER: Meaning = ['network', 'the server behind it does not answer', {}];
const NO_WEBDAV: Meaning = [
  'unsupported',
  'it does not know this request',
  { hint: 'Check that the address is one of WebDAV; many services have it below a path of its own.' },
];
const FULL: Meaning = ['quota-exceeded', 'its space is used up', { hint: 'Free some space there or raise the quota.' }];

const MEANINGS: Readonly<Record<number, Meaning>> = {
  200: NO_WEBDAV,
  400: ['name-invalid', 'it cannot read this path', { hint: 'Give this asset another key.' }],
  403: ['permission-denied', 'it does not allow this', { hint: 'Give the account the right to do this there.' }],
  404: ['not-found', 'it has nothing there', {}],
  405: NO_WEBDAV,
  407: ['auth-expired', 'a proxy on the way asks to sign in', {}],
  408: ['timeout', 'it waited too long for the bytes', {}],
  409: ['not-found', 'the folder is not there', { hint: 'Another attempt makes it anew.', retryable: true }],
  410: ['not-found', 'it has nothing there any more', {}],
  412: ['source-changed', 'the asset is not the one that was expected', {}],
  413: ['too-large', 'it does not take assets of this size', { hint: 'Raise the limit of the server.' }],
  414: ['name-invalid', 'the path is too long for it', {}],
  416: ['source-changed', 'the asset does not have these bytes any more', {}],
  423: [
    'permission-denied',
    'somebody has locked it',
    { hint: 'Another attempt passes when the lock is gone; close the program that holds it.', retryable: true },
  ],
  429: BUSY,
  501: NO_WEBDAV,
  502: NO_ANSWER,
  503: BUSY,
  504: NO_ANSWER,
  507: FULL,
};

/** `deed` is what was tried: "write media/a.png". */
export function webdavFailure(status: number, headers: ResponseHeaders, host: string, deed: string): FailureError {
  const [code, reason, extras] = MEANINGS[status] ?? [
    status >= 500 ? 'network' : 'unexpected',
    status >= 500 ? 'it has an error of its own' : 'it refuses',
    {},
  ];
  const wait = code === 'rate-limited' ? retryAfterMs(headerOf(headers, 'retry-after'), Date.now()) : undefined;
  return new FailureError(
    failure(code, `Could not ${deed} at ${host}: ${reason} (${status}).`, {
      ...extras,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    }),
  );
}
