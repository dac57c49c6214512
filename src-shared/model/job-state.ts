/**
 * Owns the states of a job and the legal arrows between them: the one table from which badges, counters, SQL checks,
 * the GraphQL enum and the lifecycle page derive. Must not know about storage or time. Read by every room.
 */

export const JOB_STATES = [
  'pending',
  'scheduled',
  'running',
  'paused',
  'completed',
  'skipped',
  'failed',
  'cancelled',
] as const;

export type JobState = (typeof JOB_STATES)[number];

/** What can happen to a job. Each is a verb of the coordinator. */
export type JobEvent =
  | 'claim'
  | 'complete'
  | 'skip'
  | 'fail'
  | 'snooze'
  | 'release'
  | 'fall-due'
  | 'pause'
  | 'resume'
  | 'cancel'
  | 'retry'
  | 'run-now';

/** What a person can ask of a job. */
export type SteerEvent = Extract<JobEvent, 'pause' | 'resume' | 'cancel' | 'retry' | 'skip' | 'run-now'>;

/**
 * event → the states it may leave → the state it enters. What is not in this table is refused.
 * `skip` is a worker's word (there already, identical) or a person's (leave it out). `release` gives a running job
 * back without an outcome of its own: its worker died, its migration was paused, or the app is going down.
 */
export const JOB_ARROWS: Readonly<Record<JobEvent, { readonly from: readonly JobState[]; readonly to: JobState }>> = {
  claim: { from: ['pending'], to: 'running' },
  complete: { from: ['running'], to: 'completed' },
  skip: { from: ['running', 'pending', 'scheduled', 'paused', 'failed'], to: 'skipped' },
  fail: { from: ['running'], to: 'failed' },
  snooze: { from: ['running'], to: 'scheduled' },
  release: { from: ['running'], to: 'pending' },
  'fall-due': { from: ['scheduled'], to: 'pending' },
  pause: { from: ['pending', 'scheduled', 'running'], to: 'paused' },
  resume: { from: ['paused'], to: 'pending' },
  cancel: { from: ['pending', 'scheduled', 'running', 'paused'], to: 'cancelled' },
  retry: { from: ['failed', 'cancelled', 'skipped'], to: 'pending' },
  'run-now': { from: ['pending', 'scheduled', 'paused'], to: 'pending' },
};

/** States in which a job still has work to do. */
export const OPEN_STATES = ['pending', 'scheduled', 'running', 'paused'] as const satisfies readonly JobState[];

/** States in which a job rests until somebody retries it. */
export const FINISHED_STATES = ['completed', 'skipped', 'failed', 'cancelled'] as const satisfies readonly JobState[];

export function isOpen(state: JobState): boolean {
  return (OPEN_STATES as readonly JobState[]).includes(state);
}

/** One whole number for each state. */
export type StateCounts = Readonly<Record<JobState, number>>;

export const NO_COUNTS: StateCounts = {
  pending: 0,
  scheduled: 0,
  running: 0,
  paused: 0,
  completed: 0,
  skipped: 0,
  failed: 0,
  cancelled: 0,
};
