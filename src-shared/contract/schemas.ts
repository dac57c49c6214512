/**
 * Owns the zod schemas of everything that a person or a program can send. Strict everywhere: an unknown field is an
 * error, never ignored. Must not hold logic. Used by commands.ts and by the forms of the window.
 */
import { z } from 'zod';
import { isTimeZone } from '../model/active-hours.ts';
import { CAP_BOUNDS } from '../model/bandwidth-cap.ts';
import { METADATA_RULES } from '../model/content-rules.ts';
import { REPORT_CHOICES, REPORT_FORMATS, URL_MAP_FORMATS } from '../model/evidence.ts';
import { globProblem } from '../model/glob.ts';
import { JOB_STATES } from '../model/job-state.ts';
import { OVERWRITE_POLICIES } from '../model/migration.ts';
import { LETTER_RULES, templateProblem } from '../model/naming.ts';
import { MAIL_SECURITIES, NOTICE_EVENTS } from '../model/notice-rule.ts';
import { USUAL_CHOICE, USUAL_RATES } from '../model/plan.ts';
import { PROOF_RUNGS } from '../model/proof.ts';
import { MAINTENANCE_TASKS, MISSED_RULES, REPEAT_MODES } from '../model/schedule.ts';
import { DIRECTORY_MARKER_RULES } from '../model/selection.ts';
import { SETTING_BOUNDS } from '../model/settings.ts';
import { AFTER_COPY_RULES, usualProof } from '../model/source-removal.ts';
import { MAX_TAG_NAME_CHARACTERS, MAX_TAG_VALUE_CHARACTERS, MAX_TAGS } from '../model/tags.ts';

/** Longest key or path accepted: S3 allows 1,024 bytes; local paths reach 4,096. */
export const MAX_KEY_CHARACTERS = 4_096;
/** Most ids that one bulk command names; larger sets are addressed by their migration. */
export const MAX_IDS = 1_000;
/** Most assets that one `jobs.enqueue` names: one transaction of about 100 ms. */
export const MAX_ENQUEUE_ASSETS = 10_000;
/** Most assets that a migration's URL list names. */
export const MAX_SELECTION_ASSETS = 100_000;

const key = z.string().min(1, 'A key may not be empty.').max(MAX_KEY_CHARACTERS);

export const migrationId = z.int().positive();
export const jobId = z.int().positive();
export const jobIds = z.array(jobId).min(1).max(MAX_IDS);
export const accountId = z.string().min(1).max(64);
export const queueName = z.string().min(1).max(64);

export const location = z.strictObject({
  accountId,
  container: z.string().max(MAX_KEY_CHARACTERS),
  prefix: z.string().max(MAX_KEY_CHARACTERS),
});

const hexDigest = (digits: 32 | 64) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${digits}}$`), `A digest here has ${digits} hexadecimal digits in lower case.`);

export const namedAsset = z.strictObject({
  sourceKey: key,
  destinationKey: key.optional(),
  /** The asset is refused when it has another size or another digest. */
  sizeBytes: z.int().nonnegative().optional(),
  md5: hexDigest(32).optional(),
  sha256: hexDigest(64).optional(),
});

/** Eleven digits reach the year 5138. */
const momentMs = z.int().min(0).max(99_999_999_999_999);

/** `problem`: what is wrong with it, as a sentence. */
const judged = (schema: z.ZodString, problem: (text: string) => string | null) =>
  schema.refine((text) => problem(text) === null, { error: ({ input }) => problem(String(input)) ?? undefined });

const glob = judged(z.string().max(500), globProblem);
const globs = z.array(glob).max(100).readonly().default([]);
const byteCount = z.int().nonnegative().nullable().default(null);

export const selectionFilter = z
  .strictObject({
    include: globs,
    exclude: globs,
    leastBytes: byteCount,
    mostBytes: byteCount,
    changedAfterMs: momentMs.nullable().default(null),
    changedBeforeMs: momentMs.nullable().default(null),
    directoryMarkers: z.enum(DIRECTORY_MARKER_RULES).default('move'),
  })
  .refine(({ leastBytes, mostBytes }) => leastBytes === null || mostBytes === null || leastBytes <= mostBytes, {
    path: ['mostBytes'],
    error: 'This is less than the least size.',
  })
  .refine(
    ({ changedAfterMs: after, changedBeforeMs: before }) => after === null || before === null || after <= before,
    {
      path: ['changedBeforeMs'],
      error: 'This is before the beginning of the time.',
    },
  );

export const selection = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('listing'), filter: selectionFilter.prefault({}) }),
  z.strictObject({ kind: z.literal('assets'), assets: z.array(namedAsset).min(1).max(MAX_SELECTION_ASSETS) }),
]);

const naming = z.strictObject({
  stripPrefix: z.string().max(MAX_KEY_CHARACTERS).default(''),
  letters: z.enum(LETTER_RULES).default('keep'),
  template: judged(z.string().max(1_000), templateProblem).default(''),
});

/** What a header may hold; others could carry a header of their own in. */
const headerText = z
  .string()
  .trim()
  .min(1, 'Say what it is to be.')
  .max(1_000)
  .regex(/^[\x20-\x7e]*$/, 'A header is one line of plain ASCII.');
const contentType = headerText.regex(
  /^[\w.+!#$&^-]+\/[\w.+!#$&^-]+(?: *;.*)?$/,
  'A content type is like image/webp or text/html; charset=utf-8.',
);

const headerRules = (value: z.ZodString) => z.array(z.strictObject({ glob, value })).max(50).readonly().default([]);

/** Which characters it may hold is the destination's to say. */
const tag = z.strictObject({
  name: z.string().trim().min(1, 'A tag is like team=web.').max(MAX_TAG_NAME_CHARACTERS),
  value: z.string().trim().max(MAX_TAG_VALUE_CHARACTERS).default(''),
});

const content = z.strictObject({
  cacheControl: headerRules(headerText),
  contentType: headerRules(contentType),
  metadata: z.enum(METADATA_RULES).default('keep'),
  tags: z.enum(METADATA_RULES).default('drop'),
  setTags: z
    .array(tag)
    .max(MAX_TAGS, `${MAX_TAGS} tags are the most.`)
    .refine((tags) => new Set(tags.map(({ name }) => name)).size === tags.length, 'Two tags have one name.')
    .readonly()
    .default([]),
  storageClass: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'A storage class is a word like STANDARD_IA.')
    .nullable()
    .default(null),
  acl: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'An ACL is a word like public-read.')
    .nullable()
    .default(null),
});

export const policies = z
  .strictObject({
    overwrite: z.enum(OVERWRITE_POLICIES).default('if-different'),
    /** Absent: `size-only`, and `etag` where the source is deleted. */
    minimumProof: z.enum(PROOF_RUNGS).optional(),
    afterCopy: z.enum(AFTER_COPY_RULES).default('keep'),
    naming: naming.prefault({}),
    content: content.prefault({}),
  })
  .transform(({ minimumProof, ...rest }) => ({ ...rest, minimumProof: minimumProof ?? usualProof(rest.afterCopy) }));

export const migrationRequest = z.strictObject({
  name: z.string().max(200).optional(),
  source: location,
  destination: location,
  selection: selection.prefault({ kind: 'listing' }),
  policies: policies.prefault({}),
  queue: queueName.default('default'),
});

export const planId = z.int().positive();

/** What a person may say better than we can guess; the rest as model/plan.ts has it. */
export const planRates = z.strictObject({
  bytesPerSecond: z.number().min(1).max(1e12).default(USUAL_RATES.bytesPerSecond),
  assetsPerSecond: z.number().min(0.01).max(1e6).default(USUAL_RATES.assetsPerSecond),
  egressUsdPerGb: z.number().min(0).max(1_000).nullable().default(USUAL_RATES.egressUsdPerGb),
});

export const planChoice = z.strictObject({
  withUnknown: z.boolean().default(USUAL_CHOICE.withUnknown),
  withLookalikes: z.boolean().default(USUAL_CHOICE.withLookalikes),
});

export const enqueueRequest = z.strictObject({
  name: z.string().max(200).optional(),
  source: location,
  destination: location,
  assets: z.array(namedAsset).min(1).max(MAX_ENQUEUE_ASSETS),
  policies: policies.prefault({}),
  queue: queueName.default('default'),
});

export const jobFilter = z.strictObject({
  migrationId: migrationId.optional(),
  queue: queueName.optional(),
  states: z.array(z.enum(JOB_STATES)).max(JOB_STATES.length).optional(),
  /** Matches anywhere in the source or destination key, case-insensitively. */
  search: z.string().max(500).optional(),
});

export const jobSort = z.enum(['newest', 'oldest', 'updated']);

/** An opaque place in a sorted list; only the one who made it reads it. */
export const cursor = z.string().max(200);
export const pageLimit = z.int().min(1).max(200);

export const accountDraft = z.strictObject({
  /** Absent: a new account. */
  id: accountId.optional(),
  provider: z.string().min(1).max(32),
  name: z.string().trim().min(1, 'Give the account a name.').max(100),
  options: z.record(z.string().max(64), z.string().max(16_384)),
  /** Only those given are changed; an empty string removes one. */
  secrets: z.record(z.string().max(64), z.string().max(16_384)),
});

const minute = z
  .int()
  .min(0)
  .max(24 * 60);
export const activeHours = z.strictObject({
  timeZone: z.string().refine(isTimeZone, 'There is no such time zone.'),
  windows: z
    .array(
      z.strictObject({
        days: z
          .array(z.literal([1, 2, 3, 4, 5, 6, 7]))
          .min(1)
          .max(7),
        fromMinute: minute,
        toMinute: minute,
      }),
    )
    .min(1)
    .max(20),
});

export const locationRole = z.enum(['source', 'destination']);

const webBase = z.strictObject({
  url: z.string().trim().min(1, 'Give it an address.').max(2_048),
  prefix: z.string().max(MAX_KEY_CHARACTERS).default(''),
});

/** A file that tells of a migration. */
export const evidenceOrder = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('report'),
    migrationId,
    format: z.enum(REPORT_FORMATS).default('csv'),
    choice: z.enum(REPORT_CHOICES).default('all'),
  }),
  z.strictObject({
    kind: z.literal('url-map'),
    migrationId,
    format: z.enum(URL_MAP_FORMATS).default('csv'),
    /** null: the source keys are whole addresses. */
    oldBase: webBase.nullable().default(null),
    newBase: webBase,
  }),
]);

const timing = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('interval'), everyMinutes: z.int().min(1).max(525_600) }),
  z.strictObject({
    kind: z.literal('cron'),
    expression: z.string().trim().min(1, 'Give it five fields.').max(200),
    timeZone: z.string().refine(isTimeZone, 'There is no such time zone.'),
  }),
]);

export const scheduleId = z.int().positive();

export const schedulePlan = z.strictObject({
  /** Absent: a new schedule. */
  id: scheduleId.optional(),
  name: z.string().trim().min(1, 'Give the schedule a name.').max(200),
  task: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('migration'), request: migrationRequest, mode: z.enum(REPEAT_MODES) }),
    z.strictObject({ kind: z.literal('maintenance'), task: z.enum(MAINTENANCE_TASKS) }),
  ]),
  timing,
  startAtMs: momentMs.nullable().default(null),
  hours: activeHours.nullable().default(null),
  missed: z.enum(MISSED_RULES).default('once'),
});

export const schedulePreview = z.strictObject({
  timing,
  startAtMs: momentMs.nullable().default(null),
  hours: activeHours.nullable().default(null),
  count: z.int().min(1).max(20).default(5),
});

export const noticeRuleId = z.int().positive();
const mailAddress = z.email('That is no e-mail address.').max(254);

export const noticeRule = z.strictObject({
  /** Absent: a new rule. */
  id: noticeRuleId.optional(),
  name: z.string().trim().min(1, 'Give the notice a name.').max(100),
  target: z.discriminatedUnion('channel', [
    z.strictObject({
      channel: z.literal('webhook'),
      url: z.string().trim().min(1, 'Give it an address.').max(2_048),
      allowPrivate: z.boolean().default(false),
    }),
    z.strictObject({
      channel: z.literal('email'),
      host: z.string().trim().min(1, 'Name the mail server.').max(253),
      port: z.int().min(1).max(65_535),
      security: z.enum(MAIL_SECURITIES),
      user: z.string().max(320).default(''),
      from: mailAddress,
      to: z.array(mailAddress).min(1, 'Name somebody to write to.').max(20),
    }),
    z.strictObject({ channel: z.literal('desktop') }),
  ]),
  events: z.array(z.enum(NOTICE_EVENTS)).min(1, 'Choose what to tell.').max(NOTICE_EVENTS.length),
  failedAtLeast: z.int().min(1).max(10_000_000).default(1),
  enabled: z.boolean().default(true),
  /** The signing secret or the mail password; absent: as it was; empty: none. */
  secret: z.string().max(16_384).optional(),
});

const bounded = ({ min, max }: { readonly min: number; readonly max: number }) => z.int().min(min).max(max);

export const bandwidthCap = z.strictObject({
  bytesPerSecond: bounded(CAP_BOUNDS),
  hours: activeHours.nullable().default(null),
});

export const settingsChange = z.strictObject({
  workers: bounded(SETTING_BOUNDS.workers).optional(),
  attemptsPerWorker: bounded(SETTING_BOUNDS.attemptsPerWorker).optional(),
  retentionDays: bounded(SETTING_BOUNDS.retentionDays).nullable().optional(),
  maxOpenJobs: bounded(SETTING_BOUNDS.maxOpenJobs).optional(),
  attemptDeadlineMinutes: bounded(SETTING_BOUNDS.attemptDeadlineMinutes).optional(),
  spoolBudgetBytes: bounded(SETTING_BOUNDS.spoolBudgetBytes).nullable().optional(),
  bandwidthCap: bandwidthCap.nullable().optional(),
});
