/**
 * Owns what the job list is narrowed to: the state tabs, how a filter stands in the address, and how many jobs a tab
 * has when a maintained counter can tell. Must not fetch. Called by the jobs screen and by a migration's page.
 */
import type { Params } from '../../../src-shared/contract/commands.ts';
import { JOB_STATES, type JobState, type StateCounts } from '../../../src-shared/model/job-state.ts';
import { href } from '../../state/route.ts';

export type JobFilter = NonNullable<Params<'job.list'>['filter']>;

export interface StateTab {
  readonly id: string;
  readonly label: string;
  /** Empty: every state. */
  readonly states: readonly JobState[];
}

/** Each state stands under exactly one tab beside "All", so the counts of the tabs add up. */
export const STATE_TABS: readonly StateTab[] = [
  { id: 'all', label: 'All', states: [] },
  { id: 'running', label: 'Running', states: ['running'] },
  { id: 'waiting', label: 'Waiting', states: ['pending', 'scheduled'] },
  { id: 'paused', label: 'Paused', states: ['paused'] },
  { id: 'failed', label: 'Failed', states: ['failed'] },
  { id: 'done', label: 'Done', states: ['completed', 'skipped'] },
  { id: 'cancelled', label: 'Cancelled', states: ['cancelled'] },
];

/** What the address of the jobs screen says: `#/jobs/12?states=failed&migration=3&queue=default&search=img`. */
export interface JobsAddress {
  readonly tab: string;
  readonly migrationId: number | null;
  readonly queue: string | null;
  readonly search: string;
  /** The job that is open in the pane. */
  readonly jobId: number | null;
}

/** Reads the address; what cannot be read is left out, so that an old or mistyped link still opens the list. */
export function readJobsAddress(id: string | null, query: URLSearchParams): JobsAddress {
  const state = query.get('states');
  const tab = STATE_TABS.find(({ id, states }) => id === state || states.some((one) => one === state));
  return {
    tab: tab?.id ?? 'all',
    migrationId: idOf(query.get('migration')),
    queue: query.get('queue'),
    search: query.get('search') ?? '',
    jobId: idOf(id),
  };
}

/** The link to such a list. What is not narrowed is left out. */
export function jobsHref(address: Partial<JobsAddress>): string {
  const { tab = 'all', migrationId = null, queue = null, search = '', jobId = null } = address;
  return href('jobs', jobId ?? undefined, {
    states: tab === 'all' ? undefined : tab,
    migration: migrationId === null ? undefined : String(migrationId),
    queue: queue ?? undefined,
    search,
  });
}

export function toFilter(address: JobsAddress): JobFilter {
  const states = STATE_TABS.find((tab) => tab.id === address.tab)?.states ?? [];
  const search = address.search.trim();
  return {
    ...(states.length === 0 ? {} : { states: [...states] }),
    ...(address.migrationId === null ? {} : { migrationId: address.migrationId }),
    ...(address.queue === null ? {} : { queue: address.queue }),
    ...(search === '' ? {} : { search }),
  };
}

export function countOf(tab: StateTab, counts: StateCounts): number {
  const states = tab.states.length === 0 ? JOB_STATES : tab.states;
  return states.reduce((sum, state) => sum + counts[state], 0);
}

/** The counters that hold for the filter, or null when only a search could count. */
export function countersFor(
  address: JobsAddress,
  counters: {
    readonly all: StateCounts | null;
    readonly migration: StateCounts | null;
    readonly queue: StateCounts | null;
  },
): StateCounts | null {
  if (address.search.trim() !== '') return null;
  if (address.migrationId !== null) return address.queue === null ? counters.migration : null;
  return address.queue === null ? counters.all : counters.queue;
}

function idOf(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}
