/**
 * Owns the commands about jobs, one by one and in bulk. Must not hold logic beyond calling the engine. Part of
 * handlers.ts.
 */
import type { ParsedParams, Result } from '../../src-shared/contract/commands.ts';
import { fail } from '../../src-shared/model/failure.ts';
import {
  JOB_STATES,
  type JobState,
  NO_COUNTS,
  type StateCounts,
  type SteerEvent,
} from '../../src-shared/model/job-state.ts';
import { NOTICE_QUEUE } from '../../src-shared/model/notice-rule.ts';
import { awaitJob } from '../engine/await-job.ts';
import type { Coordinator } from '../engine/coordinator.ts';
import { explainJob } from '../engine/explain-job.ts';
import { LIVE_BULKS } from '../engine/house-view.ts';
import { bulkOf, bulkStates, startBulk, stopBulk } from '../engine/verbs/keep-bulks.ts';
import { prioritizeJobs, reorderJobs, steerJobs } from '../engine/verbs/steer-jobs.ts';
import { migrationOf } from '../engine/verbs/steer-migration.ts';
import { enqueueJobs } from '../engine/verbs/submit-migration.ts';
import type { Clock } from '../ports.ts';

import { given } from './given.ts';
import type { Handlers } from './handler-map.ts';

type JobHandlers = Pick<Handlers, Extract<keyof Handlers, `job.${string}` | `jobs.${string}` | `bulk.${string}`>>;

export function jobHandlers(coordinator: Coordinator, clock: Clock): JobHandlers {
  const { store } = coordinator;
  const onJobs = (event: SteerEvent) => (params: ParsedParams<'job.pause'>) =>
    coordinator.call((desk) => steerJobs(desk, params.jobIds, event));

  return {
    'jobs.enqueue': (params) => coordinator.call((desk) => enqueueJobs(desk, params)),
    'job.list': ({ filter, sort, cursor, limit }) => store.listJobs({ sort, limit, ...given({ ...filter, cursor }) }),
    'job.count': ({ migrationId, queue }) => coordinator.call(() => countJobs(coordinator, migrationId, queue)),
    'job.get': ({ jobId }) =>
      coordinator.call(
        (desk) => desk.store.job(jobId) ?? fail('not-found', `There is no job ${jobId}.`, { field: 'jobId' }),
      ),
    'job.result': ({ jobId, waitMs }) => awaitJob(coordinator, clock, jobId, waitMs),
    'job.explain': ({ jobId }) => coordinator.call(() => explainJob(coordinator, jobId)),
    'job.pause': onJobs('pause'),
    'job.resume': onJobs('resume'),
    'job.cancel': onJobs('cancel'),
    'job.retry': onJobs('retry'),
    'job.skip': onJobs('skip'),
    'job.run': onJobs('run-now'),
    'job.prioritize': ({ jobIds, priority }) => coordinator.call((desk) => prioritizeJobs(desk, jobIds, priority)),
    'job.reorder': ({ jobIds, to }) => coordinator.call((desk) => reorderJobs(desk, jobIds, to)),

    'bulk.start': async ({ verb, filter }): Promise<Result<'bulk.start'>> => {
      const states = bulkStates(verb, filter);
      const jobIds = await store.matchingIds({ ...given(filter), states });
      return coordinator.call((desk) => startBulk(desk, verb, filter, jobIds));
    },
    'bulk.get': ({ bulkId }) => coordinator.call((desk) => bulkOf(desk, bulkId)),
    'bulk.list': () => coordinator.call((desk) => ({ bulks: desk.store.latestBulks(LIVE_BULKS) })),
    'bulk.stop': ({ bulkId }) => coordinator.call((desk) => stopBulk(desk, bulkId)),
  };
}

function countJobs(
  { store }: Coordinator,
  migrationId: number | undefined,
  queueName: string | undefined,
): StateCounts {
  if (queueName !== undefined && store.queue(queueName) === null) {
    fail('not-found', `There is no queue "${queueName}".`, { field: 'queue' });
  }
  if (migrationId !== undefined) {
    const migration = migrationOf({ store }, migrationId);
    return queueName === undefined || migration.queue === queueName ? { ...migration.counts } : NO_COUNTS;
  }
  const counts: Record<JobState, number> = { ...NO_COUNTS };
  for (const queue of store.queues()) {
    if (queueName === undefined ? queue.name === NOTICE_QUEUE : queue.name !== queueName) continue;
    for (const state of JOB_STATES) counts[state] += queue.counts[state];
  }
  return counts;
}
