/** Proves pages of history, and which files are opened as a database. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JOB_STATES } from '../../../src-shared/model/job-state.ts';
import { openDatabase } from './open-database.ts';
import { SCHEMA_STEPS } from './schema.ts';
import { MIGRATION, newJobs, openStoreUnderTest, type StoreUnderTest } from './store-under-test.ts';

describe('history', () => {
  let test: StoreUnderTest;
  let migrationId: number;
  beforeEach(() => {
    test = openStoreUnderTest();
    migrationId = test.batch(() => test.store.insertMigration(MIGRATION));
    test.batch(() => test.store.insertJobs(migrationId, newJobs(0, 250)));
  });
  afterEach(() => test.close());

  it.each(['newest', 'oldest', 'updated'] as const)('gives every job once, page by page, %s first', async (sort) => {
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const page = await test.store.listJobs({ sort, limit: 60, ...(cursor === null ? {} : { cursor }) });
      seen.push(...page.rows.map(({ id }) => id));
      expect(page.total).toEqual({ count: 250, exact: true });
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(250);
    expect(seen).toHaveLength(250);
  });

  it('keeps its place while jobs come in front of it', async () => {
    const first = await test.store.listJobs({ sort: 'newest', limit: 100 });
    test.batch(() => test.store.insertJobs(migrationId, newJobs(1_000, 50)));
    const second = await test.store.listJobs({ sort: 'newest', limit: 200, cursor: first.nextCursor ?? '' });
    expect(second.rows[0]?.id).toBe((first.rows.at(-1)?.id ?? 0) - 1);
  });

  it('takes % and _ in a search for what they are', async () => {
    test.batch(() =>
      test.store.insertJobs(migrationId, [
        { sourceKey: '100%_done.jpg', destinationKey: 'x', sizeBytes: 1, versionToken: null },
      ]),
    );
    const found = await test.store.listJobs({ sort: 'newest', limit: 10, search: '0%_d' });
    expect(found.rows.map(({ sourceKey }) => sourceKey)).toEqual(['100%_done.jpg']);
    expect((await test.store.listJobs({ sort: 'newest', limit: 10, search: '%' })).total.count).toBe(1);
  });

  it('gives the evidence of a migration once each, in order, page by page, whatever states are asked for', async () => {
    const other = test.batch(() => test.store.insertMigration(MIGRATION));
    test.batch(() => test.store.insertJobs(other, newJobs(5_000, 30)));
    const ids = await test.store.matchingIds({ migrationId });
    test.batch(() => {
      for (const id of ids) if (id % 3 === 0) test.store.steer(id, 'cancel');
    });
    for (const states of [JOB_STATES, ['cancelled'], ['pending', 'cancelled']] as const) {
      const seen: number[] = [];
      for (;;) {
        const page = await test.store.readEvidence({ migrationId, states, afterId: seen.at(-1) ?? 0, limit: 40 });
        expect(page.every(({ job }) => job.migrationId === migrationId)).toBe(true);
        seen.push(...page.map(({ job }) => job.id));
        if (page.length < 40) break;
      }
      expect(seen).toEqual(ids.filter((id) => states.length !== 1 || id % 3 === 0));
    }
    expect(await test.store.readEvidence({ migrationId, states: [], afterId: 0, limit: 40 })).toEqual([]);
  });

  it('refuses a place that is none', async () => {
    for (const cursor of ['x', '1.2.3', '1e9.', "1'; DROP TABLE job"]) {
      await expect(test.store.listJobs({ sort: 'newest', limit: 10, cursor })).rejects.toMatchObject({
        failure: { code: 'invalid-input', field: 'cursor' },
      });
    }
  });
});

describe('opening a database', () => {
  const folder = (): string => mkdtempSync(join(tmpdir(), 'transship-open-'));

  it('refuses a newer schema and leaves the file as it was', () => {
    const path = join(folder(), 'transship.sqlite');
    openDatabase(path).close();
    const db = new DatabaseSync(path);
    db.exec(`PRAGMA user_version = ${SCHEMA_STEPS.length + 1}; PRAGMA journal_mode = DELETE`);
    db.close();
    const before = readFileSync(path);
    expect(() => openDatabase(path)).toThrowError(/newer Transship/);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('refuses the database of another program', () => {
    const path = join(folder(), 'transship.sqlite');
    const db = new DatabaseSync(path);
    db.exec('CREATE TABLE theirs (x)');
    db.close();
    expect(() => openDatabase(path)).toThrowError(/not a Transship database/);
  });

  it('refuses a file that is no database', () => {
    const path = join(folder(), 'transship.sqlite');
    writeFileSync(path, 'This is a text about harbours. '.repeat(100));
    expect(() => openDatabase(path)).toThrowError(/not a database/);
  });

  it('knows the states of the shared table', () => {
    const db = openDatabase(':memory:');
    const sql = String(db.prepare("SELECT sql FROM sqlite_schema WHERE name = 'job'").get()?.sql);
    for (const state of JOB_STATES) expect(sql).toContain(`'${state}'`);
    db.close();
  });
});
