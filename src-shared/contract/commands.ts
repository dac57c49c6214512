/**
 * Owns the one map of commands: name → schema of its parameters and type of its result. Every door and every client
 * goes through it; a missing handler does not compile (api/handlers.ts). Must not hold logic.
 */
import { z } from 'zod';
import { BULK_VERBS, type BulkView } from '../model/bulk.ts';
import type { EvidencePreview, SavedEvidence } from '../model/evidence.ts';
import type { HealthReport } from '../model/health.ts';
import type { Explanation, PoolView, QueueView, Stats } from '../model/house.ts';
import type { JobDetail, JobRow } from '../model/job.ts';
import type { JobState, StateCounts } from '../model/job-state.ts';
import type { MigrationView } from '../model/migration.ts';
import type { NoticeRule } from '../model/notice-rule.ts';
import { PLAN_CLASSES, type PlanRow, type PlanView, USUAL_CHOICE, USUAL_RATES } from '../model/plan.ts';
import type { AccountView, CheckReport, ProviderDescriptor } from '../model/provider.ts';
import type { ScheduleRun, ScheduleView } from '../model/schedule.ts';
import type { HouseSettings } from '../model/settings.ts';
import * as schemas from './schemas.ts';

interface Command<Schema extends z.ZodType, Result> {
  readonly params: Schema;
  /** Only a type; never set. */
  readonly result?: Result;
}

const returns =
  <Result>() =>
  <Schema extends z.ZodType>(params: Schema): Command<Schema, Result> => ({ params });

const nothing = z.strictObject({});

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextCursor: string | null;
  /** `exact: false`: at least this many; counting further was not worth the wait. */
  readonly total: { readonly count: number; readonly exact: boolean };
}

export interface AppInfo {
  readonly version: string;
  readonly door: 'electron' | 'headless';
  readonly platform: string;
  /** Where the database, spool and settings are. */
  readonly profile: string;
  /** Where secrets rest, in words for the Accounts screen; `persistent: false` when they end with the app. */
  readonly secretStore: { readonly label: string; readonly persistent: boolean };
  readonly canChooseFolder: boolean;
}

/** How a bulk command fared: ids that changed, and those that could not, with the reason. */
export interface BulkResult {
  readonly changed: readonly number[];
  readonly refused: readonly { readonly id: number; readonly reason: string }[];
}

/** A job by reference: where it stands, or how it ended. */
export type JobAnswer =
  | { readonly done: false; readonly state: JobState }
  | { readonly done: true; readonly state: JobState; readonly job: JobDetail };

type Nothing = Record<never, never>;

export const commands = {
  'app.info': returns<AppInfo>()(nothing),
  'provider.list': returns<{ readonly providers: readonly ProviderDescriptor[] }>()(nothing),
  'stats.get': returns<Stats>()(nothing),
  'engine.pause': returns<Nothing>()(nothing),
  'engine.resume': returns<Nothing>()(nothing),
  /** The worker processes, busy and idle. */
  'pool.get': returns<PoolView>()(nothing),
  'pool.resume': returns<Nothing>()(nothing),
  'settings.get': returns<HouseSettings>()(nothing),
  /** Takes effect at once: more workers start, too many end when they are idle. */
  'settings.update': returns<HouseSettings>()(schemas.settingsChange),
  /** The last health check; null before the first. */
  'health.get': returns<{ readonly report: HealthReport | null }>()(nothing),
  'news.dismiss': returns<Nothing>()(z.strictObject({ newsId: z.int().positive() })),

  /** Returns as soon as the request is durable. `position`: jobs of its queue that are ahead of it. */
  'migration.submit': returns<{ readonly migrationId: number; readonly position: number }>()(schemas.migrationRequest),
  /** Makes small assets in the profile's sample folder and submits moving them to a second folder. */
  'migration.sample': returns<{ readonly migrationId: number }>()(nothing),
  /** Removes the sample's folders, its migrations and their jobs. Refused while one of them is open. */
  'migration.removeSample': returns<Nothing>()(nothing),
  'migration.get': returns<MigrationView>()(z.strictObject({ migrationId: schemas.migrationId })),
  'migration.list': returns<Page<MigrationView>>()(
    z.strictObject({
      search: z.string().max(500).optional(),
      cursor: schemas.cursor.optional(),
      limit: schemas.pageLimit.default(50),
    }),
  ),
  'migration.pause': returns<MigrationView>()(z.strictObject({ migrationId: schemas.migrationId })),
  'migration.resume': returns<MigrationView>()(z.strictObject({ migrationId: schemas.migrationId })),
  'migration.cancel': returns<MigrationView>()(z.strictObject({ migrationId: schemas.migrationId })),
  /** All its jobs, waiting or not, belong to the other queue from now on. */
  'migration.move': returns<MigrationView>()(
    z.strictObject({ migrationId: schemas.migrationId, queue: schemas.queueName }),
  ),
  /** Sets every failed job of the migration going again (a bulk), and the listing if that failed. */
  'migration.retryFailed': returns<MigrationView>()(z.strictObject({ migrationId: schemas.migrationId })),

  /** Begins to list both ends, and to compare them; writes nothing to either. Refuses what submit would refuse. */
  'plan.start': returns<{ readonly planId: number }>()(schemas.migrationRequest),
  /** How far it is; then how much there is of each class, and what a run with this choice would take at these rates. */
  'plan.get': returns<PlanView>()(
    z.strictObject({
      planId: schemas.planId,
      rates: schemas.planRates.default(USUAL_RATES),
      choice: schemas.planChoice.default(USUAL_CHOICE),
    }),
  ),
  'plan.rows': returns<Page<PlanRow>>()(
    z.strictObject({
      planId: schemas.planId,
      class: z.enum(PLAN_CLASSES),
      /** Matches anywhere in the source or destination key, case-insensitively. */
      search: z.string().max(500).default(''),
      cursor: schemas.cursor.regex(/^\d{1,15}$/).optional(),
      limit: schemas.pageLimit.default(100),
    }),
  ),
  /** Submits a migration of exactly the assets and destination keys that were reviewed. */
  'plan.run': returns<{ readonly migrationId: number; readonly position: number }>()(
    z.strictObject({ planId: schemas.planId, choice: schemas.planChoice.default(USUAL_CHOICE) }),
  ),
  /** Ends it wherever it is, and forgets it. */
  'plan.discard': returns<Nothing>()(z.strictObject({ planId: schemas.planId })),

  /** What a report or a URL map would be: its name, what must be known of it, its first lines. */
  'evidence.preview': returns<EvidencePreview>()(schemas.evidenceOrder),
  /** On a desktop asks where to and writes it there; elsewhere a link that works once, for a minute, at this door. */
  'evidence.save': returns<SavedEvidence>()(schemas.evidenceOrder),

  /** One request, one or many named jobs: durable, with their ids and queue positions, when it returns. */
  'jobs.enqueue': returns<{
    readonly migrationId: number;
    readonly jobs: readonly { readonly jobId: number; readonly position: number }[];
  }>()(schemas.enqueueRequest),
  'job.list': returns<Page<JobRow>>()(
    z.strictObject({
      filter: schemas.jobFilter.default({}),
      sort: schemas.jobSort.default('newest'),
      cursor: schemas.cursor.optional(),
      limit: schemas.pageLimit.default(100),
    }),
  ),
  /** How many there are in each state, of a migration, a queue, or the house. */
  'job.count': returns<StateCounts>()(
    z.strictObject({ migrationId: schemas.migrationId.optional(), queue: schemas.queueName.optional() }),
  ),
  'job.get': returns<JobDetail>()(z.strictObject({ jobId: schemas.jobId })),
  /** Where a job stands, or how it ended; waits up to `waitMs` for its end. */
  'job.result': returns<JobAnswer>()(
    z.strictObject({ jobId: schemas.jobId, waitMs: z.int().min(0).max(60_000).default(0) }),
  ),
  /** Why a job does not run: the gates that are shut, the first of them first. */
  'job.explain': returns<Explanation>()(z.strictObject({ jobId: schemas.jobId })),
  'job.pause': returns<BulkResult>()(z.strictObject({ jobIds: schemas.jobIds })),
  'job.resume': returns<BulkResult>()(z.strictObject({ jobIds: schemas.jobIds })),
  'job.cancel': returns<BulkResult>()(z.strictObject({ jobIds: schemas.jobIds })),
  /** Puts open jobs ahead of others (positive), behind the others of their migration (negative), or back in line (0). */
  'job.prioritize': returns<BulkResult>()(
    z.strictObject({ jobIds: schemas.jobIds, priority: z.int().min(-100).max(100) }),
  ),
  'job.retry': returns<BulkResult>()(z.strictObject({ jobIds: schemas.jobIds })),
  /** Leaves jobs out: they end as skipped, by somebody's word. */
  'job.skip': returns<BulkResult>()(z.strictObject({ jobIds: schemas.jobIds })),
  /** Runs jobs now: ahead of everything, whatever their queue says. Pauses of the house and limits of accounts hold. */
  'job.run': returns<BulkResult>()(z.strictObject({ jobIds: schemas.jobIds })),
  /** Puts waiting jobs of one migration in the given order: first in it, last in it, or before another. */
  'job.reorder': returns<BulkResult>()(
    z.strictObject({
      jobIds: schemas.jobIds,
      to: z.union([z.literal('first'), z.literal('last'), z.strictObject({ before: schemas.jobId })]),
    }),
  ),

  /** Starts one verb on every job that the filter matches now. Goes on by itself, also after a restart. */
  'bulk.start': returns<BulkView>()(z.strictObject({ verb: z.enum(BULK_VERBS), filter: schemas.jobFilter })),
  'bulk.get': returns<BulkView>()(z.strictObject({ bulkId: z.int().positive() })),
  /** The newest ones first. */
  'bulk.list': returns<{ readonly bulks: readonly BulkView[] }>()(nothing),
  /** What it has changed so far stays changed. */
  'bulk.stop': returns<BulkView>()(z.strictObject({ bulkId: z.int().positive() })),

  'queue.list': returns<{ readonly queues: readonly QueueView[] }>()(nothing),
  'queue.create': returns<Nothing>()(
    z.strictObject({
      queue: schemas.queueName.regex(/^[a-z0-9-]+$/, 'Lower-case letters, digits and hyphens.'),
      concurrency: z.int().min(1).max(256),
    }),
  ),
  /** Refused when anything was ever put in it. */
  'queue.remove': returns<Nothing>()(z.strictObject({ queue: schemas.queueName })),
  /** `reason` is shown wherever somebody asks why nothing runs. */
  'queue.pause': returns<Nothing>()(
    z.strictObject({ queue: schemas.queueName, reason: z.string().trim().min(1).max(200).optional() }),
  ),
  'queue.resume': returns<Nothing>()(z.strictObject({ queue: schemas.queueName })),
  'queue.update': returns<Nothing>()(
    z.strictObject({
      queue: schemas.queueName,
      concurrency: z.int().min(1).max(256).optional(),
      /** Higher first; 0 is ordinary. */
      priority: z.int().min(-100).max(100).optional(),
      /** null: any number. */
      startsPerMinute: z.int().min(1).max(1_000_000).nullable().optional(),
      /** null: at any hour. */
      hours: schemas.activeHours.nullable().optional(),
      /** Of what its attempts move together; null: none of its own. */
      bandwidthCap: schemas.bandwidthCap.nullable().optional(),
    }),
  ),

  'schedule.list': returns<{ readonly schedules: readonly ScheduleView[] }>()(nothing),
  /** Makes or changes one. Refused when it would never run. */
  'schedule.save': returns<ScheduleView>()(schemas.schedulePlan),
  'schedule.remove': returns<Nothing>()(z.strictObject({ scheduleId: schemas.scheduleId })),
  'schedule.pause': returns<ScheduleView>()(z.strictObject({ scheduleId: schemas.scheduleId })),
  'schedule.resume': returns<ScheduleView>()(z.strictObject({ scheduleId: schemas.scheduleId })),
  /** Runs it now, beside its timing. */
  'schedule.run': returns<{ readonly runId: number }>()(z.strictObject({ scheduleId: schemas.scheduleId })),
  'schedule.skipNext': returns<ScheduleView>()(
    z.strictObject({ scheduleId: schemas.scheduleId, skip: z.boolean().default(true) }),
  ),
  /** Its latest runs, the newest first. */
  'schedule.runs': returns<{ readonly runs: readonly ScheduleRun[] }>()(
    z.strictObject({ scheduleId: schemas.scheduleId, limit: z.int().min(1).max(200).default(50) }),
  ),
  /** When it would run, before it is saved. */
  'schedule.preview': returns<{ readonly runsAtMs: readonly number[] }>()(schemas.schedulePreview),

  'notice.list': returns<{ readonly rules: readonly NoticeRule[] }>()(nothing),
  'notice.save': returns<NoticeRule>()(schemas.noticeRule),
  'notice.remove': returns<Nothing>()(z.strictObject({ ruleId: schemas.noticeRuleId })),
  /** Sends one now, as a job in the queue of notices. */
  'notice.test': returns<{ readonly jobId: number }>()(z.strictObject({ ruleId: schemas.noticeRuleId })),

  'account.list': returns<{ readonly accounts: readonly AccountView[] }>()(nothing),
  'account.save': returns<AccountView>()(schemas.accountDraft),
  /** Refused while an open migration uses the account. */
  'account.remove': returns<Nothing>()(z.strictObject({ accountId: schemas.accountId })),
  /** How many attempts may use the account at once, in all queues together; null: as many as the queues allow. */
  'account.limit': returns<AccountView>()(
    z.strictObject({ accountId: schemas.accountId, maxAttempts: z.int().min(1).max(1_024).nullable() }),
  ),
  /** Tests a saved account, or a draft before it is saved; a draft with an id takes the secrets it does not give from the saved one. */
  'account.check': returns<CheckReport>()(
    z.strictObject({
      account: z.union([schemas.accountDraft, schemas.accountId]),
      container: z.string().max(schemas.MAX_KEY_CHARACTERS),
      prefix: z.string().max(schemas.MAX_KEY_CHARACTERS).default(''),
      role: schemas.locationRole,
    }),
  ),

  /** Opens the system's folder dialog. `path: null`: the person closed it. Only where app.info says so. */
  'folder.choose': returns<{ readonly path: string | null }>()(nothing),

  /**
   * Declares what this client looks at: patches then carry these jobs whenever they change, and how many others came
   * to match the filter. At most 4 views a client; a second call with the same viewId replaces the first.
   */
  'view.watch': returns<Nothing>()(
    z.strictObject({
      viewId: z.string().min(1).max(40),
      filter: schemas.jobFilter.default({}),
      jobIds: z.array(schemas.jobId).max(200),
    }),
  ),
  'view.unwatch': returns<Nothing>()(z.strictObject({ viewId: z.string().min(1).max(40) })),
} as const;

export type Commands = typeof commands;
export type CommandName = keyof Commands;
/** What a client writes: fields with defaults may be left out. */
export type Params<Name extends CommandName> = z.input<Commands[Name]['params']>;
/** What a handler reads: defaults filled in. */
export type ParsedParams<Name extends CommandName> = z.output<Commands[Name]['params']>;
export type Result<Name extends CommandName> = NonNullable<Commands[Name]['result']>;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}
