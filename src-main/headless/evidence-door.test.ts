/** Proves reports and URL maps at a real door: links that work once, and the command line's own words for them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsv, unguarded } from '../../src-shared/report/csv.ts';

const headless = fileURLToPath(new URL('../headless.ts', import.meta.url));
const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'transship-evidence-'));
const profile = join(folder, 'profile');
const [from, to] = [join(folder, 'from'), join(folder, 'to')];
const FILES = ['=1+1.txt', 'two words, "quoted".txt', "'é.txt"];

let child: ChildProcess;
let address = '';
let token = '';
let failedMigration = 0;

beforeAll(async () => {
  mkdirSync(from);
  for (const name of FILES) writeFileSync(join(from, name), name);
  child = spawn(process.execPath, [headless, '--profile', profile, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('The door has no output.');
  await once(createInterface({ input: child.stdout }), 'line');
  ({ address, token } = JSON.parse(readFileSync(join(profile, 'door.json'), 'utf8')) as {
    address: string;
    token: string;
  });
  // There is no such destination yet, so every asset fails. The verb "submit" would test both ends first.
  const end = (container: string) => ({ accountId: 'this-computer', container, prefix: '' });
  const request = JSON.stringify({ source: end(from), destination: end(to) });
  const { out } = await run('call', 'migration.submit', request);
  failedMigration = (JSON.parse(out) as { migrationId: number }).migrationId;
  await run('wait', `${failedMigration}`);
  mkdirSync(to);
}, 30_000);

afterAll(async () => {
  child.kill('SIGTERM');
  await once(child, 'exit');
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: string[]) {
  const process_ = spawn(process.execPath, [cli, '--profile', profile, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [exitCode]] = await Promise.all([
    text(process_.stdout),
    text(process_.stderr),
    once(process_, 'exit') as Promise<[number]>,
  ]);
  return { out, err, exitCode };
}

const columnOf = (csv: string, name: string): string[] => {
  const [header, ...rows] = [...readCsv(csv)].map(({ cells }) => cells.map(unguarded));
  return rows.map((cells) => cells[header?.indexOf(name) ?? -1] ?? '').toSorted();
};

describe('a report on the command line', () => {
  it('of what failed becomes a new migration of exactly that, which arrives', async () => {
    const file = join(folder, 'failed.csv');
    expect(await run('report', `${failedMigration}`, '--only', 'failed', '--output', file)).toMatchObject({
      exitCode: 0,
      out: `${file} is written.\n`,
    });
    expect(columnOf(readFileSync(file, 'utf8'), 'source_key')).toEqual(FILES.toSorted());
    const { out, exitCode } = await run('submit', '--from-report', file, '--json');
    expect(exitCode).toBe(0);
    const { migrationId, assets } = JSON.parse(out) as { migrationId: number; assets: number };
    expect(assets).toBe(FILES.length);
    expect(await run('wait', `${migrationId}`)).toMatchObject({ exitCode: 0 });
    expect(readdirSync(to).toSorted()).toEqual(FILES.toSorted());

    const all = await run('report', `${migrationId}`, '--format', 'jsonl');
    const rows = all.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map(({ state }) => state)).toEqual(FILES.map(() => 'completed'));
    expect(rows.every(({ proof, digests }) => proof !== null && JSON.stringify(digests).includes('sha256'))).toBe(true);
    const map = await run(
      'url-map',
      `${migrationId}`,
      '--old',
      'https://old.example',
      '--new',
      'https://new.example/x',
    );
    expect(columnOf(map.out, 'new_url')).toContain('https://new.example/x/%3D1%2B1.txt');
    expect((await run('submit', '--from-report', join(folder, 'none.csv'))).err).toContain('There is no file');
  }, 30_000);

  it('that is broken is refused with its line, and so are words that do not belong there', async () => {
    const file = join(folder, 'broken.csv');
    const report = await run('report', `${failedMigration}`);
    writeFileSync(file, report.out.replace(',failed,', ',lost,'));
    const before = (await run('list')).out;
    expect(await run('submit', '--from-report', file)).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(/^Line 2: state/),
    });
    expect(await run('submit', '--from-report', file, '--to', 'x')).toMatchObject({ exitCode: 2 });
    expect(await run('submit', '--from-report', folder)).toMatchObject({ exitCode: 2 });
    expect(await run('report', `${failedMigration}`, '--format', 'xlsx')).toMatchObject({ exitCode: 2 });
    expect(await run('url-map', `${failedMigration}`, '--old', 'x', '--new', 'y')).toMatchObject({ exitCode: 2 });
    expect((await run('list')).out).toBe(before);
  }, 30_000);

  it('is not written under its name when it cannot be written whole', async () => {
    const file = join(folder, 'no-such-folder', 'report.csv');
    expect(await run('report', `${failedMigration}`, '--output', file)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('could not be written'),
    });
    expect(existsSync(file)).toBe(false);
  });
});

/** A probe of a server that never answers, ended by Ctrl-C once it has begun. */
async function interrupted(migrationId: number, base: string) {
  const ends = ['--old', `${base}/silent`, '--new', `${base}/silent`, '--allow-private'];
  const process_ = spawn(process.execPath, [cli, '--profile', profile, 'probe', `${migrationId}`, ...ends], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // The head of the table comes as soon as the first requests are on their way.
  await once(process_.stdout, 'data');
  process_.kill('SIGINT');
  const [err, [exitCode]] = await Promise.all([text(process_.stderr), once(process_, 'exit') as Promise<[number]>]);
  return { err, exitCode };
}

describe('a URL map that breaks off on its way', () => {
  it('is an error, and no file', async () => {
    // The one that lies outside the prefix comes after the pages that a preview reads.
    const many = join(folder, 'many');
    mkdirSync(join(many, 'a'), { recursive: true });
    for (let file = 0; file < 450; file += 1) writeFileSync(join(many, 'a', `${file}`), '');
    writeFileSync(join(many, 'b'), '');
    mkdirSync(join(folder, 'many-there'));
    const { out } = await run('submit', many, join(folder, 'many-there'), '--json');
    const { migrationId } = JSON.parse(out) as { migrationId: number };
    await run('wait', `${migrationId}`);
    const file = join(folder, 'vercel.json');
    const map = (format: string, ...flags: string[]) =>
      run(
        'url-map',
        `${migrationId}`,
        '--old',
        'https://o.example',
        '--new',
        'https://n.example',
        '--old-prefix',
        'a',
        '--format',
        format,
        ...flags,
      );
    expect(await map('vercel', '--output', file)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('broke off'),
    });
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false]);
    expect(await map('vercel')).toMatchObject({ exitCode: 1, err: expect.stringContaining('broke off') });
    const netlify = await map('netlify');
    expect([netlify.exitCode, netlify.out.match(/ 301!$/gm)?.length]).toEqual([0, 450]);
    expect(netlify.out).toContain('# left out: "b"');
  }, 60_000);
});

describe('a probe on the command line', () => {
  it('compares both addresses of what arrived, and fails when they differ', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      // Never answered: whoever waits for it must be interrupted.
      if (request.url?.startsWith('/silent/') === true) return;
      const isOld = request.url?.startsWith('/old/') === true;
      response.writeHead(200, { 'content-type': isOld ? 'text/plain' : 'application/octet-stream' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const { out } = await run('submit', from, to, '--json');
      const { migrationId } = JSON.parse(out) as { migrationId: number };
      await run('wait', `${migrationId}`);
      const probe = (...flags: string[]) =>
        run('probe', `${migrationId}`, '--old', `${base}/old`, '--new', `${base}/new`, ...flags);
      const guarded = await probe();
      expect(guarded).toMatchObject({ exitCode: 1, err: expect.stringContaining('3 did not answer') });
      expect(asked).toEqual([]);
      const compared = await probe('--allow-private', '--all');
      expect(compared).toMatchObject({ exitCode: 1, err: expect.stringContaining('0 are served alike, 3 differ') });
      expect(columnOf(compared.out, 'differences')).toEqual(FILES.map(() => 'content-type'));
      expect(columnOf(compared.out, 'source_key')).toEqual(FILES.toSorted());
      const file = join(folder, 'probe.jsonl');
      const stopped = await interrupted(migrationId, base);
      expect(stopped).toMatchObject({ exitCode: 1, err: expect.stringContaining('It was interrupted') });
      await probe('--allow-private', '--sample', '1', '--format', 'jsonl', '--output', file);
      expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(1);
    } finally {
      server.close();
    }
  }, 30_000);
});

describe('a link to a report', () => {
  const call = async (): Promise<string> => {
    const response = await fetch(`${address}/api/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ command: 'evidence.save', params: { kind: 'report', migrationId: failedMigration } }),
    });
    const { result } = (await response.json()) as { result: { kind: string; path: string } };
    expect(result.kind).toBe('link');
    return result.path;
  };

  it('downloads it once, as a file of its own name', async () => {
    const link = await call();
    expect((await fetch(address + link, { method: 'POST' })).status).toBe(405);
    const first = await fetch(address + link);
    expect([first.status, first.headers.get('content-disposition')]).toEqual([
      200,
      `attachment; filename="transship-migration-${failedMigration}-report.csv"`,
    ]);
    expect(first.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(columnOf(await first.text(), 'failure_code')).toHaveLength(FILES.length);
    expect((await fetch(address + link)).status).toBe(404);
    // However often another page asks, nobody is locked out by it.
    for (let tries = 0; tries < 12; tries += 1) expect((await fetch(`${address}/download/x`)).status).toBe(404);
    expect(await call()).toMatch(/^\/download\/[\w-]{43}$/);
  });

  it('is not given to other pages, nor without a token', async () => {
    const link = await call();
    expect((await fetch(address + link, { headers: { origin: 'http://evil.test' } })).status).toBe(403);
    const body = JSON.stringify({ command: 'evidence.save', params: { kind: 'report', migrationId: failedMigration } });
    const response = await fetch(`${address}/api/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(401);
  });
});
