/**
 * Owns what the job list is narrowed to: the state tabs, how a filter stands in the address, and how many jobs a tab
 * has when a maintained counter can tell. Must not fetch. Called by the jobs screen and by a migration's page.
 */
import type { Params } from '../../../src-shared/contract/commands.ts';
import { JOB_STATES, type JobState, type StateCounts } from '../../../src-shared/model/job-state.ts';

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

/** What the address of the jobs screen says: `#/jobs?tab=failed&migration=3&queue=default&search=img&job=12`. */
export interface JobsAddress {
  readonly tab: string;
  readonly migrationId: number | null;
  readonly queue: string | null;
  readonly search: string;
  readonly jobId: number | null;
}

/** Reads the address; what cannot be read is left out, so that an old or mistyped link still opens the list. */
export function readJobsAddress(params: URLSearchParams): JobsAddress {
  const tab = params.get('tab') ?? 'all';
  return {
    tab: STATE_TABS.some((known) => known.id === tab) ? tab : 'all',
    migrationId: idOf(params.get('migration')),
    queue: params.get('queue'),
    search: params.get('search') ?? '',
    jobId: idOf(params.get('job')),
  };
}

export function writeJobsAddress(address: Partial<JobsAddress>): URLSearchParams {
  const params = new URLSearchParams();
  if (address.tab !== undefined && address.tab !== 'all') params.set('tab', address.tab);
  if (typeof address.migrationId === 'number') params.set('migration', String(address.migrationId));
  if (typeof address.queue === 'string') params.set('queue', address.queue);
  if (address.search !== undefined && address.search !== '') params.set('search', address.search);
  if (typeof address.jobId === 'number') params.set('job', String(address.jobId));
  return params;
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
