/** Proves that a list of addresses on the command line becomes a migration whose bytes are what the list states. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const headless = fileURLToPath(new URL('../headless.ts', import.meta.url));
const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'transship-urls-'));
const profile = join(folder, 'profile');
const to = join(folder, 'to');
const BYTES = Buffer.from('bytes of an asset');
const md5 = createHash('md5').update(BYTES).digest();
const sha256 = createHash('sha256').update(BYTES).digest('hex');
const server = createServer(
  (_, response) => void response.writeHead(200, { 'content-length': BYTES.length }).end(BYTES),
);

let child: ChildProcess;
let origin = '';
let account = '';

beforeAll(async () => {
  mkdirSync(to);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const args = [headless, '--profile', profile, '--port', '0', '--json'];
  child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout === null) throw new Error('The door has no output.');
  await once(createInterface({ input: child.stdout }), 'line');
  const saved = { provider: 'http', name: 'Web', options: { allowPrivateAddresses: 'true' }, secrets: {} };
  account = (JSON.parse((await run('call', 'account.save', JSON.stringify(saved))).out) as { id: string }).id;
}, 30_000);

afterAll(async () => {
  child.kill('SIGTERM');
  await once(child, 'exit');
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: string[]) {
  const command = [cli, '--profile', profile, ...args];
  const process_ = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [exitCode]] = await Promise.all([
    text(process_.stdout),
    text(process_.stderr),
    once(process_, 'exit') as Promise<[number]>,
  ]);
  return { out, err, exitCode };
}

function listFile(name: string, ...lines: readonly string[]): string {
  const file = join(folder, name);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

async function submit(file: string): Promise<number> {
  const { out, err } = await run('submit', '--urls', file, to, '--from', account, '--json');
  expect(err).toBe('');
  return (JSON.parse(out) as { migrationId: number }).migrationId;
}

it('what is right arrives; another size or another digest does not, and says why', async () => {
  const file = listFile(
    'list.csv',
    '# assets of the shop',
    'url,size,md5,sha256,key',
    `${origin}/a%20b.png,${BYTES.length},${md5.toString('hex')},${sha256},`,
    `${origin}/image?id=5,,,,`,
    `${origin}/c.png,${BYTES.length + 1},,,wrong/size.png`,
    `${origin}/d.png,,${'0'.repeat(32)},,wrong/md5.png`,
  );
  const id = await submit(file);
  const isSettled = async () => {
    const { out } = await run('jobs', `${id}`, '--json');
    const { rows } = JSON.parse(out) as { rows: { state: string; destinationKey: string; failure: unknown }[] };
    return Object.fromEntries(rows.map((row) => [row.destinationKey, row]));
  };
  // The digest may have been damaged on the way, so that one is tried again for a while; the size may not.
  await expect
    .poll(async () => Object.values(await isSettled()).map(({ state }) => state), { timeout: 20_000 })
    .toEqual(expect.arrayContaining(['completed', 'completed', 'failed', 'scheduled']));
  expect(await isSettled()).toMatchObject({
    'wrong/size.png': {
      state: 'failed',
      failure: { code: 'source-changed', message: expect.stringContaining('states 18 bytes') },
    },
    'wrong/md5.png': { state: 'scheduled', failure: { code: 'checksum-mismatch' } },
  });
  for (const name of ['a b.png', 'image%3Fid=5']) expect(readFileSync(join(to, name))).toEqual(BYTES);
  expect(existsSync(join(to, 'wrong'))).toBe(false);
  await run('cancel', `${id}`);
}, 60_000);

it("Google's list goes under host and path", async () => {
  const row = [`${origin}/g.png`, BYTES.length, md5.toString('base64')].join('\t');
  const id = await submit(listFile('google.tsv', 'TsvHttpData-1.0', row));
  expect(await run('wait', `${id}`)).toMatchObject({ exitCode: 0 });
  expect(readFileSync(join(to, '127.0.0.1', 'g.png'))).toEqual(BYTES);
}, 30_000);

it('lines that are wrong are named, and nothing is asked for', async () => {
  const before = (await run('list')).out;
  const file = listFile('bad.txt', `${origin}/a`, '', 'ftp://h/b', '# fine', `${origin}/a`);
  const refused = await run('submit', '--urls', file, to, '--from', account);
  expect(refused.exitCode).toBe(2);
  expect(refused.err).toMatch(/^Line 3: An address begins with.*\nLine 5: The same address is in line 1/);
  for (const args of [['x', to], [], [to, '--prefix', 'p'], [to, '--from-report', 'r.csv']]) {
    expect((await run('submit', '--urls', file, ...args)).exitCode).toBe(2);
  }
  const packed = join(folder, 'packed.csv');
  writeFileSync(packed, Buffer.from([0x1f, 0x8b, 8, 0]));
  expect((await run('submit', '--urls', packed, to)).err).toContain('compressed');
  expect((await run('submit', '--urls', listFile('empty.txt', '# nothing'), to)).err).toContain('holds no addresses');
  expect((await run('submit', '--urls', folder, to)).exitCode).toBe(2);
  // The house reads hosts more closely than a list does, and counts assets: the person sees lines.
  const host = listFile('host.txt', '# one', `${origin}/a`, 'http://300.1.1.1/b');
  expect((await run('submit', '--urls', host, to, '--from', account)).err).toMatch(/^Line 3: /);
  expect((await run('list')).out).toBe(before);
}, 60_000);

it('a move is refused where nothing can be deleted, and where too little is proven', async () => {
  const before = (await run('list')).out;
  const web = await run('submit', '--urls', listFile('one.txt', `${origin}/a`), to, '--from', account, '--move');
  expect(web).toMatchObject({ exitCode: 1, err: expect.stringContaining('Nothing can be deleted at') });
  const copies = join(folder, 'copies');
  mkdirSync(copies);
  const disk = await run('submit', to, copies, '--move');
  expect(disk).toMatchObject({ exitCode: 1, err: expect.stringContaining('too little to delete its source') });
  expect((await run('list')).out).toBe(before);
}, 60_000);

it('as many addresses as a migration may name fit, with digests', async () => {
  const rows = Array.from({ length: 100_000 }, (_, at) => `http://192.0.2.1/assets/of/a/shop/${at}.png,1,,${sha256}`);
  const id = await submit(listFile('many.csv', 'url,size,md5,sha256', ...rows));
  const { out } = await run('cancel', `${id}`, '--json');
  expect(JSON.parse(out)).toMatchObject({ id });
}, 60_000);
