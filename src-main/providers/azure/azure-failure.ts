/**
 * Owns the meaning of Azure's refusals: error code and status → Failure. Pure. Called by azure-client.ts. The service's
 * own sentences are left out: they may repeat what was signed.
 */
import { isRestError, type RestError } from '@azure/storage-blob';
import { type FailureCode, FailureError, type FailureExtras, failure } from '../../../src-shared/model/failure.ts';
import { networkFailure } from '../wire/network-failure.ts';
import { retryAfterMs } from '../wire/retry-after.ts';
import type { AzureFields } from './azure-settings.ts';

/** A failure that remembers the service's own code, for those few callers that act on it. */
export class AzureFailureError extends FailureError {
  readonly azureCode: string;
  readonly status: number;

  constructor(azureCode: string, status: number, value: ReturnType<typeof failure>) {
    super(value);
    this.azureCode = azureCode;
    this.status = status;
  }
}

export interface AskedThere {
  /** "write media/a.png" */
  readonly deed: string;
  readonly host: string;
  readonly signal: AbortSignal;
  readonly fields: AzureFields;
}

type Meaning = readonly [code: FailureCode, reason: string, extras: FailureExtras];

const SLOW_DOWN: Meaning = ['rate-limited', 'it asks to go slower', { hint: 'Lower the concurrency of the queue.' }];
const OWN_ERROR: Meaning = ['network', 'it has an error of its own', {}];
const OTHER_BYTES: Meaning = ['checksum-mismatch', 'other bytes arrived than were sent', {}];
const CHANGED: Meaning = ['source-changed', 'the blob is not the one that was expected', {}];
const BAD_NAME: Meaning = ['name-invalid', 'no blob can have this name', { hint: 'Give this asset another key.' }];
const EXISTS: Meaning = ['already-exists', 'there is a blob of this name', {}];
const LOCKED: Meaning = ['permission-denied', 'somebody holds a lease on it', { hint: 'Have the lease given back.' }];
const ARCHIVED: Meaning = ['unsupported', 'the blob is archived', { hint: 'Bring it back from the archive first.' }];
const MAY_NOT: Meaning = [
  'permission-denied',
  'the account key or SAS token may not do this',
  { hint: 'Allow it to list and read, at a destination to create, write and delete, and tags where they are moved.' },
];
const NO_TAGS: Meaning = [
  'unsupported',
  'storage accounts of this kind keep no tags',
  { hint: 'Leave the tags out of the migration.' },
];
const NO_CONTAINER: Meaning = [
  'not-found',
  'there is no container of this name',
  { field: 'container', hint: 'Check the name and the account.' },
];

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ContainerNotFound: NO_CONTAINER,
  ContainerBeingDeleted: NO_CONTAINER,
  ContainerDisabled: NO_CONTAINER,
  BlobNotFound: ['not-found', 'there is no such blob', {}],
  AuthorizationFailure: MAY_NOT,
  AuthorizationPermissionMismatch: MAY_NOT,
  AuthorizationResourceTypeMismatch: MAY_NOT,
  AuthorizationServiceMismatch: MAY_NOT,
  AuthorizationProtocolMismatch: MAY_NOT,
  AuthorizationSourceIPMismatch: MAY_NOT,
  InsufficientAccountPermissions: MAY_NOT,
  UnauthorizedBlobOverwrite: MAY_NOT,
  AccountIsDisabled: ['permission-denied', 'the storage account is disabled', {}],
  BlobImmutableDueToPolicy: ['permission-denied', 'a policy forbids to change or remove the blob', {}],
  LeaseIdMissing: LOCKED,
  LeaseIdMismatchWithBlobOperation: LOCKED,
  BlobAlreadyExists: EXISTS,
  ResourceAlreadyExists: EXISTS,
  ConditionNotMet: CHANGED,
  TargetConditionNotMet: CHANGED,
  SourceConditionNotMet: CHANGED,
  InvalidRange: ['source-changed', 'the blob does not have these bytes any more', {}],
  Md5Mismatch: OTHER_BYTES,
  InvalidMd5: OTHER_BYTES,
  InvalidBlockList: [
    'not-found',
    'blocks of this upload are gone, because something else was written under the name',
    { retryable: true },
  ],
  InvalidBlobOrBlock: [
    'unexpected',
    'another tool left an unfinished upload under the name, whose blocks do not go with ours',
    { hint: 'Finish that upload or delete it; the service drops it a week after its last block.' },
  ],
  BlockCountExceedsLimit: [
    'quota-exceeded',
    'too many blocks of unfinished uploads rest under the name',
    { hint: 'Delete the unfinished upload; the service drops it a week after its last block.' },
  ],
  InvalidBlobType: ['unsupported', 'there is a page blob or append blob of this name', { hint: 'Delete it first.' }],
  SnapshotsPresent: ['unsupported', 'the blob has snapshots, which would go with it', { hint: 'Delete them first.' }],
  BlobArchived: ARCHIVED,
  BlobBeingRehydrated: ARCHIVED,
  RequestBodyTooLarge: ['too-large', 'it does not take blobs of this size', {}],
  MetadataTooLarge: ['invalid-input', 'the metadata of this asset is more than it takes', {}],
  DuplicateTagNames: ['invalid-input', 'it does not take these tags', {}],
  BlobTagsNotSupportedForAccountType: NO_TAGS,
  InvalidMetadata: ['invalid-input', 'it does not take the metadata of this asset', {}],
  InvalidResourceName: BAD_NAME,
  InvalidUri: BAD_NAME,
  RequestUrlFailedToParse: BAD_NAME,
  OutOfRangeInput: BAD_NAME,
  ServerBusy: SLOW_DOWN,
  SnapshotOperationRateExceeded: SLOW_DOWN,
  OperationTimedOut: ['timeout', 'it did not finish in time', {}],
  InternalError: OWN_ERROR,
};

const BY_STATUS: Readonly<Record<number, Meaning>> = {
  403: MAY_NOT,
  404: ['not-found', 'there is no such thing', {}],
  409: ['unexpected', 'something else is going on there', { retryable: true }],
  412: CHANGED,
  413: ['too-large', 'it does not take blobs of this size', {}],
  416: ['source-changed', 'the blob does not have these bytes any more', {}],
  429: SLOW_DOWN,
  500: OWN_ERROR,
  501: ['unsupported', 'it does not know this request', {}],
  502: OWN_ERROR,
  503: SLOW_DOWN,
  504: ['timeout', 'it did not answer in time', {}],
};

const COMES_NOT_IN = new Set(['AuthenticationFailed', 'InvalidAuthenticationInfo', 'NoAuthenticationInformation']);

/** What was thrown as it is to go on: the abort's reason, a failure, or what nobody here knows. */
export function azureFailure(thrown: unknown, asked: AskedThere): unknown {
  if (asked.signal.aborted) return asked.signal.reason;
  if (!isRestError(thrown)) return networkFailure(thrown, asked.host, asked.signal);
  return refusal(thrown, asked);
}

function refusal(thrown: RestError, { deed, host, fields }: AskedThere): AzureFailureError {
  const status = thrown.statusCode ?? 0;
  const azureCode = thrown.response?.headers.get('x-ms-error-code') ?? thrown.code ?? '';
  const [code, reason, extras] = meaningOf(azureCode, status, thrown, fields);
  const waitMs = retryAfterMs(thrown.response?.headers.get('retry-after'), Date.now());
  const said = [String(status), azureCode].filter((word) => word !== '').join(' ');
  return new AzureFailureError(
    azureCode,
    status,
    failure(code, `Could not ${deed} at ${host}: ${reason} (${said}).`, {
      ...extras,
      ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    }),
  );
}

function meaningOf(azureCode: string, status: number, thrown: RestError, fields: AzureFields): Meaning {
  // The emulator has one code for many things; its words tell them apart.
  const comesNotIn = azureCode === 'AuthorizationFailure' && thrown.message.includes('failed to authenticate');
  if (COMES_NOT_IN.has(azureCode) || status === 401 || comesNotIn) {
    const isToken = fields.secret === 'secrets.sasToken';
    const what = isToken ? 'SAS token' : 'account key';
    const hint = `Enter a valid ${what} in the account, and check the clock of this computer.`;
    return ['auth-expired', `it does not accept the ${what}`, { field: fields.secret, hint }];
  }
  if (azureCode === 'InvalidOperation' && thrown.message.includes("contentMD5 doesn't match")) return OTHER_BYTES;
  // A body of this kind is cut short or is no answer of the service.
  if (azureCode === 'PARSE_ERROR') return ['network', 'its answer cannot be read', {}];
  const meaning = MEANINGS[azureCode] ?? BY_STATUS[status];
  return meaning ?? (status >= 500 ? OWN_ERROR : ['unexpected', 'it refuses', {}]);
}
