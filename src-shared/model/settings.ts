/**
 * Owns the settings of the whole house that people may change while it runs, with their bounds. Must not hold secrets.
 * Read by every room.
 */

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
}

export const SETTING_BOUNDS = {
  workers: { min: 1, max: 32 },
  attemptsPerWorker: { min: 1, max: 512 },
  retentionDays: { min: 1, max: 3_650 },
  maxOpenJobs: { min: 1, max: 10_000_000 },
  attemptDeadlineMinutes: { min: 1, max: 10_080 },
} as const satisfies Record<keyof HouseSettings, { readonly min: number; readonly max: number }>;
