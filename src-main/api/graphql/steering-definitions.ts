/**
 * Owns the part of the GraphQL schema by which work that was asked for is steered: jobs one by one, bulks, queues,
 * schedules. Must not resolve anything. Part of type-definitions.ts.
 */
export const STEERING_DEFINITIONS = /* GraphQL */ `
"What holds a job or a queue, in a sentence, and until when where that is known."
type Gate {
  state: GateState!
  reason: String!
  untilMs: Float
}

type Explanation {
  jobId: ID!
  state: JobState!
  "The first gate in a sentence; what the job does when nothing holds it."
  summary: String!
  "Every gate that is shut, from the outermost inwards."
  gates: [Gate!]!
}

"A job by reference: where it stands, or how it ended."
type JobAnswer {
  done: Boolean!
  state: JobState!
  "null: not done yet."
  job: Job
}

"One verb on a set of jobs that was pinned when it was asked for."
type Bulk {
  id: ID!
  verb: BulkVerb!
  state: BulkState!
  subject: String!
  total: Int!
  handled: Int!
  changed: Int!
  refused: Int!
  startedAtMs: Float!
  endedAtMs: Float
}

type ScheduleRun {
  id: ID!
  dueAtMs: Float!
  startedAtMs: Float!
  finishedAtMs: Float
  outcome: RunOutcome!
  "What was done, or why it was skipped, in a sentence."
  detail: String!
  failure: Failure
  migrationId: ID
}

"A migration or a piece of maintenance that repeats. Made and changed in the window and by schedule.save."
type Schedule {
  id: ID!
  name: String!
  builtIn: Boolean!
  paused: Boolean!
  skipNext: Boolean!
  nextRunAtMs: Float
  lastRun: ScheduleRun
}

input JobFilterInput {
  migrationId: ID
  queue: String
  states: [JobState!]
  search: String
}

extend type Query {
  "Waits up to waitMs, a minute at most, for the job's end."
  jobResult(id: ID!, waitMs: Int = 0): JobAnswer!
  "Why the job does not run."
  explainJob(id: ID!): Explanation!
  bulk(id: ID!): Bulk!
  "The newest first."
  bulks: [Bulk!]!
  schedules: [Schedule!]!
  scheduleRuns(id: ID!, limit: Int = 50): [ScheduleRun!]!
}

"What is given is changed, the rest stays; null takes a limit away."
input QueueChangeInput {
  concurrency: Int
  "Higher first; 0 is ordinary."
  priority: Int
  "Attempts that may start in a minute; null: any number."
  startsPerMinute: Int
  "In each direction and at all hours, whatever hours it had; null: no cap of its own."
  bandwidthCapBytesPerSecond: Float
}

extend type Mutation {
  "All its jobs, waiting or not, belong to the other queue from now on."
  moveMigration(id: ID!, queue: String!): Migration!
  "They end as skipped, by somebody's word."
  skipJobs(ids: [ID!]!): BulkResult!
  "Ahead of everything, whatever their queue says."
  runJobs(ids: [ID!]!): BulkResult!
  "Ahead of others (positive), behind those of their migration (negative), back in line (0)."
  prioritizeJobs(ids: [ID!]!, priority: Int!): BulkResult!
  "In this order: before another job of the migration, else the last in it, or the first."
  reorderJobs(ids: [ID!]!, before: ID, last: Boolean = false): BulkResult!
  "One verb on every job that matches now, however many. Goes on by itself, also after a restart."
  startBulk(verb: BulkVerb!, filter: JobFilterInput!): Bulk!
  "What it has changed so far stays changed."
  stopBulk(id: ID!): Bulk!
  createQueue(name: String!, concurrency: Int!): Boolean!
  "Refused when anything was ever put in it."
  removeQueue(name: String!): Boolean!
  updateQueue(name: String!, change: QueueChangeInput!): Boolean!
  pauseSchedule(id: ID!): Schedule!
  resumeSchedule(id: ID!): Schedule!
  "Runs it now, beside its timing; the id of the run."
  runSchedule(id: ID!): ID!
  skipNextRun(id: ID!, skip: Boolean = true): Schedule!
  removeSchedule(id: ID!): Boolean!
}
`;
