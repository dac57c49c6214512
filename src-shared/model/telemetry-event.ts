/**
 * Owns what the house says about itself while it works: one typed event for each command, each arrow of a job, each
 * attempt, and each change of the pool and the store. Must not hold secrets, keys or addresses: sinks may send it
 * anywhere. Made by engine and api, read by the sinks in node-ports.
 */
import type { FailureCode } from './failure.ts';
import type { PoolView } from './house.ts';
import type { JobEvent, JobState } from './job-state.ts';

export type TelemetryEvent =
  /** `failureCode` null: it was answered. Times are monotonic. */
  | {
      readonly kind: 'command';
      readonly name: string;
      readonly tookMs: number;
      readonly failureCode: FailureCode | null;
    }
  /** After the commit that made it durable. */
  | {
      readonly kind: 'job';
      readonly jobId: number;
      readonly migrationId: number;
      readonly event: JobEvent | 'make' | 'prune';
      readonly from: JobState | null;
      readonly to: JobState | null;
    }
  | {
      readonly kind: 'attempt';
      readonly jobId: number;
      readonly migrationId: number;
      /** How it ended, in the worker's words or the supervisor's. */
      readonly outcome: string;
      readonly tookMs: number;
      readonly sizeBytes: number;
      readonly failureCode: FailureCode | null;
    }
  | { readonly kind: 'pool'; readonly state: PoolView['state']; readonly workers: number; readonly busy: number }
  /** null: it works again. */
  | { readonly kind: 'store'; readonly failureCode: FailureCode | null };
