/**
 * Owns the GraphQL schema as text. Enums are made from the tables of src-shared, so that a word exists once. Must not
 * resolve anything. Used by create-graphql.ts and printed to docs/schema.graphql.
 */
import { BULK_STATES, BULK_VERBS } from '../../../src-shared/model/bulk.ts';
import { METADATA_RULES } from '../../../src-shared/model/content-rules.ts';
import { FAILURE_CODES } from '../../../src-shared/model/failure.ts';
import { GATE_STATES } from '../../../src-shared/model/house.ts';
import { ATTEMPT_OUTCOMES, TRANSFER_STEPS } from '../../../src-shared/model/job.ts';
import { JOB_STATES } from '../../../src-shared/model/job-state.ts';
import {
  DISPLAY_STATES,
  LISTING_STATES,
  MIGRATION_INTENTS,
  OVERWRITE_POLICIES,
} from '../../../src-shared/model/migration.ts';
import { LETTER_RULES } from '../../../src-shared/model/naming.ts';
import { PROOF_RUNGS } from '../../../src-shared/model/proof.ts';
import { RUN_OUTCOMES } from '../../../src-shared/model/schedule.ts';
import { DIRECTORY_MARKER_RULES } from '../../../src-shared/model/selection.ts';
import { AFTER_COPY_RULES, KEPT_REASONS, REMOVAL_STATES } from '../../../src-shared/model/source-removal.ts';
import { REQUEST_DEFINITIONS } from './request-definitions.ts';
import { STEERING_DEFINITIONS } from './steering-definitions.ts';

/** GraphQL name → the words it stands for. */
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  JobState: JOB_STATES,
  MigrationState: DISPLAY_STATES,
  MigrationIntent: MIGRATION_INTENTS,
  ListingState: LISTING_STATES,
  OverwritePolicy: OVERWRITE_POLICIES,
  Proof: PROOF_RUNGS,
  DirectoryMarkerRule: DIRECTORY_MARKER_RULES,
  LetterRule: LETTER_RULES,
  MetadataRule: METADATA_RULES,
  FailureCode: FAILURE_CODES,
  TransferStep: TRANSFER_STEPS,
  AttemptOutcome: ATTEMPT_OUTCOMES,
  GateState: GATE_STATES,
  BulkVerb: BULK_VERBS,
  BulkState: BULK_STATES,
  RunOutcome: RUN_OUTCOMES,
  AfterCopyRule: AFTER_COPY_RULES,
  RemovalState: REMOVAL_STATES,
  KeptReason: KEPT_REASONS,
};

/** "worker-lost" → WORKER_LOST: GraphQL names have no hyphens. */
function enumName(word: string): string {
  return word.toUpperCase().replaceAll('-', '_');
}

/** For resolvers: GraphQL name → { WORKER_LOST: 'worker-lost' }. */
export function enumValues(): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(ENUMS).map(([name, words]) => [
      name,
      Object.fromEntries(words.map((word) => [enumName(word), word])),
    ]),
  );
}

const enums = Object.entries(ENUMS)
  .map(([name, words]) => `enum ${name} {\n${words.map((word) => `  ${enumName(word)}`).join('\n')}\n}`)
  .join('\n\n');

const removals = REMOVAL_STATES.map((state) => `  ${state}: Int!`).join('\n');
const counts = JOB_STATES.map((state) => `  ${state}: Int!`).join('\n');

export const TYPE_DEFINITIONS = /* GraphQL */ `
${enums}
${REQUEST_DEFINITIONS}
${STEERING_DEFINITIONS}
"How many jobs are in each state."
type Counts {
${counts}
}

"How many sources of a move are in each state."
type RemovalCounts {
${removals}
}

"What becomes of the source of a job that arrived; null where it stays by choice."
type SourceRemoval {
  state: RemovalState!
  "Of those that are kept."
  because: KeptReason
  "What the last try to delete it failed with."
  failure: Failure
}

"What went wrong, as data: the code for programs, the message for people, the hint what to do."
type Failure {
  code: FailureCode!
  message: String!
  hint: String!
  retryable: Boolean!
  "The input it belongs to, when it is about one."
  field: String
}

type Location {
  accountId: ID!
  container: String!
  prefix: String!
}

"The words people know; processed = completed + skipped."
type Stats {
  pending: Int!
  processing: Int!
  processed: Int!
  failed: Int!
  counts: Counts!
  "Migrations with work left."
  migrations: Int!
  totalBytes: Float!
  doneBytes: Float!
}

type Migration {
  id: ID!
  name: String!
  queue: String!
  state: MigrationState!
  intent: MigrationIntent!
  listing: ListingState!
  listingFailure: Failure
  source: Location!
  destination: Location!
  overwrite: OverwritePolicy!
  minimumProof: Proof!
  afterCopy: AfterCopyRule!
  "null: it moves the assets that were named."
  filter: SelectionFilter
  naming: Naming!
  content: ContentRules!
  counts: Counts!
  discovered: Int!
  "Assets that were listed and are not moved, by the filter."
  leftOut: Int!
  "Of a move: what became of the sources."
  removals: RemovalCounts!
  totalBytes: Float!
  doneBytes: Float!
  "Milliseconds since 1970."
  createdAtMs: Float!
  finishedAtMs: Float
}

type Attempt {
  number: Int!
  startedAtMs: Float!
  finishedAtMs: Float!
  outcome: AttemptOutcome!
  failure: Failure
  failedStep: TransferStep
  workerPid: Int
}

"What a finished transfer proved."
type TransferResult {
  sizeBytes: Float!
  proof: Proof!
  md5: String
  sha256: String
  crc32c: String
  contentType: String
  sourceVersion: String
  destinationVersion: String
}

type Job {
  id: ID!
  migrationId: ID!
  queue: String!
  state: JobState!
  sourceKey: String!
  destinationKey: String!
  sizeBytes: Float
  attempts: Int!
  failure: Failure
  failedStep: TransferStep
  proof: Proof
  skipReason: String
  sourceRemoval: SourceRemoval
  notBeforeMs: Float
  createdAtMs: Float!
  updatedAtMs: Float!
  finishedAtMs: Float
  "Every attempt that ended, oldest first."
  history: [Attempt!]!
  result: TransferResult
}

"exact: false means at least so many."
type Total {
  count: Int!
  exact: Boolean!
}

type MigrationPage {
  rows: [Migration!]!
  nextCursor: String
  total: Total!
}

"A row of a list: the job without its history and result; ask job(id) for those."
type JobRow {
  id: ID!
  migrationId: ID!
  queue: String!
  state: JobState!
  sourceKey: String!
  destinationKey: String!
  sizeBytes: Float
  attempts: Int!
  failure: Failure
  failedStep: TransferStep
  proof: Proof
  skipReason: String
  sourceRemoval: SourceRemoval
  notBeforeMs: Float
  createdAtMs: Float!
  updatedAtMs: Float!
  finishedAtMs: Float
}

type JobPage {
  rows: [JobRow!]!
  nextCursor: String
  total: Total!
}

type Queue {
  name: String!
  concurrency: Int!
  paused: Boolean!
  "Why nothing more starts now; empty when the gate is open."
  gate: String!
  counts: Counts!
  doneBytes: Float!
}

type Account {
  id: ID!
  provider: String!
  name: String!
  builtIn: Boolean!
  "Names of the secrets that are set. Their values never come back."
  secretNames: [String!]!
}

type ProviderOption {
  name: String!
  label: String!
  help: String!
  input: String!
  required: Boolean!
}

type Provider {
  kind: String!
  label: String!
  summary: String!
  canRead: Boolean!
  canWrite: Boolean!
  options: [ProviderOption!]!
}

type CheckStep {
  name: String!
  elapsedMs: Float!
  failure: Failure
}

type CheckReport {
  ok: Boolean!
  steps: [CheckStep!]!
  remarks: [String!]!
  sampleKeys: [String!]!
  failure: Failure
}

type Submitted {
  migrationId: ID!
  "Jobs of its queue that are ahead of it."
  position: Int!
}

type EnqueuedJob {
  jobId: ID!
  position: Int!
}

type Enqueued {
  migrationId: ID!
  jobs: [EnqueuedJob!]!
}

type Refused {
  id: ID!
  reason: String!
}

type BulkResult {
  changed: [ID!]!
  refused: [Refused!]!
}

"A job that came to rest."
type Outcome {
  jobId: ID!
  migrationId: ID!
  state: JobState!
  sourceKey: String!
  destinationKey: String!
  sizeBytes: Float
  attempts: Int!
  proof: Proof
  failure: Failure
  atMs: Float!
}

input ValueInput {
  name: String!
  value: String!
}

input SaveAccountInput {
  "Left out: a new account."
  id: ID
  provider: String!
  name: String!
  options: [ValueInput!] = []
  "Only those given are changed; an empty value removes one."
  secrets: [ValueInput!] = []
}

enum Role {
  SOURCE
  DESTINATION
}

enum JobSort {
  NEWEST
  OLDEST
  UPDATED
}

type Query {
  stats: Stats!
  migrations(search: String, cursor: String, limit: Int = 50): MigrationPage!
  migration(id: ID!): Migration!
  jobs(filter: JobFilterInput, sort: JobSort = NEWEST, cursor: String, limit: Int = 100): JobPage!
  job(id: ID!): Job!
  queues: [Queue!]!
  accounts: [Account!]!
  providers: [Provider!]!
  "Tries the steps that the role needs and says how each went."
  checkLocation(location: LocationInput!, role: Role!): CheckReport!
}

type Mutation {
  "Returns as soon as the request is durable; never waits for work."
  submitMigration(input: SubmitMigrationInput!): Submitted!
  "One request, one or many jobs, with their ids and positions; never waits for work."
  enqueueAssets(input: EnqueueAssetsInput!): Enqueued!
  pauseMigration(id: ID!): Migration!
  resumeMigration(id: ID!): Migration!
  cancelMigration(id: ID!): Migration!
  "Sets every failed job going again, and the listing if that failed."
  retryFailed(id: ID!): Migration!
  pauseJobs(ids: [ID!]!): BulkResult!
  resumeJobs(ids: [ID!]!): BulkResult!
  cancelJobs(ids: [ID!]!): BulkResult!
  retryJobs(ids: [ID!]!): BulkResult!
  pauseQueue(name: String!): Boolean!
  resumeQueue(name: String!): Boolean!
  setQueueConcurrency(name: String!, concurrency: Int!): Boolean!
  pauseAll: Boolean!
  resumeAll: Boolean!
  saveAccount(input: SaveAccountInput!): Account!
  removeAccount(id: ID!): Boolean!
}

type Subscription {
  "Every job that comes to rest from now on, of one migration or of all."
  outcomes(migrationId: ID): Outcome!
  "Every outcome of one migration: first those that are there already, then live; ends when the migration has."
  migrationOutcomes(migrationId: ID!): Outcome!
}
`;
