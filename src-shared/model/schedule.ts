/**
 * Owns what a schedule is: a migration or a piece of maintenance that repeats. Must not compute times (the engine
 * does). Read by every room.
 */
import type { ActiveHours } from './active-hours.ts';
import type { Failure } from './failure.ts';
import type { MigrationRequest } from './migration-request.ts';

/** Every so often, counted from the start; or by a cron expression of five fields in a named time zone. */
export type ScheduleTiming =
  | { readonly kind: 'interval'; readonly everyMinutes: number }
  | { readonly kind: 'cron'; readonly expression: string; readonly timeZone: string };

/** Runs that fell due while the app was closed or the machine slept: one of them, none, or every one. */
export const MISSED_RULES = ['once', 'skip', 'all'] as const;
export type MissedRule = (typeof MISSED_RULES)[number];

/** `full` writes every asset again; `changed` skips what is identical at the destination. */
export const REPEAT_MODES = ['full', 'changed'] as const;
export type RepeatMode = (typeof REPEAT_MODES)[number];

/** prune: old finished jobs; health: store, disk, accounts in use; sweep: what lost work left behind; backup: the database. */
export const MAINTENANCE_TASKS = ['prune', 'health', 'sweep', 'backup'] as const;
export type MaintenanceTask = (typeof MAINTENANCE_TASKS)[number];

export type ScheduleTask =
  | { readonly kind: 'migration'; readonly request: MigrationRequest; readonly mode: RepeatMode }
  | { readonly kind: 'maintenance'; readonly task: MaintenanceTask };

export interface SchedulePlan {
  readonly name: string;
  readonly task: ScheduleTask;
  readonly timing: ScheduleTiming;
  /** Nothing is due before it; null: from now on. */
  readonly startAtMs: number | null;
  /** A run that falls due outside waits for the next window; null: at any hour. */
  readonly hours: ActiveHours | null;
  readonly missed: MissedRule;
}

export const RUN_OUTCOMES = ['running', 'done', 'failed', 'skipped'] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** One run of a schedule, kept in its history. */
export interface ScheduleRun {
  readonly id: number;
  readonly scheduleId: number;
  /** When it was due; `startedAtMs` tells how late it began. */
  readonly dueAtMs: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly outcome: RunOutcome;
  /** What was done, or why it was skipped, in a sentence. */
  readonly detail: string;
  readonly failure: Failure | null;
  /** The migration that the run began. */
  readonly migrationId: number | null;
}

export interface ScheduleView extends SchedulePlan {
  readonly id: number;
  /** Came with the app: can be paused and changed in its timing, not removed. */
  readonly isBuiltIn: boolean;
  readonly paused: boolean;
  /** The next run is left out. */
  readonly skipNext: boolean;
  /** null: paused, or nothing is left to come. */
  readonly nextRunAtMs: number | null;
  readonly lastRun: ScheduleRun | null;
}
