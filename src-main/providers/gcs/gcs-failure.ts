/**
 * Owns the meaning of the service's refusals: status and reason → Failure. Pure. Called by gcs-client.ts.
 */
import { z } from 'zod';
import { type FailureCode, FailureError, type FailureExtras, failure } from '../../../src-shared/model/failure.ts';
import { headerOf, type ResponseHeaders } from '../wire/response-headers.ts';
import { retryAfterMs } from '../wire/retry-after.ts';

/** What a refusal says; empty where it says nothing. */
export interface GcsError {
  readonly status: number;
  /** The service's own word: "notFound", "rateLimitExceeded". */
  readonly reason: string;
  readonly message: string;
}

/** A failure that remembers the status, for those few callers that act on it. */
export class GcsFailureError extends FailureError {
  readonly status: number;

  constructor(status: number, value: ReturnType<typeof failure>) {
    super(value);
    this.status = status;
  }
}

const REFUSAL = z.object({
  error: z.object({
    message: z.string().default(''),
    errors: z.array(z.object({ reason: z.string().default('') })).default([]),
  }),
});

type Meaning = readonly [code: FailureCode, reason: string, extras: FailureExtras];

const SLOW_DOWN: Meaning = ['rate-limited', 'it asks to go slower', { hint: 'Lower the concurrency of the queue.' }];
const NO_BUCKET: Meaning = [
  'not-found',
  'there is no bucket of this name',
  { field: 'container', hint: 'Check the name and the account.' },
];
const OTHER_BYTES: Meaning = ['checksum-mismatch', 'other bytes arrived than were sent', {}];
const NO_ACLS: Meaning = [
  'unsupported',
  'the bucket takes no such ACL',
  { hint: 'Leave the ACL out of the migration; the permissions of the bucket say who may read.' },
];
const OWN_ERROR: Meaning = ['network', 'it has an error of its own', {}];
const REFUSES: Meaning = ['unexpected', 'it refuses', {}];
const USED_UP: Meaning = ['quota-exceeded', 'a quota is used up', { hint: 'Raise the quota or wait until it renews.' }];

/** Reasons that say more than the status that they come with. */
const BY_REASON: Readonly<Record<string, Meaning>> = {
  rateLimitExceeded: SLOW_DOWN,
  userRateLimitExceeded: SLOW_DOWN,
  quotaExceeded: USED_UP,
  dailyLimitExceeded: USED_UP,
};

const BY_STATUS: Readonly<Record<number, Meaning>> = {
  400: ['invalid-input', 'it does not take the request', {}],
  401: [
    'auth-expired',
    'it does not take the access token',
    { field: 'secrets.serviceAccountKey', hint: 'Check that the key belongs to this endpoint and is still valid.' },
  ],
  403: [
    'permission-denied',
    'the service account may not do this',
    { hint: 'Give the account the role Storage Object User in this bucket, or Storage Object Viewer to read only.' },
  ],
  404: ['not-found', 'there is no such object', {}],
  408: ['timeout', 'it waited for us too long', {}],
  410: ['not-found', 'it does not know this upload any more', { retryable: true }],
  412: ['source-changed', 'the object is another version than before', {}],
  413: ['too-large', 'the object is too large', {}],
  416: ['source-changed', 'the object is shorter than it was', {}],
  429: SLOW_DOWN,
  503: SLOW_DOWN,
};

/** The error in a refusal's body. A proxy's page is known by its status alone; uploads answer with one line of text. */
export function readGcsError(status: number, text: string): GcsError {
  try {
    const { error } = REFUSAL.parse(JSON.parse(text));
    return { status, reason: error.errors[0]?.reason ?? '', message: error.message };
  } catch {
    // The status says what happened; text that is no page may say why.
    return { status, reason: '', message: text.trimStart().startsWith('<') ? '' : text.trim() };
  }
}

/** `deed` is what was tried: "write media/a.png". */
export function gcsFailure(error: GcsError, headers: ResponseHeaders, host: string, deed: string): GcsFailureError {
  const { status, reason, message } = error;
  const [code, why, extras] = meaningOf(error);
  const wait = code === 'rate-limited' ? retryAfterMs(headerOf(headers, 'retry-after'), Date.now()) : undefined;
  const said = [String(status), reason].filter((word) => word !== '').join(' ');
  const detail = message === '' || code === 'not-found' ? '' : ` ${message.slice(0, 300)}`;
  return new GcsFailureError(
    status,
    failure(code, `Could not ${deed} at ${host}: ${why} (${said}).${detail}`, {
      ...extras,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    }),
  );
}

function meaningOf({ status, reason, message }: GcsError): Meaning {
  // The service has one reason for every bad request; only its words tell a wrong checksum from the others.
  if (status === 400 && /doesn't match calculated/i.test(message)) return OTHER_BYTES;
  // Uniform access refuses every ACL, public access prevention those that let everybody read, as if a condition failed.
  if (/uniform bucket-level access|public access prevention/i.test(message)) return NO_ACLS;
  if (status === 404 && isMissingBucket(message)) return NO_BUCKET;
  return BY_REASON[reason] ?? BY_STATUS[status] ?? (status >= 500 ? OWN_ERROR : REFUSES);
}

/** Objects and buckets that are not there have one status and one reason. */
function isMissingBucket(message: string): boolean {
  return /bucket does not exist/i.test(message);
}
