/**
 * Owns the messages between the supervisor and a worker process. Must stay plain data that survives structured clone
 * and JSON. Written and read by src-main/engine/supervisor and src-main/worker only.
 */
import type { ListedAsset, StatedAsset } from '../model/asset.ts';
import type { ContentChange } from '../model/content-rules.ts';
import type { Failure } from '../model/failure.ts';
import type { JobProgress, TransferResult, TransferStep } from '../model/job.ts';
import type { MigrationPolicies } from '../model/migration.ts';
import type { Notice } from '../model/notice.ts';
import type { NoticeTarget } from '../model/notice-rule.ts';
import type { CheckReport, LocationRole } from '../model/provider.ts';
import type { KeptReason } from '../model/source-removal.ts';

/** An account as a worker needs it: with its secrets. `accountKey` changes when the account does. */
export interface WorkerAccount {
  readonly accountKey: string;
  readonly provider: string;
  readonly options: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** One end of a transfer. The account was sent before, in an `account` message. */
export interface WorkerEnd {
  readonly accountKey: string;
  readonly container: string;
  readonly key: string;
}

export interface AttemptOrder {
  readonly jobId: number;
  /** The lease token; every answer about this attempt carries it. */
  readonly token: string;
  /** The one it was started from: its cap holds for this attempt. */
  readonly queue: string;
  readonly source: WorkerEnd;
  readonly destination: WorkerEnd;
  /** What the listing said, when it did. */
  readonly sizeBytes: number | null;
  readonly versionToken: string | null;
  /** What the list that named it said, which the bytes must be. */
  readonly stated?: StatedAsset | undefined;
  readonly policies: Pick<MigrationPolicies, 'overwrite' | 'minimumProof' | 'afterCopy'>;
  /** Of a move: an earlier attempt saw that source and destination are not the same asset. */
  readonly isApart: boolean;
  /** What is to be other than at the source. */
  readonly content: ContentChange;
  /** The mark of a large write that an earlier attempt at this job left unfinished. */
  readonly unfinishedUpload: string | null;
  /** An asset that would take more than this of the spool's disk can never pass; null: not known. */
  readonly spoolRoomBytes: number | null;
}

/** Deletes a source whose copy is proven and recorded, if both are still what they were then. */
export interface RemovalOrder {
  readonly source: WorkerEnd;
  readonly sourceVersion: string;
  readonly destination: WorkerEnd;
  readonly destinationVersion: string;
}

/** Tells somebody something, by webhook or by mail; the desktop's own notifications never leave the main process. */
export interface NoticeOrder {
  readonly jobId: number;
  readonly token: string;
  /** Counted from 1; told to receivers of webhooks. */
  readonly attempt: number;
  /** Stays the same over all attempts: receivers recognize a repetition by it. */
  readonly noticeId: string;
  readonly target: Exclude<NoticeTarget, { channel: 'desktop' }>;
  readonly secret: string | null;
  readonly notice: Notice;
}

/** cancel: remove everything written so far; pause and shutdown: give the job back. */
export type AbortReason = 'cancel' | 'pause' | 'shutdown';

export type ToWorker =
  | {
      readonly type: 'configure';
      /** Folder for spool files; exists, mode 0700. */
      readonly spoolFolder: string;
      /** Assets up to this many bytes rest in memory. */
      readonly memorySpoolBytes: number;
      readonly heartbeatMs: number;
    }
  | { readonly type: 'account'; readonly account: WorkerAccount }
  /** This worker's shares of the caps from now on, in bytes a second and in each direction; null and absent: no cap. */
  | { readonly type: 'pace'; readonly house: number | null; readonly queues: Readonly<Record<string, number>> }
  | { readonly type: 'attempts'; readonly orders: readonly AttemptOrder[] }
  /** Reported on like attempts, by their tokens. */
  | { readonly type: 'notices'; readonly orders: readonly NoticeOrder[] }
  /** The mark of this attempt's large write is durable: its bytes may go. */
  | { readonly type: 'upload-noted'; readonly token: string }
  /** It is durable that this attempt's source and destination are not the same asset. */
  | { readonly type: 'apart-noted'; readonly token: string }
  /** Answered by `source-settled`. */
  | { readonly type: 'remove-source'; readonly requestId: number; readonly order: RemovalOrder }
  /** Remove what an unfinished large write left. Answered by `given-up`. */
  | {
      readonly type: 'give-up';
      readonly requestId: number;
      readonly accountKey: string;
      readonly container: string;
      readonly key: string;
      readonly mark: string;
    }
  | { readonly type: 'abort'; readonly token: string; readonly reason: AbortReason }
  | {
      readonly type: 'list';
      readonly requestId: number;
      readonly accountKey: string;
      readonly container: string;
      readonly prefix: string;
      readonly position: string | null;
      readonly limit: number;
    }
  | {
      readonly type: 'check';
      readonly requestId: number;
      readonly account: WorkerAccount;
      readonly container: string;
      readonly prefix: string;
      readonly role: LocationRole;
    }
  /** Abort everything with reason `shutdown`, answer, then exit 0. */
  | { readonly type: 'shutdown' };

/** How an attempt ended, in the worker's words. `worker-lost` is the supervisor's to say. */
export type AttemptReport =
  | { readonly kind: 'completed'; readonly result: TransferResult }
  /** A notice was taken by its receiver. */
  | { readonly kind: 'delivered' }
  | { readonly kind: 'skipped'; readonly reason: string; readonly result: TransferResult }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly step: TransferStep }
  | { readonly kind: 'aborted'; readonly reason: AbortReason };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'heartbeat' }
  /** At most 4 times a second for each attempt. */
  | { readonly type: 'progress'; readonly items: readonly WorkerProgress[] }
  | { readonly type: 'outcomes'; readonly items: readonly { readonly token: string; readonly report: AttemptReport }[] }
  | {
      readonly type: 'page';
      readonly requestId: number;
      readonly assets: readonly ListedAsset[];
      /** null: the listing is at its end. */
      readonly position: string | null;
    }
  | { readonly type: 'checked'; readonly requestId: number; readonly report: CheckReport }
  | { readonly type: 'given-up'; readonly requestId: number }
  /** `keptBecause` null: the source is gone. */
  | { readonly type: 'source-settled'; readonly requestId: number; readonly keptBecause: KeptReason | null }
  /** A large write is about to send its first byte, and waits for `upload-noted`. */
  | { readonly type: 'upload-begun'; readonly token: string; readonly mark: string }
  /** A move is about to write where the source certainly is not, and waits for `apart-noted`. */
  | { readonly type: 'apart-seen'; readonly token: string }
  /** The answer to a request that could not be served. */
  | { readonly type: 'request-failed'; readonly requestId: number; readonly failure: Failure };

export interface WorkerProgress extends JobProgress {
  readonly token: string;
}
