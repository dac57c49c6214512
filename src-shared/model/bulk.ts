/**
 * Owns what a bulk change is: one verb on a set of jobs that was pinned when it was asked for, done slice by slice,
 * watched and stopped like any long work. Must not do it. Read by every room.
 */

/** Verbs that can be asked of many jobs at once. Each is the command of the same name, job by job. */
export const BULK_VERBS = ['pause', 'resume', 'cancel', 'retry', 'skip'] as const;
export type BulkVerb = (typeof BULK_VERBS)[number];

export const BULK_STATES = ['running', 'done', 'stopped'] as const;
/** `stopped`: somebody ended it early; what it had changed stays changed. */
export type BulkState = (typeof BULK_STATES)[number];

export interface BulkView {
  readonly id: number;
  readonly verb: BulkVerb;
  readonly state: BulkState;
  /** What was asked for, in words: "failed jobs of migration 12". */
  readonly subject: string;
  /** Jobs in the pinned set. */
  readonly total: number;
  /** Of those: looked at so far, changed, and left alone because their state no longer allowed it. */
  readonly handled: number;
  readonly changed: number;
  readonly refused: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
}
