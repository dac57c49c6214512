/**
 * Owns the way from the fields of steering-definitions.ts to the commands of the house. Must not hold logic: every field
 * is one call. Part of resolvers.ts.
 */
import type { Params } from '../../../src-shared/contract/commands.ts';
import type { BulkVerb } from '../../../src-shared/model/bulk.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import type { ScheduleView } from '../../../src-shared/model/schedule.ts';
import type { House } from '../house.ts';
import { type JobFilterInput, jobFilterOf, toNumber } from './read-arguments.ts';

interface QueueChangeInput {
  readonly concurrency?: number | null;
  readonly priority?: number | null;
  readonly startsPerMinute?: number | null;
  readonly bandwidthCapBytesPerSecond?: number | null;
}

export function createSteeringResolvers(house: House) {
  const onJobs =
    (name: 'job.skip' | 'job.run') =>
    (_: unknown, { ids }: { ids: string[] }) =>
      house.call(name, { jobIds: toJobIds(ids) });
  const onSchedule =
    (name: 'schedule.pause' | 'schedule.resume') =>
    (_: unknown, { id }: { id: string }) =>
      house.call(name, { scheduleId: toNumber(id, 'id') });

  return {
    Schedule: { builtIn: ({ isBuiltIn }: ScheduleView) => isBuiltIn },

    Query: {
      jobResult: (_: unknown, { id, waitMs }: { id: string; waitMs: number }) =>
        house.call('job.result', { jobId: toNumber(id, 'id'), waitMs }),
      explainJob: (_: unknown, { id }: { id: string }) => house.call('job.explain', { jobId: toNumber(id, 'id') }),
      bulk: (_: unknown, { id }: { id: string }) => house.call('bulk.get', { bulkId: toNumber(id, 'id') }),
      bulks: async () => (await house.call('bulk.list', {})).bulks,
      schedules: async () => (await house.call('schedule.list', {})).schedules,
      scheduleRuns: async (_: unknown, { id, limit }: { id: string; limit: number }) =>
        (await house.call('schedule.runs', { scheduleId: toNumber(id, 'id'), limit })).runs,
    },

    Mutation: {
      moveMigration: (_: unknown, { id, queue }: { id: string; queue: string }) =>
        house.call('migration.move', { migrationId: toNumber(id, 'id'), queue }),
      skipJobs: onJobs('job.skip'),
      runJobs: onJobs('job.run'),
      prioritizeJobs: (_: unknown, { ids, priority }: { ids: string[]; priority: number }) =>
        house.call('job.prioritize', { jobIds: toJobIds(ids), priority }),
      reorderJobs: (_: unknown, { ids, before, last }: { ids: string[]; before?: string | null; last: boolean }) => {
        if (before != null && last) fail('invalid-input', 'Either before another job, or last.', { field: 'last' });
        const place = before == null ? (last ? 'last' : 'first') : { before: toNumber(before, 'before') };
        return house.call('job.reorder', { jobIds: toJobIds(ids), to: place });
      },
      startBulk: (_: unknown, { verb, filter }: { verb: BulkVerb; filter: JobFilterInput }) =>
        house.call('bulk.start', { verb, filter: jobFilterOf(filter) }),
      stopBulk: (_: unknown, { id }: { id: string }) => house.call('bulk.stop', { bulkId: toNumber(id, 'id') }),
      createQueue: async (_: unknown, { name, concurrency }: { name: string; concurrency: number }) => {
        await house.call('queue.create', { queue: name, concurrency });
        return true;
      },
      removeQueue: async (_: unknown, { name }: { name: string }) => {
        await house.call('queue.remove', { queue: name });
        return true;
      },
      updateQueue: async (_: unknown, { name, change }: { name: string; change: QueueChangeInput }) => {
        await house.call('queue.update', { queue: name, ...queueChangeOf(change) });
        return true;
      },
      pauseSchedule: onSchedule('schedule.pause'),
      resumeSchedule: onSchedule('schedule.resume'),
      runSchedule: async (_: unknown, { id }: { id: string }) =>
        (await house.call('schedule.run', { scheduleId: toNumber(id, 'id') })).runId,
      skipNextRun: (_: unknown, { id, skip }: { id: string; skip: boolean }) =>
        house.call('schedule.skipNext', { scheduleId: toNumber(id, 'id'), skip }),
      removeSchedule: async (_: unknown, { id }: { id: string }) => {
        await house.call('schedule.remove', { scheduleId: toNumber(id, 'id') });
        return true;
      },
    },
  };
}

function toJobIds(ids: readonly string[]): number[] {
  return ids.map((id) => toNumber(id, 'ids'));
}

/** null means something here: it takes a limit away. What has no such meaning is left out. */
function queueChangeOf({
  concurrency,
  priority,
  startsPerMinute,
  bandwidthCapBytesPerSecond: cap,
}: QueueChangeInput): Omit<Params<'queue.update'>, 'queue'> {
  return {
    ...(concurrency == null ? {} : { concurrency }),
    ...(priority == null ? {} : { priority }),
    ...(startsPerMinute === undefined ? {} : { startsPerMinute }),
    ...(cap === undefined ? {} : { bandwidthCap: cap === null ? null : { bytesPerSecond: cap, hours: null } }),
  };
}
