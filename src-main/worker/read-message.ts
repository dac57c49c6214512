/**
 * Owns the look at what the main process sent: is it a message that this worker understands? Light on purpose, for
 * both sides are ours; it catches two versions of the app that meet (an update under a running app), before they do
 * harm. Pure. Called by worker.ts.
 */
import type { ToWorker } from '../../src-shared/contract/worker-messages.ts';
import { METADATA_RULES } from '../../src-shared/model/content-rules.ts';
import { OVERWRITE_POLICIES } from '../../src-shared/model/migration.ts';
import { PROOF_RUNGS } from '../../src-shared/model/proof.ts';
import { AFTER_COPY_RULES } from '../../src-shared/model/source-removal.ts';
import { TOKEN_PATTERN } from './spool-name.ts';

type Check = (value: unknown) => boolean;

const isFlag: Check = (value) => typeof value === 'boolean';
const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isToken: Check = (value) => typeof value === 'string' && TOKEN_PATTERN.test(value);
const isNullOr =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const isOptional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const isOneOf =
  (allowed: readonly string[]): Check =>
  (value) =>
    allowed.includes(value as string);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isShape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([name, check]) => check((value as Record<string, unknown>)[name]));
const isRecordOf =
  (check: Check): Check =>
  (value) =>
    typeof value === 'object' && value !== null && Object.values(value).every(check);
const isRecordOfTexts = isRecordOf(isText);
const isRate: Check = (value) => typeof value === 'number' && value > 0;

const isAccount = isShape({
  accountKey: isText,
  provider: isText,
  options: isRecordOfTexts,
  secrets: isRecordOfTexts,
});
const isEnd = isShape({ accountKey: isText, container: isText, key: isText });
const isStated = isShape({ sizeBytes: isOptional(isCount), md5: isOptional(isText), sha256: isOptional(isText) });
const isOrder = isShape({
  jobId: isCount,
  token: isToken,
  queue: isText,
  source: isEnd,
  destination: isEnd,
  sizeBytes: isNullOr(isCount),
  versionToken: isNullOr(isText),
  stated: isOptional(isStated),
  unfinishedUpload: isNullOr(isText),
  isApart: isFlag,
  spoolRoomBytes: isNullOr(isCount),
  policies: isShape({
    overwrite: isOneOf(OVERWRITE_POLICIES),
    minimumProof: isOneOf(PROOF_RUNGS),
    afterCopy: isOneOf(AFTER_COPY_RULES),
  }),
  content: isShape({
    headers: isRecordOfTexts,
    metadata: isOneOf(METADATA_RULES),
    tags: isOneOf(METADATA_RULES),
    setTags: isRecordOfTexts,
    storageClass: isNullOr(isText),
    acl: isNullOr(isText),
  }),
});

const isNotice = isShape({
  jobId: isCount,
  token: isToken,
  attempt: isCount,
  noticeId: isText,
  target: isShape({ channel: isOneOf(['webhook', 'email']) }),
  secret: isNullOr(isText),
  notice: isShape({ kind: isText, title: isText, text: isText }),
});

const CHECKS: Readonly<Record<ToWorker['type'], Check>> = {
  configure: isShape({ spoolFolder: isText, memorySpoolBytes: isCount, heartbeatMs: isCount }),
  account: isShape({ account: isAccount }),
  pace: isShape({ house: isNullOr(isRate), queues: isRecordOf(isRate) }),
  attempts: isShape({ orders: isListOf(isOrder) }),
  notices: isShape({ orders: isListOf(isNotice) }),
  'upload-noted': isShape({ token: isText }),
  'apart-noted': isShape({ token: isText }),
  'remove-source': isShape({
    requestId: isCount,
    order: isShape({ source: isEnd, sourceVersion: isText, destination: isEnd, destinationVersion: isText }),
  }),
  'give-up': isShape({ requestId: isCount, accountKey: isText, container: isText, key: isText, mark: isText }),
  abort: isShape({ token: isText, reason: isOneOf(['cancel', 'pause', 'shutdown']) }),
  list: isShape({
    requestId: isCount,
    accountKey: isText,
    container: isText,
    prefix: isText,
    position: isNullOr(isText),
    limit: isCount,
  }),
  check: isShape({
    requestId: isCount,
    account: isAccount,
    container: isText,
    prefix: isText,
    role: isOneOf(['source', 'destination']),
  }),
  shutdown: isShape({}),
};

/** Throws a plain Error for anything else: a worker that is not understood ends, and says why on its way out. */
export function readMessage(value: unknown): ToWorker {
  const type = typeof value === 'object' && value !== null && 'type' in value ? String(value.type) : typeof value;
  const check = Object.hasOwn(CHECKS, type) ? CHECKS[type as ToWorker['type']] : undefined;
  if (check === undefined) throw new Error(`the main process sent a message of an unknown type: ${type}`);
  if (!check(value)) throw new Error(`the main process sent a message of the wrong shape: ${type}`);
  return value as ToWorker;
}
