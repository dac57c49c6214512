/**
 * Owns upgrades of the database that are cut off: after each statement the process is killed, and the next start must
 * find the old schema or the new one, whole; and an app that is older than its database, which must write nothing.
 * Called by run-trust-tests.ts; started again as the process that is killed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../../src-main/store/sqlite/open-database.ts';
import { SCHEMA_STEPS } from '../../src-main/store/sqlite/schema.ts';
import { toFailure } from '../../src-shared/model/failure.ts';
import type { TrialTable } from '../trial-table.ts';

const KILLED = process.argv[2] === 'upgrade-and-die';

export function runUpgrades(table: TrialTable): void {
  const failures: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'transship-trust-'));
  const whole = schemaOf(openDatabase(join(folder, 'whole.sqlite')));
  const statements = statementsOf().length;
  try {
    for (let after = 1; after <= statements; after += 1) {
      const path = join(folder, `${after}.sqlite`);
      const run = spawnSync(process.execPath, [import.meta.filename, 'upgrade-and-die', path, `${after}`]);
      if (run.signal !== 'SIGKILL') failures.push(`After statement ${after} it was not killed: ${run.stderr}`);
      const left = schemaOf(new DatabaseSync(path));
      if (left !== '[]') failures.push(`After statement ${after} a part of the schema is there.`);
      if (schemaOf(openDatabase(path)) !== whole)
        failures.push(`After statement ${after} the next start is not whole.`);
    }
    failures.push(...refuseNewer(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  table.add({
    guarantee: 'G19',
    what: `an upgrade killed after each statement is all or nothing (${SCHEMA_STEPS.length} schema so far); an older app writes nothing`,
    trials: statements + 1,
    worst: null,
    failures,
  });
}

function refuseNewer(folder: string): string[] {
  const path = join(folder, 'newer.sqlite');
  const newer = openDatabase(path);
  newer.exec(`PRAGMA user_version = ${SCHEMA_STEPS.length + 1}; PRAGMA wal_checkpoint(TRUNCATE)`);
  newer.close();
  const digest = (): string => createHash('sha256').update(readFileSync(path)).digest('hex');
  const before = digest();
  let code = 'none';
  try {
    openDatabase(path).close();
  } catch (error) {
    code = toFailure(error).code;
  }
  return [
    ...(code === 'unsupported' ? [] : [`A newer database was answered with "${code}".`]),
    ...(digest() === before ? [] : ['A newer database was changed.']),
  ];
}

/** Closes it. */
function schemaOf(db: DatabaseSync): string {
  const rows = db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
  db.close();
  return JSON.stringify(rows);
}

function statementsOf(): readonly string[] {
  return SCHEMA_STEPS.join('\n')
    .split(/;\s*\n/)
    .filter((statement) => /\S/.test(statement));
}

if (KILLED) {
  const [, , , path = '', after = '1'] = process.argv;
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE');
  for (const statement of statementsOf().slice(0, Number(after))) db.exec(statement);
  process.kill(process.pid, 'SIGKILL');
}
