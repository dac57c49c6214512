/**
 * Owns the one map of commands: name → schema of its parameters and type of its result. Every door and every client
 * goes through it; a missing handler does not compile (api/handlers.ts). Must not hold logic.
 */
import { z } from 'zod';
import type { QueueView, Stats } from '../model/house.ts';
import type { JobDetail, JobRow } from '../model/job.ts';
import type { MigrationView } from '../model/migration.ts';
import type { AccountView, CheckReport, ProviderDescriptor } from '../model/provider.ts';
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

export const commands = {
  'app.info': returns<AppInfo>()(nothing),
  'provider.list': returns<{ readonly providers: readonly ProviderDescriptor[] }>()(nothing),
  'stats.get': returns<Stats>()(nothing),
  'engine.pause': returns<Record<never, never>>()(nothing),
  'engine.resume': returns<Record<never, never>>()(nothing),
  'pool.resume': returns<Record<never, never>>()(nothing),

  /** Returns as soon as the request is durable. `position`: jobs of its queue that are ahead of it. */
  'migration.submit': returns<{ readonly migrationId: number; readonly position: number }>()(schemas.migrationRequest),
  /** Makes small assets in the profile's sample folder and submits moving them to a second folder. */
  'migration.sample': returns<{ readonly migrationId: number }>()(nothing),
  /** Removes the sample's folders, its migrations and their jobs. Refused while one of them is open. */
  'migration.removeSample': returns<Record<never, never>>()(nothing),
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
  /** Sets every failed job of the migration going again, and the listing if that failed. Returns at once; it happens in slices. */
  'migration.retryFailed': returns<MigrationView>()(z.strictObject({ migrationId: schemas.migrationId })),

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
  'job.get': returns<JobDetail>()(z.strictObject({ jobId: schemas.jobId })),
  'job.pause': returns<BulkResult>()(z.strictObject({ jobIds: schemas.jobIds })),
  'job.resume': returns<BulkResult>()(z.strictObject({ jobIds: schemas.jobIds })),
  'job.cancel': returns<BulkResult>()(z.strictObject({ jobIds: schemas.jobIds })),
  /** Puts open jobs ahead of others (positive), behind the others of their migration (negative), or back in line (0). */
  'job.prioritize': returns<BulkResult>()(
    z.strictObject({ jobIds: schemas.jobIds, priority: z.int().min(-100).max(100) }),
  ),
  'job.retry': returns<BulkResult>()(z.strictObject({ jobIds: schemas.jobIds })),

  'queue.list': returns<{ readonly queues: readonly QueueView[] }>()(nothing),
  'queue.create': returns<Record<never, never>>()(
    z.strictObject({
      queue: schemas.queueName.regex(/^[a-z0-9-]+$/, 'Lower-case letters, digits and hyphens.'),
      concurrency: z.int().min(1).max(256),
    }),
  ),
  /** Refused when anything was ever put in it. */
  'queue.remove': returns<Record<never, never>>()(z.strictObject({ queue: schemas.queueName })),
  'queue.pause': returns<Record<never, never>>()(z.strictObject({ queue: schemas.queueName })),
  'queue.resume': returns<Record<never, never>>()(z.strictObject({ queue: schemas.queueName })),
  'queue.update': returns<Record<never, never>>()(
    z.strictObject({
      queue: schemas.queueName,
      concurrency: z.int().min(1).max(256).optional(),
      /** Higher first; 0 is ordinary. */
      priority: z.int().min(-100).max(100).optional(),
      /** null: any number. */
      startsPerMinute: z.int().min(1).max(1_000_000).nullable().optional(),
      /** null: at any hour. */
      hours: schemas.activeHours.nullable().optional(),
    }),
  ),

  'account.list': returns<{ readonly accounts: readonly AccountView[] }>()(nothing),
  'account.save': returns<AccountView>()(schemas.accountDraft),
  /** Refused while an open migration uses the account. */
  'account.remove': returns<Record<never, never>>()(z.strictObject({ accountId: schemas.accountId })),
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
  'view.watch': returns<Record<never, never>>()(
    z.strictObject({
      viewId: z.string().min(1).max(40),
      filter: schemas.jobFilter.default({}),
      jobIds: z.array(schemas.jobId).max(200),
    }),
  ),
  'view.unwatch': returns<Record<never, never>>()(z.strictObject({ viewId: z.string().min(1).max(40) })),
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
