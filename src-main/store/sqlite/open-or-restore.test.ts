/** Proves that no damage ends in a silent empty profile: damaged files are kept, sound backups take their place. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOrRestore } from './open-or-restore.ts';
import { HISTORY_THREAD, MIGRATION, newJobs } from './store-under-test.ts';

let folder: string;
let database: string;
let backups: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'transship-restore-'));
  database = join(folder, 'transship.sqlite');
  backups = join(folder, 'backups');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (isDoubtful = true) =>
  openOrRestore({ database, backups, historyThread: HISTORY_THREAD }, 1_000, isDoubtful);
const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** A profile with so many migrations, each backed up after it was made. */
async function makeProfile(generations: number): Promise<void> {
  const { store } = open(false);
  for (let generation = 1; generation <= generations; generation += 1) {
    store.begin(generation);
    store.insertJobs(store.insertMigration({ ...MIGRATION, name: `generation ${generation}` }), newJobs(0, 300));
    store.commit();
    await store.backUp(backups, 1_800_000_000_000 + generation * 60_000);
  }
  store.begin(99);
  store.insertMigration({ ...MIGRATION, name: 'after the last backup' });
  store.commit();
  await store.close();
}

function overwrite(path: string, at: number, bytes: Buffer): void {
  const file = readFileSync(path);
  bytes.copy(file, at);
  writeFileSync(path, file);
}

const PAGE = 4_096;
const DAMAGE: readonly (readonly [string, () => void])[] = [
  ['is gone', () => rmSync(database)],
  ['is empty', () => writeFileSync(database, '')],
  ['has one byte', () => writeFileSync(database, 'S')],
  ['is a text', () => writeFileSync(database, 'This is not a database, but it is quite long. '.repeat(200))],
  ['is all zeros', () => writeFileSync(database, Buffer.alloc(40 * PAGE))],
  [
    'has lost its second half',
    () => truncateSync(database, Math.floor(readFileSync(database).length / 2 / PAGE) * PAGE),
  ],
  ['has a wrong magic', () => overwrite(database, 0, Buffer.from('SQLite format 9\0'))],
  ['has a wrong page size', () => overwrite(database, 16, Buffer.from([0x03, 0x07]))],
  ['has lost its first page', () => overwrite(database, 0, Buffer.alloc(PAGE))],
  ['has lost pages in its middle', () => overwrite(database, 3 * PAGE, Buffer.alloc(6 * PAGE))],
  ['has noise in its middle', () => overwrite(database, 4 * PAGE, createHash('sha512').update('noise').digest())],
];

describe('a database', () => {
  it('that is sound is opened as it is, also after a crash', async () => {
    await makeProfile(1);
    const { store, restored } = open();
    expect(restored).toBeNull();
    expect(store.latestMigrations(9).map(({ name }) => name)).toContain('after the last backup');
    await store.close();
  });

  it.each(DAMAGE)(
    'that %s is set aside, and the newest backup takes its place, with the gap told',
    async (_, damage) => {
      await makeProfile(2);
      const wal = `${database}-wal`;
      rmSync(wal, { force: true });
      damage();
      const startedAtMs = performance.now();
      const { store, restored } = open();
      expect(performance.now() - startedAtMs).toBeLessThan(3_000);
      expect(restored).toMatchObject({ backupAtMs: 1_800_000_120_000 });
      expect(store.latestMigrations(9).map(({ name }) => name)).toEqual(['generation 2', 'generation 1']);
      expect(store.queue('default')?.counts.pending).toBe(600);
      await store.close();
    },
  );

  it('that is damaged is kept, byte for byte', async () => {
    await makeProfile(1);
    overwrite(database, 0, Buffer.alloc(PAGE));
    const before = digest(database);
    const { store, restored } = open();
    expect(digest(restored?.damagedPath ?? '')).toBe(before);
    await store.close();
  });

  it('that is damaged and was never backed up begins anew, and says so', async () => {
    await makeProfile(0);
    writeFileSync(database, 'x'.repeat(5_000));
    const { store, restored } = open();
    expect(restored).toMatchObject({ backupAtMs: null });
    expect(existsSync(restored?.damagedPath ?? '')).toBe(true);
    await store.close();
  });

  it.each([1, 2])('falls back on the older backup when the newest %i are damaged too', async (damaged) => {
    await makeProfile(3);
    const newestFirst = readdirSync(backups).sort().reverse();
    for (const name of newestFirst.slice(0, damaged))
      overwrite(join(backups, name), 2 * PAGE, Buffer.alloc(4 * PAGE, 0xa5));
    writeFileSync(database, 'x'.repeat(5_000));
    const { store, restored } = open();
    expect(restored?.unsound).toHaveLength(damaged);
    expect(store.latestMigrations(1)[0]?.name).toBe(`generation ${3 - damaged}`);
    await store.close();
  });

  it('of a newer Transship, or of another program, is refused and not touched', async () => {
    await makeProfile(1);
    for (const pragma of ['user_version = 99', 'application_id = 7']) {
      const foreign = join(folder, 'foreign.sqlite');
      copyFileSync(database, foreign);
      const db = new DatabaseSync(foreign);
      db.exec(`PRAGMA ${pragma}; PRAGMA wal_checkpoint(TRUNCATE)`);
      db.close();
      const before = digest(foreign);
      const opening = (): unknown =>
        openOrRestore({ database: foreign, backups, historyThread: HISTORY_THREAD }, 1, true);
      expect(opening).toThrow(/newer Transship|not a Transship/);
      expect(digest(foreign)).toBe(before);
    }
  });
});

describe('a backup', () => {
  it('is kept for three generations', async () => {
    await makeProfile(5);
    expect(readdirSync(backups)).toHaveLength(3);
  });

  it('is kept also where older ones carry a time to come', async () => {
    const { store } = open(false);
    for (const atMs of [9_001, 9_002, 9_003]) await store.backUp(backups, atMs);
    for (const atMs of [1_001, 1_002]) await store.backUp(backups, atMs);
    expect(readdirSync(backups).sort()).toEqual([1_001, 1_002, 9_003].map((atMs) => `transship-${atMs}.sqlite`));
    await store.close();
  });

  it('of a database that is written to without a pause ends, and is whole', async () => {
    const { store } = open(false);
    store.begin(1);
    // Large enough that it is copied in many steps.
    const long = newJobs(0, 20_000).map((job) => ({ ...job, destinationKey: job.destinationKey.padEnd(900) }));
    store.insertJobs(store.insertMigration(MIGRATION), long);
    store.commit();
    // Does not wait for the disk: many commits fall between two steps.
    const writer = new DatabaseSync(database);
    writer.exec('PRAGMA synchronous = OFF');
    const isDone = store.backUp(backups, 1_800_000_000_000).then(() => true);
    const startedMs = performance.now();
    const turn = (): Promise<false> => new Promise((resolve) => setImmediate(() => resolve(false)));
    while (!(await Promise.race([isDone, turn()]))) {
      if (performance.now() - startedMs > 10_000) throw new Error('The backup does not end.');
      for (let commit = 0; commit < 10; commit += 1) {
        writer.exec(`BEGIN; UPDATE migration SET created_at_ms = created_at_ms + 1;
          UPDATE house SET value = value + 1 WHERE name = 'epoch'; COMMIT`);
      }
    }
    writer.close();
    await store.close();
    const db = new DatabaseSync(join(backups, 'transship-1800000000000.sqlite'), { readOnly: true });
    const [made] = db.prepare('SELECT created_at_ms AS at FROM migration').all();
    const [epoch] = db.prepare("SELECT value FROM house WHERE name = 'epoch'").all();
    db.close();
    expect(Number(made?.at)).toBe(Number(epoch?.value) + 1);
  });

  it('that was cut off does not count, and is cleared away by the next', async () => {
    await makeProfile(1);
    const [name = ''] = readdirSync(backups);
    writeFileSync(join(backups, `${name}.making`), 'half');
    writeFileSync(database, 'x'.repeat(5_000));
    const { store, restored } = open();
    expect(restored?.unsound).toEqual([]);
    await store.close();
  });
});
