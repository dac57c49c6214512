/**
 * Owns the settings of the whole house that people may change while it runs, with their bounds. Must not hold secrets.
 * Read by every room.
 */
import type { BandwidthCap } from './bandwidth-cap.ts';

export interface HouseSettings {
  /** Worker processes. */
  readonly workers: number;
  /** Attempts that one process takes at most. */
  readonly attemptsPerWorker: number;
  /** Finished jobs are kept so long; null: for ever. Failed ones stay until somebody deals with them. */
  readonly retentionDays: number | null;
  /** Open jobs in the house beyond which a request is refused. */
  readonly maxOpenJobs: number;
  /** An attempt that takes longer is ended and tried again; large assets get more. */
  readonly attemptDeadlineMinutes: number;
  /** What rests in the spool's files at once, over all attempts; null: what the disk has room for. */
  readonly spoolBudgetBytes: number | null;
  /** Over all queues together; null: none. */
  readonly bandwidthCap: BandwidthCap | null;
}

/** Those that are one number. */
export type NumberSetting = Exclude<keyof HouseSettings, 'bandwidthCap'>;

export const SETTING_BOUNDS = {
  workers: { min: 1, max: 32 },
  attemptsPerWorker: { min: 1, max: 512 },
  retentionDays: { min: 1, max: 3_650 },
  maxOpenJobs: { min: 1, max: 10_000_000 },
  attemptDeadlineMinutes: { min: 1, max: 10_080 },
  // Below it not every large asset could pass even alone.
  spoolBudgetBytes: { min: 16 * 1024 * 1024, max: 1_000_000_000_000_000 },
} as const satisfies Record<NumberSetting, { readonly min: number; readonly max: number }>;
