/**
 * Owns the beginning and the stopping of bulks. Must not change a job: the bulk runner does, after the commit. Verbs of
 * the coordinator; the ids were pinned before by the history thread.
 */
import type { ParsedParams } from '../../../src-shared/contract/commands.ts';
import type { BulkVerb, BulkView } from '../../../src-shared/model/bulk.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import { JOB_ARROWS, JOB_STATES, type JobState } from '../../../src-shared/model/job-state.ts';
import type { Desk } from '../desk.ts';

type Filter = ParsedParams<'bulk.start'>['filter'];

/**
 * The states that the verb can change, of those asked for. Retrying means what failed, unless somebody says otherwise.
 * Throws FailureError when there is none.
 */
export function bulkStates(verb: BulkVerb, filter: Filter): readonly JobState[] {
  const possible = JOB_ARROWS[verb].from;
  const asked = filter.states ?? [];
  if (asked.length === 0) return verb === 'retry' ? ['failed'] : possible.filter((state) => state !== 'failed');
  const states = asked.filter((state) => possible.includes(state));
  if (states.length === 0) {
    fail('invalid-input', `Jobs that are ${asked.join(' or ')} cannot be changed so.`, {
      field: 'filter.states',
      hint: `Possible for jobs that are ${possible.join(', ')}.`,
    });
  }
  return states;
}

/** `jobIds`: ascending. */
export function startBulk(desk: Desk, verb: BulkVerb, filter: Filter, jobIds: readonly number[]): BulkView {
  const id = desk.store.insertBulk({ verb, subject: subjectOf(verb, filter), jobIds });
  return bulkOf(desk, id);
}

/** Throws FailureError `not-found`, or `invalid-input` when it has ended. */
export function stopBulk(desk: Desk, bulkId: number): BulkView {
  const bulk = bulkOf(desk, bulkId);
  if (bulk.state !== 'running') fail('invalid-input', `Bulk ${bulkId} has ended.`, { field: 'bulkId' });
  desk.store.endBulk(bulkId, 'stopped');
  return bulkOf(desk, bulkId);
}

/** Throws FailureError `not-found`. */
export function bulkOf(desk: Desk, bulkId: number): BulkView {
  return desk.store.bulk(bulkId) ?? fail('not-found', `There is no bulk ${bulkId}.`, { field: 'bulkId' });
}

function subjectOf(verb: BulkVerb, filter: Filter): string {
  const states = bulkStates(verb, filter);
  const which = states.length === JOB_STATES.length ? 'all' : states.join(' or ');
  return [
    `${which} jobs`,
    filter.migrationId === undefined ? '' : `of migration ${filter.migrationId}`,
    filter.queue === undefined ? '' : `in queue ${filter.queue}`,
    filter.search === undefined || filter.search === '' ? '' : `with "${filter.search.slice(0, 80)}" in the key`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
