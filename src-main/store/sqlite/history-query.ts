/**
 * Owns the questions about history: keyset pages of jobs and migrations, with how many there are. Pure SQL building
 * and mapping over a read-only connection. Must not write. Called by history-thread.ts only.
 */
import type { Page } from '../../../src-shared/contract/commands.ts';
import type { JobEvidence } from '../../../src-shared/model/evidence.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import type { JobRow } from '../../../src-shared/model/job.ts';
import { JOB_STATES } from '../../../src-shared/model/job-state.ts';
import { type MigrationView, migrationView } from '../../../src-shared/model/migration.ts';
import { NOTICE_QUEUE } from '../../../src-shared/model/notice-rule.ts';
import type { EvidenceQuery, JobFilter, JobQuery, MigrationQuery } from '../store.ts';
import type { Database } from './open-database.ts';
import { PRUNED_STATES } from './prune-verbs.ts';
import { countColumns, JOB_COLUMNS, jobRowFrom, migrationFrom, type Row, resultFrom, statedFrom } from './rows.ts';

type Value = string | number;

/** A search counts no further than this: enough to say "more than". */
const COUNT_LIMIT = 10_000;

/** % and _ mean themselves; used with ESCAPE '\'. */
function containing(search: string): string {
  return `%${search.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
}

function readCursor(cursor: string | undefined): number[] | null {
  if (cursor === undefined) return null;
  if (!/^\d{1,15}(\.\d{1,15})?$/.test(cursor)) {
    fail('invalid-input', 'The place to go on from is not one of ours.', { field: 'cursor' });
  }
  const parts = cursor.split('.').map(Number);
  return parts;
}

export function queryJobs(db: Database, query: JobQuery): Page<JobRow> {
  const { where, values } = matching(query);
  const search = query.search ?? '';
  const isCounted = search === '' && !isPruned(db, query.migrationId);
  const total = isCounted ? countedJobs(db, query) : countUpTo(db, 'job', where, values);

  const place = readCursor(query.cursor);
  const pageWhere = [...where];
  const pageValues = [...values];
  const byUpdate = query.sort === 'updated';
  const order = byUpdate ? 'updated_at_ms DESC, id DESC' : query.sort === 'oldest' ? 'id ASC' : 'id DESC';
  if (place !== null) {
    if (byUpdate) pageWhere.push('(updated_at_ms, id) < (?, ?)');
    else pageWhere.push(query.sort === 'oldest' ? 'id > ?' : 'id < ?');
    pageValues.push(...(byUpdate ? place : place.slice(0, 1)));
    if (byUpdate && place.length !== 2) {
      fail('invalid-input', 'The place to go on from belongs to another order.', { field: 'cursor' });
    }
  }
  const rows = db
    .prepare(`SELECT ${JOB_COLUMNS} FROM job${clause(pageWhere)} ORDER BY ${order} LIMIT ?`)
    .all(...pageValues, query.limit)
    .map(jobRowFrom);
  const last = rows.length === query.limit ? rows.at(-1) : undefined;
  const nextCursor = last === undefined ? null : byUpdate ? `${last.updatedAtMs}.${last.id}` : `${last.id}`;
  return { rows, nextCursor, total };
}

export function queryMigrations(db: Database, query: MigrationQuery): Page<MigrationView> {
  const where = ["kind = 'transfer'"];
  const values: Value[] = [];
  const search = query.search ?? '';
  if (search !== '') {
    where.push(`(name LIKE ? ESCAPE '\\' OR source LIKE ? ESCAPE '\\' OR destination LIKE ? ESCAPE '\\')`);
    values.push(containing(search), containing(search), containing(search));
  }
  const total = countUpTo(db, 'migration', where, values);
  const place = readCursor(query.cursor)?.[0];
  const rows = db
    .prepare(
      `SELECT * FROM migration${clause(place === undefined ? where : [...where, 'id < ?'])} ORDER BY id DESC LIMIT ?`,
    )
    .all(...values, ...(place === undefined ? [] : [place]), query.limit)
    .map((row) => migrationView(migrationFrom(row)));
  const last = rows.length === query.limit ? rows.at(-1) : undefined;
  return { rows, nextCursor: last === undefined ? null : `${last.id}`, total };
}

/** Ascending. */
export function queryJobIds(db: Database, filter: JobFilter): number[] {
  const { where, values } = matching(filter);
  const rows = db.prepare(`SELECT id FROM job${clause(where)} ORDER BY id`).all(...values);
  return rows.map((row) => Number(row.id));
}

/**
 * In the order of ids, so that a job that changes its state meanwhile is there once. Each state is an index of its own
 * in that order; a page takes as many ids as it may need from each, and no page ever sorts the whole migration.
 */
export function queryEvidence(db: Database, { migrationId, states, afterId, limit }: EvidenceQuery): JobEvidence[] {
  if (states.length === 0) return [];
  const ids = states.map(
    () =>
      'SELECT id FROM (SELECT id FROM job WHERE migration_id = ? AND state = ? AND id > ? ORDER BY migration_id, state, id LIMIT ?)',
  );
  return db
    .prepare(
      `SELECT ${JOB_COLUMNS}, result, stated FROM job WHERE id IN (${ids.join(' UNION ALL ')}) ORDER BY id LIMIT ?`,
    )
    .all(...states.flatMap((state) => [migrationId, state, afterId, limit]), limit)
    .map((row) => ({ job: jobRowFrom(row), result: resultFrom(row.result), stated: statedFrom(row.stated) }));
}

/** Ascending. Of migrations that were cleaned up before nothing may be left: those are passed over. */
export function queryPrunable(db: Database, endedBeforeMs: number): number[] {
  const states = PRUNED_STATES.map((state) => `'${state}'`).join(', ');
  const rows = db
    .prepare(
      `SELECT id FROM migration WHERE (finished_at_ms < ? OR kind = 'notices')
         AND EXISTS (SELECT 1 FROM job WHERE migration_id = migration.id AND state IN (${states})) ORDER BY id`,
    )
    .all(endedBeforeMs);
  return rows.map((row) => Number(row.id));
}

function matching(filter: JobFilter): { where: string[]; values: Value[] } {
  const where: string[] = [];
  const values: Value[] = [];
  const states = filter.states ?? [];
  if (filter.migrationId !== undefined) {
    where.push('migration_id = ?');
    values.push(filter.migrationId);
  }
  if (filter.queue !== undefined) {
    where.push('migration_id IN (SELECT id FROM migration WHERE queue = ?)');
    values.push(filter.queue);
  }
  if (isWholeHouse(filter)) where.push("migration_id NOT IN (SELECT id FROM migration WHERE kind = 'notices')");
  if (states.length > 0 && states.length < JOB_STATES.length) {
    where.push(`state IN (${states.map(() => '?').join(', ')})`);
    values.push(...states);
  }
  const search = filter.search ?? '';
  if (search !== '') {
    where.push(`(source_key LIKE ? ESCAPE '\\' OR destination_key LIKE ? ESCAPE '\\')`);
    values.push(containing(search), containing(search));
  }
  return { where, values };
}

/** Notices are about the work, they are none of it: who asks for the jobs of the house does not mean them. */
function isWholeHouse({ migrationId, queue }: JobFilter): boolean {
  return migrationId === undefined && queue === undefined;
}

function clause(where: readonly string[]): string {
  return where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`;
}

/** The counters of a migration whose jobs were cleaned up tell of more than there are. */
function isPruned(db: Database, migrationId: number | undefined): boolean {
  if (migrationId === undefined) return false;
  return db.prepare('SELECT pruned_at_ms FROM migration WHERE id = ?').get(migrationId)?.pruned_at_ms !== null;
}

/** From the counters: what a filter without a search matches is already known. */
function countedJobs(db: Database, query: JobQuery): Page<JobRow>['total'] {
  const states = query.states !== undefined && query.states.length > 0 ? query.states : JOB_STATES;
  const sum = states.map((state) => countColumns[state]).join(' + ');
  const [table, where, values]: [string, string[], Value[]] =
    query.migrationId === undefined ? ['queue', [], []] : ['migration', ['id = ?'], [query.migrationId]];
  if (query.queue !== undefined) {
    where.push(table === 'queue' ? 'name = ?' : 'queue = ?');
    values.push(query.queue);
  }
  if (isWholeHouse(query)) {
    where.push('name <> ?');
    values.push(NOTICE_QUEUE);
  }
  const row: Row | undefined = db.prepare(`SELECT sum(${sum}) AS n FROM ${table}${clause(where)}`).get(...values);
  return { count: Number(row?.n ?? 0), exact: true };
}

function countUpTo(
  db: Database,
  table: string,
  where: readonly string[],
  values: readonly Value[],
): Page<JobRow>['total'] {
  const row: Row | undefined = db
    .prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM ${table}${clause(where)} LIMIT ?)`)
    .get(...values, COUNT_LIMIT + 1);
  const count = Number(row?.n ?? 0);
  return count > COUNT_LIMIT ? { count: COUNT_LIMIT, exact: false } : { count, exact: true };
}
