/**
 * Owns the zod schemas of everything that a person or a program can send. Strict everywhere: an unknown field is an
 * error, never ignored. Must not hold logic. Used by commands.ts and by the forms of the window.
 */
import { z } from 'zod';
import { isTimeZone } from '../model/active-hours.ts';
import { JOB_STATES } from '../model/job-state.ts';
import { OVERWRITE_POLICIES } from '../model/migration.ts';
import { PROOF_RUNGS } from '../model/proof.ts';

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

export const namedAsset = z.strictObject({
  sourceKey: key,
  destinationKey: key.optional(),
  sizeBytes: z.int().nonnegative().optional(),
});

export const selection = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('listing') }),
  z.strictObject({ kind: z.literal('assets'), assets: z.array(namedAsset).min(1).max(MAX_SELECTION_ASSETS) }),
]);

export const policies = z.strictObject({
  overwrite: z.enum(OVERWRITE_POLICIES),
  minimumProof: z.enum(PROOF_RUNGS),
});

export const migrationRequest = z.strictObject({
  name: z.string().max(200).optional(),
  source: location,
  destination: location,
  selection: selection.default({ kind: 'listing' }),
  policies: policies.default({ overwrite: 'if-different', minimumProof: 'size-only' }),
  queue: queueName.default('default'),
});

export const enqueueRequest = z.strictObject({
  name: z.string().max(200).optional(),
  source: location,
  destination: location,
  assets: z.array(namedAsset).min(1).max(MAX_ENQUEUE_ASSETS),
  policies: policies.default({ overwrite: 'if-different', minimumProof: 'size-only' }),
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
  options: z.record(z.string().max(64), z.string().max(4_096)),
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
