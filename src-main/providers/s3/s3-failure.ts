/**
 * Owns the meaning of an S3 service's refusals: error code and status → Failure. Pure. Called by s3-client.ts.
 */
import { type FailureCode, FailureError, type FailureExtras, failure } from '../../../src-shared/model/failure.ts';
import { headerOf, type ResponseHeaders } from '../wire/response-headers.ts';
import { retryAfterMs } from '../wire/retry-after.ts';

/** What the XML of a refusal says; empty where it says nothing. */
export interface S3Error {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** The region that the service expected. */
  readonly region: string;
}

/** A failure that remembers the service's own code, for those few callers that act on it. */
export class S3FailureError extends FailureError {
  readonly s3Code: string;
  readonly status: number;

  constructor(error: S3Error, value: ReturnType<typeof failure>) {
    super(value);
    this.s3Code = error.code;
    this.status = error.status;
  }
}

type Meaning = readonly [code: FailureCode, reason: string, extras: FailureExtras];

const SLOW_DOWN: Meaning = ['rate-limited', 'it asks to go slower', { hint: 'Lower the concurrency of the queue.' }];
const FULL: Meaning = ['quota-exceeded', 'its space is used up', { hint: 'Free some space there or raise the quota.' }];
const OWN_ERROR: Meaning = ['network', 'it has an error of its own', {}];
const WRONG_REGION: Meaning = ['invalid-input', 'the bucket is in another region', { field: 'options.region' }];
const OTHER_BYTES: Meaning = ['checksum-mismatch', 'other bytes arrived than were sent', {}];
const CONFLICT: Meaning = ['already-exists', 'somebody else writes to this key just now', { retryable: true }];
const EXPIRED: Meaning = [
  'auth-expired',
  'the temporary credentials are not valid any more',
  { field: 'secrets.sessionToken', hint: 'Enter new credentials in the account.' },
];

/** The keys were temporary, and their time is over. */
export function isExpired(code: string): boolean {
  return MEANINGS[code] === EXPIRED;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  NoSuchBucket: [
    'not-found',
    'there is no bucket of this name',
    { field: 'container', hint: 'Check the name and the account.' },
  ],
  InvalidBucketName: ['invalid-input', 'no bucket can have this name', { field: 'container' }],
  NoSuchKey: ['not-found', 'there is no such object', {}],
  NoSuchUpload: ['not-found', 'it does not know this upload any more', { retryable: true }],
  AccessDenied: [
    'permission-denied',
    'the key pair may not do this',
    {
      hint: 'Give the key the right to list, read and write in this bucket, as far as it is needed; reading tags is a right of its own.',
    },
  ],
  InvalidAccessKeyId: [
    'auth-expired',
    'it does not know the access key ID',
    { field: 'options.accessKeyId', hint: 'Check the access key ID of the account.' },
  ],
  SignatureDoesNotMatch: [
    'auth-expired',
    'the secret access key does not fit the access key ID',
    { field: 'secrets.secretAccessKey', hint: 'Enter the secret access key again, and check the access key ID.' },
  ],
  ExpiredToken: EXPIRED,
  InvalidToken: EXPIRED,
  TokenRefreshRequired: EXPIRED,
  RequestTimeTooSkewed: [
    'unexpected',
    'the clock of this computer is too far from its own',
    { hint: 'Set the clock of this computer.' },
  ],
  AuthorizationHeaderMalformed: WRONG_REGION,
  PermanentRedirect: WRONG_REGION,
  IllegalLocationConstraintException: WRONG_REGION,
  SlowDown: SLOW_DOWN,
  ServiceUnavailable: SLOW_DOWN,
  RequestLimitExceeded: SLOW_DOWN,
  Throttling: SLOW_DOWN,
  TooManyRequests: SLOW_DOWN,
  RequestTimeout: ['timeout', 'it waited too long for the bytes', {}],
  InternalError: OWN_ERROR,
  IncompleteBody: ['network', 'fewer bytes arrived than were promised', {}],
  BadDigest: OTHER_BYTES,
  InvalidDigest: OTHER_BYTES,
  XAmzContentSHA256Mismatch: OTHER_BYTES,
  EntityTooLarge: ['too-large', 'it does not take objects of this size', {}],
  KeyTooLongError: ['name-invalid', 'the key is too long for it', {}],
  MetadataTooLarge: ['invalid-input', 'the metadata of this object is more than it takes', {}],
  QuotaExceeded: FULL,
  InsufficientCapacity: FULL,
  XMinioStorageFull: FULL,
  ConditionalRequestConflict: CONFLICT,
  OperationAborted: CONFLICT,
  PreconditionFailed: ['source-changed', 'the object is not the one that was expected', {}],
  InvalidRange: ['source-changed', 'the object does not have these bytes any more', {}],
  InvalidObjectState: ['unsupported', 'the object is archived', { hint: 'Restore it from the archive first.' }],
  InvalidTag: ['invalid-input', 'it does not take these tags', { hint: 'Change them at the source, or drop them.' }],
  AccessControlListNotSupported: [
    'unsupported',
    'the bucket takes no ACLs: its owner owns everything in it',
    { hint: 'Leave the ACL out of the migration; a policy of the bucket says who may read.' },
  ],
  NotImplemented: ['unsupported', 'it does not know this request', {}],
  MethodNotAllowed: ['unsupported', 'it does not allow this request', {}],
};

const BY_STATUS: Readonly<Record<number, string>> = {
  403: 'AccessDenied',
  404: 'NoSuchKey',
  405: 'MethodNotAllowed',
  408: 'RequestTimeout',
  412: 'PreconditionFailed',
  413: 'EntityTooLarge',
  416: 'InvalidRange',
  429: 'SlowDown',
  501: 'NotImplemented',
  503: 'SlowDown',
  507: 'InsufficientCapacity',
};

/** Whom a request went to, and whether its keys stand in the account itself. */
export interface Asked {
  readonly host: string;
  readonly ownsKeys: boolean;
}

/** Keys from elsewhere are mended elsewhere. */
const KEYS_FROM_ELSEWHERE: FailureExtras = {
  field: 'options.credentials',
  hint: 'Sign in again with the tool that made the keys, or choose another source of keys.',
};

/** `deed` is what was tried: "write media/a.png". */
export function s3Failure(
  error: S3Error,
  headers: ResponseHeaders,
  { host, ownsKeys }: Asked,
  deed: string,
): S3FailureError {
  const named = MEANINGS[error.code] ?? MEANINGS[BY_STATUS[error.status] ?? ''];
  const [code, reason, usualExtras] =
    named ?? (error.status >= 500 ? OWN_ERROR : (['unexpected', 'it refuses', {}] as const));
  const extras = code === 'auth-expired' && !ownsKeys ? KEYS_FROM_ELSEWHERE : usualExtras;
  // Whatever it refuses for: who asks for a wait gets it.
  const wait = retryAfterMs(headerOf(headers, 'retry-after'), Date.now());
  const hint = code === 'invalid-input' && error.region !== '' ? `The region is "${error.region}".` : extras.hint;
  const said = [String(error.status), error.code].filter((word) => word !== '').join(' ');
  const detail = named === undefined && error.message !== '' ? ` (${error.message.slice(0, 300)})` : '';
  return new S3FailureError(
    error,
    failure(code, `Could not ${deed} at ${host}: ${reason} (${said})${detail}.`, {
      ...extras,
      ...(hint === undefined ? {} : { hint }),
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    }),
  );
}
