/**
 * Owns work that never runs out: a house with an account for the slow source, and requests for files of it. Keeps what
 * was acknowledged, and can say whether the destination holds exactly what it should. Used by the kill suites.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HouseProcess } from './house-process.ts';
import { askDatabase } from './house-process.ts';
import type { SlowSource } from './slow-source.ts';

export interface Acknowledged {
  readonly migrationId: number;
  readonly jobIds: readonly number[];
  /** File names, which are the destination keys too. */
  readonly names: readonly string[];
}

export class SteadyWork {
  readonly acknowledged: Acknowledged[] = [];
  readonly destination: string;
  private readonly source: SlowSource;
  private accountId = '';
  private lastName = 0;

  constructor(source: SlowSource, folder: string) {
    this.source = source;
    this.destination = join(folder, 'destination');
    mkdirSync(this.destination, { recursive: true });
  }

  /** Makes the account; once for a profile. */
  async prepare({ call }: HouseProcess, concurrency: number): Promise<void> {
    const account = await call('account.save', {
      provider: 'http',
      name: 'slow source',
      options: { allowPrivateAddresses: 'true' },
      secrets: {},
    });
    this.accountId = account.id;
    await call('queue.update', { queue: 'default', concurrency });
  }

  /** One request for so many files; rejects when it was not acknowledged. */
  async enqueue({ call }: HouseProcess, files: number): Promise<Acknowledged> {
    const names = Array.from({ length: files }, () => {
      this.lastName += 1;
      return `file ${String(this.lastName).padStart(5, '0')}.bin`;
    });
    const answer = await this.request(call, names);
    const made = { migrationId: answer.migrationId, jobIds: answer.jobs.map(({ jobId }) => jobId), names };
    this.acknowledged.push(made);
    return made;
  }

  /** Asks for all files of the first fifty requests once more. */
  async repeat({ call }: HouseProcess): Promise<void> {
    const names = this.acknowledged.slice(0, 50).flatMap((each) => each.names);
    await this.request(call, names);
  }

  private request(call: HouseProcess['call'], names: readonly string[]) {
    return call('jobs.enqueue', {
      source: { accountId: this.accountId, container: this.source.address, prefix: '' },
      destination: { accountId: 'this-computer', container: this.destination, prefix: '' },
      assets: names.map((sourceKey) => ({ sourceKey })),
    });
  }

  /** Everything that is wrong at the destination: missing, torn or nobody's. For when all has ended well. */
  compare(): string[] {
    const expected = new Set(this.acknowledged.flatMap(({ names }) => names));
    const found = new Set(readdirSync(this.destination));
    const wrong: string[] = [];
    for (const name of expected) {
      if (!found.has(name)) wrong.push(`${name} is missing at the destination.`);
      else if (!readFileSync(join(this.destination, name)).equals(this.source.bytesOf(name))) {
        wrong.push(`${name} is not what the source holds.`);
      }
    }
    for (const name of found)
      if (!expected.has(name)) wrong.push(`${name} is at the destination, and nobody asked for it.`);
    return wrong;
  }
}

/** What of the books does not balance, counted anew from outside the house. */
export function auditBooks(profile: string): string[] {
  const wrong: string[] = [];
  const [integrity] = askDatabase(profile, 'PRAGMA integrity_check');
  if (integrity?.integrity_check !== 'ok') wrong.push(`The database says: ${JSON.stringify(integrity)}`);
  const states = ['pending', 'scheduled', 'running', 'paused', 'completed', 'skipped', 'failed', 'cancelled'];
  const column = (state: string): string => (state === 'paused' ? 'paused_jobs' : state);
  for (const [table, key, join] of [
    ['migration', 'id', 'job.migration_id = owner.id'],
    ['queue', 'name', 'job.migration_id IN (SELECT id FROM migration WHERE queue = owner.name)'],
  ] as const) {
    const off = states.map(
      (state) => `(SELECT count(*) FROM job WHERE ${join} AND state = '${state}') <> owner.${column(state)}`,
    );
    for (const row of askDatabase(
      profile,
      `SELECT owner.${key} AS owner FROM ${table} owner WHERE ${off.join(' OR ')}`,
    )) {
      wrong.push(`The counters of ${table} ${String(row.owner)} do not tell what its jobs are.`);
    }
  }
  const torn = askDatabase(
    profile,
    `SELECT id FROM job WHERE attempts - (state = 'running') <> (SELECT count(*) FROM attempt WHERE job_id = job.id)`,
  );
  for (const { id } of torn) wrong.push(`Job ${String(id)} does not have an entry for each of its attempts.`);
  return wrong;
}
