/**
 * Owns the answer to "why isn't this running?": the gates that are shut for one job, from the outermost inwards. The
 * same gates that the scheduler goes by. Must not change anything. Called by the api.
 */
import { fail } from '../../src-shared/model/failure.ts';
import type { Explanation, Gate } from '../../src-shared/model/house.ts';
import { isOpen } from '../../src-shared/model/job-state.ts';
import { RUN_NOW_RANK, type StoredMigration } from '../store/records.ts';
import { runningByAccount } from './account-lanes.ts';
import type { Coordinator } from './coordinator.ts';

/** Throws FailureError `not-found`. */
export function explainJob(coordinator: Coordinator, jobId: number): Explanation {
  const job = coordinator.store.jobRow(jobId);
  const migration = job === null ? null : coordinator.store.migration(job.migrationId);
  if (job === null || migration === null) fail('not-found', `There is no job ${jobId}.`, { field: 'jobId' });
  const { state } = job;
  if (state === 'running') return { jobId, state, summary: 'It is running.', gates: [] };
  if (!isOpen(state)) return { jobId, state, summary: `It has ended: ${state}.`, gates: [] };

  const gates: Gate[] = [];
  const queue = coordinator.store.queue(migration.queue);
  const isRunNow = coordinator.store.rankOf(jobId) === RUN_NOW_RANK;
  const queueGate = queue === null ? null : coordinator.gates.queueGate(queue);
  // What somebody wants now passes the gates of its queue, not those of the whole house.
  const holdsRunNow = queueGate?.state === 'no-workers' || queueGate?.state === 'no-space';
  if (coordinator.store.isHousePaused()) gates.push(shut('paused', 'Everything is paused'));
  else if (queueGate !== null && queueGate.state !== 'open' && (!isRunNow || holdsRunNow))
    gates.push(named(queueGate, migration.queue, queue?.paused === true));
  if (migration.intent === 'pause' && !isRunNow) gates.push(shut('paused', 'Its migration is paused'));
  if (migration.intent === 'cancel') gates.push(shut('paused', 'Its migration is being cancelled'));
  if (state === 'paused') gates.push(shut('paused', 'This job is paused'));
  if (state === 'scheduled') {
    const reason = job.failure === null ? 'It waits for its time' : `It is tried again later: ${job.failure.message}`;
    gates.push({ state: 'waiting', reason, untilMs: job.notBeforeMs });
  }
  gates.push(...accountGates(coordinator, migration));
  const room = coordinator.spool.reason(job, migration);
  if (room !== null) gates.push(shut('no-space', room));
  if (gates.length === 0 && state === 'pending') gates.push(shut('waiting', placeInLine(coordinator, jobId)));
  return { jobId, state, summary: `${gates[0]?.reason ?? 'It starts in a moment'}.`, gates };
}

/** The reason that somebody gave for a pause says little alone. */
function named(gate: Gate, queue: string, isPaused: boolean): Gate {
  return isPaused && gate.state === 'paused' ? { ...gate, reason: `Queue ${queue} is paused: ${gate.reason}` } : gate;
}

function accountGates({ store, gates }: Coordinator, { source, destination }: StoredMigration): Gate[] {
  const running = runningByAccount(store);
  const ids = new Set([source.accountId, destination.accountId]);
  return [...ids].map((id) => gates.accountGate(id, running.get(id) ?? 0)).filter(({ state }) => state !== 'open');
}

function placeInLine({ store }: Coordinator, jobId: number): string {
  const ahead = store.countAhead(jobId);
  if (ahead === 0) return 'It is next in its migration; other migrations share the berths';
  return ahead === 1 ? 'One job of its migration is ahead of it' : `${ahead} jobs of its migration are ahead of it`;
}

function shut(state: Gate['state'], reason: string): Gate {
  return { state, reason, untilMs: null };
}
