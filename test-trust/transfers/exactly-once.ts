/**
 * Owns runs whose workers are killed at every stage of a transfer: each asset must come to its key exactly once, a
 * reader of the destination must never see a part of one, and a second run must copy nothing. Called by
 * run-trust-tests.ts.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HttpTestServer } from '../../src-main/providers/http/http-test-server.ts';
import { askDatabase } from '../kills/house-process.ts';
import { auditBooks } from '../kills/steady-work.ts';
import type { TrialTable } from '../trial-table.ts';
import { watchDestination } from './destination-reader.ts';
import { type CopyJob, type Place, TransferHouse } from './transfer-house.ts';

const FILES = 8;
const SMALL_BYTES = 40_000;
/** Goes up in parts. */
export const LARGE_BYTES = 257 * 1024 * 1024;
const END_LIMIT_MS = 60_000;
/** The second kill comes within this. */
const SECOND_KILL_MS = 250;

type Route = 'web to disk' | 'web to S3' | 'S3 to disk' | 'S3 to S3' | 'large to S3';

/** When workers are killed first: what the service just did, and so long after. */
const STAGES: readonly { readonly route: Route; readonly when: RegExp; readonly laterMs: number }[] = [
  { route: 'S3 to disk', when: /^asked GET \/from/, laterMs: 0 },
  { route: 'S3 to disk', when: /^answered GET \/from/, laterMs: 0 },
  { route: 'S3 to disk', when: /^answered GET \/from/, laterMs: 4 },
  { route: 'S3 to disk', when: /^answered GET \/from/, laterMs: 12 },
  { route: 'web to S3', when: /^asked PUT \/to/, laterMs: 0 },
  { route: 'web to S3', when: /^arriving PUT \/to/, laterMs: 0 },
  { route: 'web to S3', when: /^received PUT \/to/, laterMs: 0 },
  { route: 'web to S3', when: /^stored PUT \/to/, laterMs: 0 },
  { route: 'web to S3', when: /^answered PUT \/to/, laterMs: 0 },
  { route: 'web to S3', when: /^answered PUT \/to/, laterMs: 3 },
  { route: 'S3 to S3', when: /^asked PUT \/to/, laterMs: 0 },
  { route: 'S3 to S3', when: /^answered PUT \/to/, laterMs: 0 },
];

/** Each costs a large asset. */
const LARGE_STAGES: readonly RegExp[] = [
  /^asked POST .*\?uploads/,
  /^arriving PUT .*partNumber=5&/,
  /^stored PUT .*partNumber=9&/,
  /^received POST .*uploadId/,
  /^stored POST .*uploadId/,
  /^answered POST .*uploadId/,
];

interface Findings {
  readonly once: string[];
  readonly torn: string[];
  readonly books: string[];
  kills: number;
  looks: number;
}

export async function runExactlyOnce(table: TrialTable, runs: number): Promise<void> {
  const here = await TransferHouse.open();
  const web = await HttpTestServer.start();
  const found: Findings = { once: [], torn: [], books: [], kills: 0, looks: 0 };
  const large = join(here.folder, 'large');
  mkdirSync(large);
  writeFileSync(join(large, 'film.bin'), randomBytes(LARGE_BYTES));
  const largeRuns = Math.min(LARGE_STAGES.length, Math.ceil(runs / 8));
  try {
    await here.house.call('queue.update', { queue: 'default', concurrency: 4 });
    for (let run = 1; run <= runs; run += 1) {
      const name = `run ${run}`;
      try {
        const when = run <= largeRuns ? LARGE_STAGES[run - 1] : undefined;
        const stage = STAGES[run % STAGES.length];
        if (when !== undefined) await tryLarge(here, name, when, found);
        else if (stage !== undefined) await trySmall(here, web, name, stage, found);
      } catch (error) {
        found.once.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    found.books.push(...auditBooks(here.profile));
  } finally {
    await here.close();
    await web.stop();
  }
  table.add({
    guarantee: 'G3',
    what: `each asset comes to its key once, in one version, with its bytes (${found.kills} kills at ${STAGES.length + largeRuns} stages)`,
    trials: runs,
    worst: null,
    failures: found.once,
  });
  table.add({
    guarantee: 'G7',
    what: `whoever reads a destination meanwhile, disk or S3, sees nothing or the whole (${found.looks} looks)`,
    trials: found.kills,
    worst: null,
    failures: found.torn,
  });
  table.add({
    guarantee: 'G27',
    what: 'the books balance, and a second run, disk or S3, copies nothing',
    trials: runs,
    worst: null,
    failures: found.books,
  });
}

async function trySmall(
  here: TransferHouse,
  web: HttpTestServer,
  name: string,
  { route, when, laterMs }: (typeof STAGES)[number],
  found: Findings,
): Promise<void> {
  const keys = Array.from({ length: FILES }, (_, index) => `${name}/asset ${index}.bin`);
  const expected = new Map(keys.map((key) => [key, randomBytes(SMALL_BYTES)]));
  const fromWeb = route === 'web to S3' || route === 'web to disk';
  for (const [key, bytes] of expected) {
    if (fromWeb) web.put(key, bytes);
    else here.plant('from', key, bytes);
  }
  const toDisk = route === 'S3 to disk' || route === 'web to disk';
  const source = fromWeb ? here.web(`${web.origin}/`) : here.bucket('from');
  const destination = toDisk ? here.disk('to') : here.bucket('to');
  const jobs = keys.map((key) => ({ sourceKey: key, destinationKey: key }));
  await strike(here, { name, source, destination, jobs, expected, when, laterMs }, found);
}

async function tryLarge(here: TransferHouse, name: string, when: RegExp, found: Findings): Promise<void> {
  const bytes = readFileSync(join(here.folder, 'large', 'film.bin'));
  const key = `${name}/film.bin`;
  const jobs = [{ sourceKey: 'film.bin', destinationKey: key, sizeBytes: bytes.length }];
  const expected = new Map([[key, bytes]]);
  const [source, destination] = [here.disk('large'), here.bucket('to')];
  await strike(here, { name, source, destination, jobs, expected, when, laterMs: 0 }, found);
  here.s3.buckets.get('to')?.delete(key);
}

interface Run {
  readonly name: string;
  readonly source: Place;
  readonly destination: Place;
  readonly jobs: readonly CopyJob[];
  readonly expected: ReadonlyMap<string, Buffer>;
  readonly when: RegExp;
  readonly laterMs: number;
}

async function strike(here: TransferHouse, run: Run, found: Findings): Promise<void> {
  const { name, source, destination, jobs, expected, when, laterMs } = run;
  const reader = watchDestination(here, destination, expected);
  let second: Promise<void> | null = null;
  async function killTwice(): Promise<void> {
    if (laterMs > 0) await pause(laterMs * Math.random());
    found.kills += 1;
    await here.killWorkers();
    await pause(Math.random() * SECOND_KILL_MS);
    found.kills += 1;
    await here.killWorkers();
  }
  here.s3.watch = (moment, line) => {
    if (second !== null || !when.test(`${moment} ${line}`)) return;
    second = killTwice();
  };
  const jobIds = await here.copy(source, destination, jobs);
  let states = await here.ended(jobIds, END_LIMIT_MS);
  if (await here.retrySetAside(jobIds)) states = await here.ended(jobIds, END_LIMIT_MS);
  here.s3.watch = () => undefined;
  if (second === null) found.once.push(`${name}: ${String(when)} never came, so nothing was killed.`);
  await second;
  const seen = await reader.stop();
  found.looks += seen.looks;
  found.torn.push(...seen.torn.map((what) => `${name}: ${what}`));
  if (states.some((state) => state !== 'completed' && state !== 'skipped')) found.once.push(`${name}: ${states}`);
  found.once.push(...whatIsWrong(here, run, jobIds).map((what) => `${name}, ${String(when)}: ${what}`));

  const made = new Map(here.s3.made);
  const again = await here.copy(source, destination, jobs);
  const secondStates = await here.ended(again, END_LIMIT_MS);
  if (secondStates.some((state) => state !== 'skipped')) found.books.push(`${name}: the second run is ${secondStates}`);
  for (const [key, times] of here.s3.made) {
    if (times !== made.get(key)) found.books.push(`${name}: the second run wrote ${key} again`);
  }
}

function whatIsWrong(here: TransferHouse, { destination, expected }: Run, jobIds: readonly number[]): string[] {
  const onDisk = destination.accountId === 'this-computer';
  const wrong: string[] = [];
  for (const [key, bytes] of expected) {
    const landed = onDisk
      ? readFileSync(join(destination.container, key))
      : here.s3.buckets.get(destination.container)?.get(key)?.bytes;
    if (landed?.equals(bytes) !== true) wrong.push(`${key} is not what the source holds.`);
    const times = here.s3.made.get(`${destination.container}/${key}`);
    if (!onDisk && times !== 1) wrong.push(`${key} became visible ${times} times.`);
  }
  const twice = askDatabase(
    here.profile,
    `SELECT job_id FROM attempt WHERE outcome = 'completed' AND job_id IN (${jobIds.join(',')})
     GROUP BY job_id HAVING count(*) > 1`,
  );
  wrong.push(...twice.map(({ job_id }) => `Job ${String(job_id)} was completed twice.`));
  if (onDisk) {
    for (const folder of new Set([...expected.keys()].map((key) => join(destination.container, key, '..')))) {
      const left = readdirSync(folder).filter((name) => name.endsWith('.partial'));
      wrong.push(...left.map((name) => `${name} is left.`));
    }
  }
  return wrong;
}

function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}
