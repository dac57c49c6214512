/** Proves the headless door as a real process: sockets, GraphQL and the command line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

const headless = fileURLToPath(new URL('../headless.ts', import.meta.url));
const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'transship-door-'));
const profile = join(folder, 'profile');

let child: ChildProcess;
let base = '';
let code = '';
let token = '';

beforeAll(async () => {
  child = spawn(process.execPath, [headless, '--profile', profile, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('The door has no output.');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { address } = JSON.parse(line) as { address: string };
  [base = '', code = ''] = address.split('/#code=');
  token = (JSON.parse(readFileSync(join(profile, 'door.json'), 'utf8')) as { token: string }).token;
}, 30_000);

afterAll(async () => {
  child.kill('SIGTERM');
  await once(child, 'exit');
  rmSync(folder, { recursive: true, force: true });
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${base}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const bearer = () => ({ authorization: `Bearer ${token}` });
const graphql = async (query: string, headers: Record<string, string> = bearer()) =>
  (await (await post('/graphql', { query }, headers)).json()) as {
    data?: Record<string, never>;
    errors?: { message: string; extensions?: Record<string, unknown> }[];
  };

/** Exactly these bytes; the first line of the answer. */
async function raw(request: string): Promise<string> {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  socket.write(request);
  const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
  socket.destroy();
  return answer.split('\r\n')[0] ?? '';
}

describe('the door', () => {
  it('keeps its token in a file of its owner only', () => {
    expect(statSync(join(profile, 'door.json')).mode & 0o777).toBe(0o600);
    expect(statSync(profile).mode & 0o777).toBe(0o700);
  });

  it('refuses what is not meant for it, on the wire', async () => {
    const { host } = new URL(base);
    expect(await raw(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).not.toContain('421');
    expect(await raw('GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n')).toContain('421');
    expect(await raw('GET / HTTP/1.0\r\n\r\n')).toContain('400');
    expect(await raw(`GET / HTTP/1.1\r\nHost: ${host}\r\nHost: evil.test\r\n\r\n`)).toContain('400');
    expect(await raw(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toContain('400');
    expect(await raw(`POST /graphql HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://evil.test\r\n\r\n`)).toContain('403');
  });

  it('sends its policy with every answer, no cookie and no grant to other pages', async () => {
    const answers = await Promise.all([
      fetch(`${base}/`),
      fetch(`${base}/nothing`),
      post('/graphql', {}),
      post('/api/ticket', {}),
    ]);
    for (const { headers } of answers) {
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('set-cookie')).toBeNull();
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('gives a session for a code once, and nothing for a wrong one', async () => {
    const first = await post('/api/session', { code });
    expect(first.status).toBe(200);
    expect((await post('/api/session', { code })).status).toBe(401);
    expect((await post('/api/session', 'no json at all')).status).toBe(401);
    expect((await post('/api/session', { code }, { 'content-type': 'text/plain' })).status).toBe(415);
    const session = (await first.json()) as { token: string };
    expect((await post('/api/ticket', {}, { authorization: `Bearer ${session.token}` })).status).toBe(200);
  });

  it('opens a socket for a ticket once, and tells the whole picture', async () => {
    const { ticket } = (await (await post('/api/ticket', {}, bearer())).json()) as { ticket: string };
    const url = base.replace('http', 'ws');
    const socket = new WebSocket(`${url}/ws`, ['transship', `ticket.${ticket}`]);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'subscribe' }));
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(data.toString())).toMatchObject({ type: 'snapshot', revision: 0 });
    socket.send(JSON.stringify({ type: 'call', id: 7, command: 'stats.get', params: { extra: 1 } }));
    const [refusal] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(refusal.toString())).toMatchObject({
      type: 'refusal',
      id: 7,
      failure: { code: 'invalid-input', field: 'extra' },
    });
    socket.close();
    const again = new WebSocket(`${url}/ws`, ['transship', `ticket.${ticket}`]);
    const [error] = (await once(again, 'error')) as [Error];
    expect(error.message).toContain('401');
    const elsewhere = new WebSocket(`${url}/ws`, ['transship'], { origin: 'http://evil.test' });
    const [refused] = (await once(elsewhere, 'error')) as [Error];
    expect(refused.message).toContain('403');
  });
});

describe('GraphQL', () => {
  it.each([
    ['a document of thousands of levels', `{${'a{'.repeat(4_000)}b${'}'.repeat(4_001)}`],
    ['nine levels', '{ a { b { c { d { e { f { g { h { i } } } } } } } } }'],
    ['a thousand aliases', `{${Array.from({ length: 300 }, (_, index) => `a${index}: stats { pending }`).join(' ')}}`],
    ['a cycle of fragments', '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'],
    ['the schema', '{ __schema { types { name } } }'],
    ['an unterminated string', '{ job(id: """abc) { state } }'],
    ['a wrong type', '{ job(id: { a: 1 }) { state } }'],
    ['a negative page', '{ jobs(limit: -1) { total { count } } }'],
    ['a page of millions', '{ jobs(limit: 2000000000) { total { count } } }'],
    ['a forged cursor', `{ jobs(cursor: "1'; DROP TABLE job") { total { count } } }`],
    ['an id that is none', '{ job(id: "__proto__") { state } }'],
  ])('refuses %s', async (_, query) => {
    const answer = await graphql(query);
    expect(answer.errors?.length).toBeGreaterThan(0);
    expect(JSON.stringify(answer)).not.toMatch(/node_modules|src-main|SELECT /);
  });

  it('answers nobody without a token, no GET, no form and no batch', async () => {
    expect((await post('/graphql', { query: '{ stats { pending } }' })).status).toBe(401);
    expect((await fetch(`${base}/graphql?query={stats{pending}}`, { headers: bearer() })).status).toBe(405);
    expect((await post('/graphql', '{}', { ...bearer(), 'content-type': 'text/plain' })).status).toBe(415);
    const batch = await post('/graphql', [{ query: '{ stats { pending } }' }], bearer());
    expect(((await batch.json()) as { errors?: unknown[] }).errors).toBeDefined();
  });

  it('submits at once, and tells how each job ended exactly once, also to one who comes late', async () => {
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    mkdirSync(from);
    mkdirSync(to);
    for (let file = 0; file < 120; file += 1) writeFileSync(join(from, `f ${file}.txt`), `file ${file}`);
    const location = (path: string) => `{ accountId: "this-computer", container: ${JSON.stringify(path)} }`;
    const submitted = await graphql(
      `mutation { submitMigration(input: { source: ${location(from)}, destination: ${location(to)} }) { migrationId position } }`,
    );
    const { migrationId } = (submitted.data?.submitMigration ?? {}) as { migrationId?: string };
    const follow = async (): Promise<string[]> => {
      const response = await post(
        '/graphql',
        { query: `subscription { migrationOutcomes(migrationId: ${migrationId}) { jobId state } }` },
        { ...bearer(), accept: 'text/event-stream' },
      );
      const stream = await text(response.body as never);
      return [...stream.matchAll(/"jobId":"(\d+)","state":"COMPLETED"/g)].map(([, id]) => id ?? '');
    };
    const [early, beside] = await Promise.all([follow(), follow()]);
    const late = await follow();
    for (const ids of [early, beside, late]) {
      expect(ids).toHaveLength(120);
      expect(new Set(ids).size).toBe(120);
    }
    expect(readdirSync(to)).toHaveLength(120);
  }, 30_000);

  it('says failures as data, at their place', async () => {
    const answer = await graphql(
      'mutation { submitMigration(input: { source: { accountId: "nobody", container: "x" }, destination: { accountId: "this-computer", container: "/x" } }) { migrationId } }',
    );
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'not-found', field: 'source.accountId' });
  });
});

describe('the command line', () => {
  const run = (...args: string[]) => runIn(process.cwd(), ...args);

  async function runIn(cwd: string, ...args: string[]) {
    const process_ = spawn(process.execPath, [cli, '--profile', profile, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, err, [exitCode]] = await Promise.all([
      text(process_.stdout),
      text(process_.stderr),
      once(process_, 'exit') as Promise<[number]>,
    ]);
    return { out, err, exitCode };
  }

  it('tells the state, and refuses words that it does not know', async () => {
    expect(await run('status')).toMatchObject({ exitCode: 0, out: expect.stringContaining('pending') });
    expect(await run('dance')).toMatchObject({ exitCode: 2, err: expect.stringContaining('There is no verb "dance"') });
    expect(await run('status', '--loud')).toMatchObject({ exitCode: 2 });
    expect(await run('show', 'x')).toMatchObject({ exitCode: 2 });
  });

  it('waits until a migration ends, and fails with it', async () => {
    const target = join(folder, 'missing');
    const place = (container: string) => ({ accountId: 'this-computer', container, prefix: '' });
    const request = JSON.stringify({ source: place(join(folder, 'from')), destination: place(target) });
    const { out } = await run('call', 'migration.submit', request);
    const { migrationId } = JSON.parse(out) as { migrationId: number };
    const { err, exitCode } = await run('wait', `${migrationId}`);
    expect(exitCode).toBe(1);
    const why = /^120 jobs failed:\n {2}"[^"]+"\n {4}not-found: .*missing.*\n/m;
    expect(err).toMatch(why);
    expect(err).toContain(`and 115 more: transship jobs ${migrationId} --state failed`);
    expect((await run('show', `${migrationId}`)).out).toMatch(why);
    mkdirSync(target);
    await run('retry', `${migrationId}`);
    expect(await run('wait', `${migrationId}`)).toMatchObject({ exitCode: 0 });
    expect(readdirSync(target)).toHaveLength(120);
  }, 30_000);

  it('says why a source could not be listed', async () => {
    const place = (container: string) => ({ accountId: 'this-computer', container, prefix: '' });
    const request = JSON.stringify({ source: place(join(folder, 'nowhere')), destination: place(folder) });
    const { out } = await run('call', 'migration.submit', request);
    const { migrationId } = JSON.parse(out) as { migrationId: number };
    const { err } = await run('wait', `${migrationId}`);
    expect(err).toMatch(/The source could not be listed to its end:\n {4}not-found: .*nowhere/);
  });

  it('takes a path from the folder it is typed in, and refuses an end that cannot be used before anything exists', async () => {
    mkdirSync(join(folder, 'by-path'));
    const { out, exitCode } = await runIn(folder, 'submit', 'from', './by-path');
    expect(exitCode).toBe(0);
    const migrationId = /Migration (\d+)/.exec(out)?.[1] ?? '';
    expect(await run('wait', migrationId)).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(folder, 'by-path'))).toHaveLength(120);

    const before = (await run('list')).out;
    const missing = await runIn(folder, 'submit', 'nowhere', 'by-path');
    expect(missing).toMatchObject({ exitCode: 1, out: '' });
    expect(missing.err).toContain(`The source ${join(folder, 'nowhere')} cannot be used: `);
    const refused = await runIn(folder, 'submit', 'from', 'nowhere');
    expect(refused.err).toContain(`The destination ${join(folder, 'nowhere')} cannot be used: `);
    const unknown = await runIn(folder, 'submit', 'from', 'by-path', '--from', 'nobody');
    expect(unknown.err).toMatch(/There is no account "nobody".*\n.*this-computer/);
    const word = await runIn(folder, 'submit', 'from', 'by-path', '--overwrite', 'sometimes');
    expect(word).toMatchObject({ exitCode: 2, err: expect.stringContaining('if-different') });
    expect((await run('list')).out).toBe(before);
  }, 30_000);

  it('has an example in curl alone that tells how each job ended', async () => {
    const target = join(folder, 'by-curl');
    mkdirSync(target);
    const example = fileURLToPath(new URL('../../docs/examples/migrate.sh', import.meta.url));
    const script = spawn('bash', [example, profile, join(folder, 'from'), target], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, err, [exitCode]] = await Promise.all([
      text(script.stdout),
      text(script.stderr),
      once(script, 'exit') as Promise<[number]>,
    ]);
    expect([err, exitCode]).toEqual(['', 0]);
    expect(out.match(/"state":"COMPLETED","sourceKey"/g)).toHaveLength(120);
  }, 30_000);

  it('has an example that fails where nothing could be listed', async () => {
    const example = fileURLToPath(new URL('../../docs/examples/migrate.sh', import.meta.url));
    const script = spawn('bash', [example, profile, join(folder, 'not-there'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [out, [exitCode]] = await Promise.all([text(script.stdout), once(script, 'exit') as Promise<[number]>]);
    expect(out).toMatch(/"state":"FAILED".*not-there/);
    expect(exitCode).toBe(1);
  }, 30_000);

  it('ends quietly when its reader has seen enough', async () => {
    const process_ = spawn(process.execPath, [cli, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    process_.stdout.destroy();
    const [err, [exitCode]] = await Promise.all([text(process_.stderr), once(process_, 'exit') as Promise<[number]>]);
    expect([err, exitCode]).toEqual(['', 0]);
  }, 30_000);

  it('is told that a profile is taken, or flags are wrong, in a sentence and an exit code', async () => {
    const start = async (...args: string[]): Promise<{ err: string; exitCode: number }> => {
      const process_ = spawn(process.execPath, [headless, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
      const [err, [exitCode]] = await Promise.all([text(process_.stderr), once(process_, 'exit') as Promise<[number]>]);
      return { err, exitCode };
    };
    expect(await start('--profile', profile, '--port', '0')).toMatchObject({
      exitCode: 3,
      err: expect.stringContaining('already'),
    });
    for (const port of ['-1', '65536', 'abc', '']) {
      expect(await start('--profile', join(folder, 'other'), `--port=${port}`)).toMatchObject({ exitCode: 2 });
    }
    expect(await start('--token', 'x')).toMatchObject({ exitCode: 2 });
    expect(existsSync(join(folder, 'other'))).toBe(false);
  }, 30_000);
});
