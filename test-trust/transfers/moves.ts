/**
 * Owns moves under kills: house and workers end at stages of the copy and of the deletion, and at every request somebody
 * looks whether each asset is whole somewhere. Then sources that change at the last moment, and sources that are their
 * own destination by another account. Called by run-trust-tests.ts.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_POLICIES, type MigrationView } from '../../src-shared/model/migration.ts';
import { until } from '../kills/house-process.ts';
import { auditBooks } from '../kills/steady-work.ts';
import type { TrialTable } from '../trial-table.ts';
import { type Place, TransferHouse } from './transfer-house.ts';

const ASSETS = 12;
const ASSET_BYTES = 20_000;
const KILLS_A_ROUND = 4;
const END_LIMIT_MS = 60_000;
/** A kill that finds nothing to interrupt any more is no trial. */
const STAGE_LIMIT_MS = 4_000;
const POLICIES = { ...DEFAULT_POLICIES, minimumProof: 'etag', afterCopy: 'delete-source' } as const;

/** What the service just did when somebody is killed. The last ones come when a source is about to go, or has gone. */
const DISK_STAGES: readonly RegExp[] = [
  /^asked HEAD \/to/,
  /^asked PUT \/to/,
  /^received PUT \/to/,
  /^stored PUT \/to/,
  /^answered PUT \/to/,
  /^removal HEAD \/to/,
  /^answered HEAD \/to/,
];
const BUCKET_STAGES: readonly RegExp[] = [...DISK_STAGES, /^asked DELETE \/from/, /^answered DELETE \/from/];

interface Findings {
  readonly lost: string[];
  readonly left: string[];
  kills: number;
  looks: number;
}

/** Where the sources of a round are: on disk, or in a bucket of the account that the copies go to. */
class Sources {
  readonly place: Place;
  readonly prefix: string;
  private readonly here: TransferHouse;
  private readonly folder: string | null;

  constructor(here: TransferHouse, round: string, isDisk: boolean) {
    this.here = here;
    this.folder = isDisk ? join(here.folder, round) : null;
    if (this.folder !== null) mkdirSync(this.folder);
    this.place = isDisk ? here.disk(round) : here.bucket('from');
    this.prefix = isDisk ? '' : `${round}/`;
  }

  put(name: string, bytes: Buffer): void {
    if (this.folder === null) this.here.plant('from', `${this.prefix}${name}`, bytes);
    else writeFileSync(join(this.folder, name), bytes);
  }

  /** null: it is gone. */
  read(name: string): Buffer | null {
    if (this.folder === null) return this.here.s3.buckets.get('from')?.get(`${this.prefix}${name}`)?.bytes ?? null;
    try {
      return readFileSync(join(this.folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }
}

export async function runMoves(table: TrialTable, trials: number): Promise<void> {
  const here = await TransferHouse.open();
  const found: Findings = { lost: [], left: [], kills: 0, looks: 0 };
  const changed: string[] = [];
  const aliased: string[] = [];
  const others = Math.max(2, Math.round(trials / 10));
  try {
    await here.house.call('queue.update', { queue: 'default', concurrency: 3 });
    for (let round = 1; found.kills < trials && round <= trials; round += 1) {
      await killRound(here, round, Math.min(KILLS_A_ROUND, trials - found.kills), found);
    }
    found.left.push(...auditBooks(here.profile));
    for (let trial = 1; trial <= others; trial += 1) changed.push(...(await changeLate(here, trial)));
    for (let trial = 1; trial <= others; trial += 1) aliased.push(...(await moveOntoItself(here, trial)));
  } finally {
    await here.close();
  }
  table.add({
    guarantee: 'G9',
    what: `a source is deleted only when its copy is proven and recorded, whoever is killed (${found.looks} looks)`,
    trials: found.kills,
    worst: null,
    failures: found.lost,
  });
  table.add({
    guarantee: 'G9',
    what: 'a move that was killed goes on: in the end every source is gone, every copy whole',
    trials: found.kills,
    worst: null,
    failures: found.left,
  });
  table.add({
    guarantee: 'G9',
    what: 'a source that changes between the last look and its deletion stays',
    trials: others,
    worst: null,
    failures: changed,
  });
  table.add({
    guarantee: 'G9',
    what: 'a source that is its own destination by another account stays',
    trials: others,
    worst: null,
    failures: aliased,
  });
}

async function killRound(here: TransferHouse, round: number, kills: number, found: Findings): Promise<void> {
  const name = `round ${round}`;
  const isDisk = round % 2 === 0;
  const stages = isDisk ? DISK_STAGES : BUCKET_STAGES;
  const sources = new Sources(here, name, isDisk);
  const assets = makeAssets(sources);
  const whole = (key: string) => here.s3.buckets.get('to')?.get(`${name}/${key}`)?.bytes ?? null;
  let stage: { readonly when: RegExp; readonly reached: () => void } | null = null;
  here.s3.watch = (moment, line) => {
    found.looks += 1;
    for (const [key, bytes] of assets) {
      const isSafe = sources.read(key)?.equals(bytes) === true || whole(key)?.equals(bytes) === true;
      if (!isSafe) found.lost.push(`${name}, ${moment} ${line}: ${key} is whole nowhere`);
    }
    const isRemoval = moment === 'asked' && line.startsWith('HEAD /to') && isThere(here, line);
    if (stage?.when.test(`${isRemoval ? 'removal' : moment} ${line}`) === true) stage.reached();
  };
  const { migrationId } = await submit(here, sources, here.bucket('to'), `${name}/`);
  for (let kill = 0; kill < kills; kill += 1) {
    const when = stages[found.kills % stages.length] ?? /./;
    const reached = await new Promise<boolean>((resolve) => {
      const patience = setTimeout(() => resolve(false), STAGE_LIMIT_MS);
      const isOver = setInterval(
        () =>
          void view(here, migrationId).then(
            ({ finishedAtMs }) => {
              if (finishedAtMs !== null) stop(false);
            },
            () => undefined,
          ),
        50,
      );
      const stop = (is: boolean) => {
        clearTimeout(patience);
        clearInterval(isOver);
        resolve(is);
      };
      stage = { when, reached: () => stop(true) };
    });
    stage = null;
    if (!reached) break;
    found.kills += 1;
    if (Math.random() < 0.5) await here.killHouse();
    else await here.killWorkers();
  }
  const end = await ended(here, migrationId);
  here.s3.watch = () => undefined;
  if (end.state !== 'completed' || end.removals.deleted !== ASSETS) {
    found.left.push(`${name}: ${end.state}, ${JSON.stringify(end.removals)}`);
  }
  for (const [key, bytes] of assets) {
    if (whole(key)?.equals(bytes) !== true) found.lost.push(`${name}: ${key} is not whole at the destination`);
    if (sources.read(key) !== null) found.left.push(`${name}: the source of ${key} is still there`);
  }
}

/** Changes the source when the removal has looked at it already and now looks at the copy. */
async function changeLate(here: TransferHouse, trial: number): Promise<string[]> {
  const name = `change ${trial}`;
  const sources = new Sources(here, name, trial % 2 === 0);
  const assets = makeAssets(sources);
  const fresh = randomBytes(ASSET_BYTES);
  here.s3.watch = (moment, line) => {
    if (moment !== 'asked' || !line.startsWith('HEAD /to') || !isThere(here, line)) return;
    const key = keyOf(line).slice(name.length + 1);
    if (key === 'asset 3.bin') sources.put(key, fresh);
  };
  const { migrationId } = await submit(here, sources, here.bucket('to'), `${name}/`);
  const end = await ended(here, migrationId);
  here.s3.watch = () => undefined;
  const wrong: string[] = [];
  if (sources.read('asset 3.bin')?.equals(fresh) !== true) wrong.push(`${name}: the changed source is gone`);
  if (end.removals.kept !== 1 || end.removals.deleted !== assets.size - 1) {
    wrong.push(`${name}: ${JSON.stringify(end.removals)}`);
  }
  return wrong;
}

/** Two accounts, two spellings of one service, one bucket. */
async function moveOntoItself(here: TransferHouse, trial: number): Promise<string[]> {
  const name = `alias ${trial}`;
  const sources = new Sources(here, name, false);
  const assets = makeAssets(sources);
  const { accessKeyId, secretAccessKey, region } = here.s3.keys;
  const endpoint = here.s3.endpoint.replace('127.0.0.1', 'localhost');
  const options = { endpoint, region, accessKeyId };
  const account = { provider: 's3', name, options, secrets: { secretAccessKey } };
  const { id } = await here.house.call('account.save', account);
  const overwrite = (['if-different', 'always', 'never', 'if-newer'] as const)[trial % 4] ?? 'always';
  const itself = { accountId: id, container: 'from' };
  const { migrationId } = await submit(here, sources, itself, `${name}/`, overwrite);
  const end = await ended(here, migrationId);
  const wrong = [...assets].filter(([key, bytes]) => sources.read(key)?.equals(bytes) !== true);
  const isKept = end.removals.kept === assets.size && end.removals.deleted === 0;
  return [
    ...wrong.map(([key]) => `${name}, ${overwrite}: ${key} is gone`),
    ...(isKept ? [] : [`${name}, ${overwrite}: ${end.state}, ${JSON.stringify(end.removals)}`]),
  ];
}

function makeAssets(sources: Sources): ReadonlyMap<string, Buffer> {
  const assets = new Map(
    Array.from({ length: ASSETS }, (_, index) => [`asset ${index}.bin`, randomBytes(ASSET_BYTES)]),
  );
  for (const [key, bytes] of assets) sources.put(key, bytes);
  return assets;
}

function submit(
  here: TransferHouse,
  { place, prefix }: Sources,
  destination: Place,
  into: string,
  overwrite: MigrationView['policies']['overwrite'] = 'if-different',
) {
  return here.house.call('migration.submit', {
    source: { ...place, prefix },
    destination: { ...destination, prefix: into },
    policies: { ...POLICIES, overwrite },
  });
}

function view(here: TransferHouse, migrationId: number): Promise<MigrationView> {
  return here.house.call('migration.get', { migrationId });
}

/** Jobs that lost three workers by chance are asked for again, as a person would. */
async function ended(here: TransferHouse, migrationId: number): Promise<MigrationView> {
  let last: MigrationView | null = null;
  await until(
    `migration ${migrationId} at its end`,
    async () => {
      last = await view(here, migrationId);
      if (last.finishedAtMs !== null && last.state === 'incomplete') {
        await here.house.call('migration.retryFailed', { migrationId });
        return false;
      }
      return last.finishedAtMs !== null;
    },
    END_LIMIT_MS,
  );
  return last ?? view(here, migrationId);
}

function keyOf(line: string): string {
  return decodeURIComponent(line.replace(/^[A-Z]+ \/to\//, '').replace(/\?.*$/, ''));
}

function isThere(here: TransferHouse, line: string): boolean {
  return here.s3.buckets.get('to')?.has(keyOf(line)) === true;
}
