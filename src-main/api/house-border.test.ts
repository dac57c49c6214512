/** Proves the border of the house: refusals at their place, secrets that stay, the sample from click to gone. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerMessage } from '../../src-shared/contract/channel.ts';
import { commands } from '../../src-shared/contract/commands.ts';
import { startHouse } from '../compose.ts';
import { forkWorker } from '../node-ports/fork-worker.ts';
import { nodeClock } from '../node-ports/node-clock.ts';
import { nodeDisk } from '../node-ports/node-disk.ts';
import { nodeRng } from '../node-ports/node-rng.ts';
import { openProfile } from '../node-ports/profile-paths.ts';
import { createSessionSecrets } from '../node-ports/session-secrets.ts';
import type { Log } from '../ports.ts';
import type { House } from './house.ts';

const CANARY = 'canary-1b57c9';
const folder = mkdtempSync(join(tmpdir(), 'transship-house-'));
const lines: string[] = [];
const write = (message: string, fields?: object): void => void lines.push(`${message} ${JSON.stringify(fields ?? {})}`);
const log: Log = { info: write, warn: write, error: write };
let house: House;

beforeAll(async () => {
  house = await startHouse({
    clock: nodeClock,
    rng: nodeRng,
    log,
    telemetry: () => undefined,
    paths: openProfile(join(folder, 'profile')),
    secrets: createSessionSecrets('this is a test'),
    spawnWorker: forkWorker(fileURLToPath(new URL('../worker/worker-entry.ts', import.meta.url)), log),
    disk: nodeDisk,
    desktop: null,
    door: 'headless',
    version: '0.0.0-test',
  });
});
afterAll(async () => {
  await house.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends to a session of its own and waits for the answer to id 1. */
async function ask(message: unknown): Promise<ServerMessage> {
  return new Promise((resolve) => {
    const session = house.openSession((answer) => {
      session.close();
      resolve(answer);
    });
    session.receive(message);
  });
}
const refusal = async (command: string, params: unknown) => {
  const answer = await ask({ type: 'call', id: 1, command, params });
  if (answer.type !== 'refusal') throw new Error(`It was not refused: ${JSON.stringify(answer)}`);
  return answer.failure;
};

const settled = (migrationId: number): Promise<void> =>
  new Promise((resolve) => {
    const look = async (): Promise<void> => {
      if ((await house.call('migration.get', { migrationId })).finishedAtMs === null) return;
      stop();
      resolve();
    };
    const stop = house.onOutcome(() => void look());
    void look();
  });

describe('the border of the house', () => {
  it.each([
    ['migration.submit', { source: 1 }, 'source'],
    ['job.list', { filter: { colour: 'red' } }, 'filter.colour'],
    ['job.list', { limit: 100_000 }, 'limit'],
    ['job.get', { jobId: -1 }, 'jobId'],
    ['job.get', { jobId: '1' }, 'jobId'],
    ['job.get', null, undefined],
    ['queue.update', { queue: 'default', concurrency: 0 }, 'concurrency'],
    ['queue.update', { queue: 'default', concurrency: Number.POSITIVE_INFINITY }, 'concurrency'],
    ['jobs.enqueue', { source: {}, destination: {}, assets: [] }, 'source.accountId'],
    ['account.save', { provider: 's3', name: ' ', options: {}, secrets: {} }, 'name'],
  ])('refuses %s with %j at its place', async (command, params, field) => {
    expect(await refusal(command, params)).toMatchObject({
      code: 'invalid-input',
      ...(field === undefined ? {} : { field }),
    });
  });

  it('refuses commands that it does not have, names of the language among them', async () => {
    for (const command of ['nope', '__proto__', 'constructor', 'toString', '']) {
      expect((await refusal(command, {})).code).toBe('unsupported');
    }
  });

  it('answers a broken message that has an id, and bears one that has none', async () => {
    expect(await ask({ type: 'dance', id: 3 })).toMatchObject({ type: 'refusal', id: 3 });
    const session = house.openSession(() => expect.unreachable());
    for (const broken of [null, 7, 'text', [], { type: 'call' }, { id: -1 }]) session.receive(broken);
    session.close();
  });

  it('says "not found" for what is not there', async () => {
    expect((await refusal('job.get', { jobId: 999 })).code).toBe('not-found');
    expect((await refusal('migration.cancel', { migrationId: 999 })).code).toBe('not-found');
    expect(await house.call('job.cancel', { jobIds: [999] })).toEqual({
      changed: [],
      refused: [{ id: 999, reason: 'There is no such job.' }],
    });
  });

  it('has a handler for each command, and none that needs a window works without one', async () => {
    const mustWatch = ['view.watch'] as const;
    for (const name of mustWatch) {
      await expect(house.call(name, { viewId: 'a', jobIds: [] })).rejects.toMatchObject({
        failure: { code: 'unsupported' },
      });
    }
    expect(Object.keys(commands).length).toBeGreaterThan(25);
  });
});

describe('an account', () => {
  it('keeps its secrets to itself: in no answer, no snapshot, no log and no file', async () => {
    const draft = {
      provider: 's3',
      name: 'media',
      options: { endpoint: 'http://127.0.0.1:1', region: 'eu', accessKeyId: 'AKIA' },
      secrets: { secretAccessKey: CANARY },
    };
    const saved = await house.call('account.save', draft);
    expect(saved.secretNames).toEqual(['secretAccessKey']);
    const report = await house.call('account.check', { account: saved.id, container: 'bucket', role: 'source' });
    expect(report.ok).toBe(false);
    const snapshot = await ask({ type: 'subscribe' });
    const said = JSON.stringify([saved, report, snapshot, await house.call('account.list', {}), lines]);
    expect(said).not.toContain(CANARY);
    for (const name of readdirSync(join(folder, 'profile'), { recursive: true, withFileTypes: true })) {
      // The database is read through SQLite only: another handle on it would drop its locks when it is closed.
      if (!name.isFile() || name.name.startsWith('transship.sqlite') || name.name.startsWith('profile.lock')) continue;
      expect(readFileSync(join(name.parentPath, name.name)).includes(CANARY)).toBe(false);
    }
    const changed = await house.call('account.save', { ...draft, id: saved.id, secrets: { sessionToken: 'x' } });
    expect(changed.secretNames).toEqual(['secretAccessKey', 'sessionToken']);
    await house.call('account.remove', { accountId: saved.id });
  });

  it('is refused with a field when an option is wrong, and then does not exist', async () => {
    const before = (await house.call('account.list', {})).accounts.length;
    const draft = { provider: 's3', name: 'media', options: { nonsense: 'x' }, secrets: {} };
    expect(await refusal('account.save', draft)).toMatchObject({ field: 'options.nonsense' });
    expect(await refusal('account.save', { ...draft, provider: 'memory' })).toMatchObject({ field: 'provider' });
    expect((await house.call('account.list', {})).accounts).toHaveLength(before);
  });
});

describe('the sample', () => {
  it('moves its files, every one proven, is listed in the history, and goes away whole', async () => {
    const { migrationId } = await house.call('migration.sample', {});
    await settled(migrationId);
    const migration = await house.call('migration.get', { migrationId });
    expect(migration).toMatchObject({ state: 'completed', counts: { completed: 24 } });
    for (const name of readdirSync(migration.source.container, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const from = join(name.parentPath, name.name);
      const to = from.replace(migration.source.container, migration.destination.container);
      expect(readFileSync(to).equals(readFileSync(from))).toBe(true);
    }
    expect((await house.call('job.list', { filter: { migrationId }, limit: 1 })).total).toEqual({
      count: 24,
      exact: true,
    });
    await house.call('migration.removeSample', {});
    expect((await house.call('migration.list', {})).rows.map(({ id }) => id)).not.toContain(migrationId);
    expect((await house.call('stats.get', {})).counts.completed).toBe(0);
  }, 30_000);

  it('is skipped as identical the second time', async () => {
    const { migrationId } = await house.call('migration.sample', {});
    await settled(migrationId);
    const { source, destination } = await house.call('migration.get', { migrationId });
    const again = await house.call('migration.submit', { source, destination });
    await settled(again.migrationId);
    expect((await house.call('migration.get', { migrationId: again.migrationId })).counts).toMatchObject({
      skipped: 24,
      completed: 0,
    });
  }, 30_000);
});
