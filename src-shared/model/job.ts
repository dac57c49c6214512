/**
 * Owns how a job and its attempts look to everyone outside the store. Must not hold secrets. Read by every room.
 */
import type { ContentHeaders, Digests } from './asset.ts';
import type { Failure } from './failure.ts';
import type { JobState } from './job-state.ts';
import type { ProofRung } from './proof.ts';
import type { SourceRemoval } from './source-removal.ts';

/** The steps of a transfer, in order; progress and failures name the step they are in. */
export const TRANSFER_STEPS = ['resolve', 'open', 'spool', 'upload', 'verify', 'publish'] as const;
export type TransferStep = (typeof TRANSFER_STEPS)[number];

/** A row of a list. Keys are whole; cutting them is the window's business. */
export interface JobRow {
  readonly id: number;
  readonly migrationId: number;
  readonly queue: string;
  readonly state: JobState;
  readonly sourceKey: string;
  readonly destinationKey: string;
  /** null until the asset was opened, when the listing could not tell. */
  readonly sizeBytes: number | null;
  readonly attempts: number;
  readonly failure: Failure | null;
  /** Where the last failed attempt broke. */
  readonly failedStep: TransferStep | null;
  readonly proof: ProofRung | null;
  /** Why a skipped job was skipped. */
  readonly skipReason: string | null;
  /** null: the source stays by choice, or the job has not arrived. */
  readonly sourceRemoval: SourceRemoval | null;
  /** When a scheduled job is tried again. */
  readonly notBeforeMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
}

/** How an attempt ended. `released`: given back without a verdict (pause, shutdown). */
export const ATTEMPT_OUTCOMES = [
  'completed',
  'skipped',
  'failed',
  'cancelled',
  'snoozed',
  'released',
  'worker-lost',
] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

export interface AttemptRow {
  readonly number: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly outcome: AttemptOutcome;
  readonly failure: Failure | null;
  readonly failedStep: TransferStep | null;
  /** Process id of the worker that ran it. */
  readonly workerPid: number | null;
}

/** What a completed (or skipped) transfer proved, kept with its job. */
export interface TransferResult {
  readonly sizeBytes: number;
  readonly digests: Digests;
  readonly proof: ProofRung;
  readonly headers: ContentHeaders;
  readonly sourceVersion: string | null;
  readonly destinationVersion: string | null;
  readonly spool: 'memory' | 'file' | 'none';
  /** Milliseconds spent in each step that ran. */
  readonly stepMs: Readonly<Partial<Record<TransferStep, number>>>;
}

export interface JobDetail extends JobRow {
  readonly result: TransferResult | null;
  readonly history: readonly AttemptRow[];
}

/** Live progress of one running attempt. Lives in memory only. */
export interface JobProgress {
  readonly jobId: number;
  readonly step: TransferStep;
  /** Bytes read from the source into the spool. */
  readonly spooledBytes: number;
  /** Bytes that the destination has taken. */
  readonly writtenBytes: number;
  readonly totalBytes: number | null;
  /** Smoothed, bytes written a second. */
  readonly bytesPerSecond: number;
}
