/** Proves the worker as a real process: it works, it answers, and it ends in every way that it can end. */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AttemptOrder, AttemptReport, FromWorker, ToWorker } from '../../src-shared/contract/worker-messages.ts';
import { contentChange, KEEP_CONTENT } from '../../src-shared/model/content-rules.ts';
import { sweepSpool } from './sweep-spool.ts';

const ENTRY = fileURLToPath(new URL('./worker-entry.ts', import.meta.url));
/** 4 GB that are made up while they are read: a transfer that is surely still running when it is interrupted. */
const ENDLESS = { container: 'synthetic:1:4000000000', key: 'assets/000000000.bin' };

// The same process with Electron's port in the place of Node's channel: what the real binary adds is not proven here.
const PORT = `
  const send = process.send.bind(process);
  process.parentPort = {
    on: (event, listener) => process.on('message', (data) => listener({ data })),
    // A port whose other end is gone takes messages and drops them.
    postMessage: (message) => send(message, () => {}),
  };
  process.send = undefined;
`;

let folder: string;
let spoolFolder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'transship-worker-'));
  spoolFolder = join(folder, 'spool');
  for (const name of ['spool', 'from', 'to']) mkdirSync(join(folder, name));
  children = [];
});
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

/** A spool that a later attempt goes on with. */
const KEPT = [expect.stringMatching(/^job-1-1\.1_[0-9a-f]{32}\.spool$/)];

/** Flags of Node that run `prelude` before the worker. */
const preloading = (prelude: string) => ['--import', `data:text/javascript,${encodeURIComponent(prelude)}`];

interface Running {
  readonly child: ChildProcess;
  readonly heard: FromWorker[];
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  stderr: string;
  tell(message: unknown): void;
  reports(): ReadonlyMap<string, AttemptReport>;
}

function start(prelude?: string): Running {
  const execArgv = prelude === undefined ? [] : preloading(prelude);
  const stdio: ('ignore' | 'pipe' | 'ipc')[] = ['ignore', 'ignore', 'pipe', 'ipc'];
  const child = fork(ENTRY, [], { execArgv, serialization: 'advanced', stdio });
  children.push(child);
  const heard: FromWorker[] = [];
  child.on('message', (message: FromWorker) => {
    heard.push(message);
    // As the main process does when the mark is durable.
    if (message.type === 'upload-begun') child.send({ type: 'upload-noted', token: message.token } satisfies ToWorker);
  });
  const running: Running = {
    child,
    heard,
    exit: new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal }))),
    stderr: '',
    tell: (message) => void child.send(message as ToWorker),
    reports() {
      const items = heard.flatMap((message) => (message.type === 'outcomes' ? message.items : []));
      return new Map(items.map(({ token, report }) => [token, report]));
    },
  };
  child.stderr?.on('data', (chunk) => {
    running.stderr += String(chunk);
  });
  running.tell({ type: 'configure', spoolFolder, memorySpoolBytes: 8 * 1024 * 1024, heartbeatMs: 100 });
  for (const provider of ['local', 'memory']) {
    running.tell({ type: 'account', account: { accountKey: provider, provider, options: {}, secrets: {} } });
  }
  return running;
}

function order(token: string, key: string, source?: { container: string; key: string }): AttemptOrder {
  return {
    jobId: 1,
    token,
    source: source
      ? { accountKey: 'memory', ...source }
      : { accountKey: 'local', container: join(folder, 'from'), key },
    destination: { accountKey: 'local', container: join(folder, 'to'), key },
    sizeBytes: null,
    versionToken: null,
    unfinishedUpload: null,
    isApart: false,
    spoolRoomBytes: null,
    queue: 'default',
    policies: { overwrite: 'if-different', minimumProof: 're-read', afterCopy: 'keep' },
    content: contentChange('', KEEP_CONTENT),
  };
}

/** Starts an endless transfer and waits until its bytes flow. */
async function startEndless(prelude?: string): Promise<Running> {
  const worker = start(prelude);
  worker.tell({ type: 'attempts', orders: [order('1.1', 'endless', ENDLESS)] });
  await vi.waitFor(() => {
    const items = worker.heard.flatMap((message) => (message.type === 'progress' ? message.items : []));
    expect(items.some(({ spooledBytes }) => spooledBytes > 0)).toBe(true);
  }, 15_000);
  return worker;
}

describe('work', () => {
  test('ready, heartbeats, a page, and assets moved, small, empty and large', async () => {
    const sizes = { 'a b/ü+%2F.txt': 16_384, empty: 0, large: 9 * 1024 * 1024 };
    for (const [key, sizeBytes] of Object.entries(sizes)) {
      mkdirSync(join(folder, 'from/a b'), { recursive: true });
      writeFileSync(join(folder, 'from', key), randomBytes(sizeBytes));
    }
    const worker = start();
    worker.tell({ type: 'attempts', orders: Object.keys(sizes).map((key, index) => order(`1.${index}`, key)) });
    const list = { type: 'list', accountKey: 'local', container: join(folder, 'from') };
    worker.tell({ ...list, requestId: 7, prefix: '', position: null, limit: 100 });
    await vi.waitFor(() => expect(worker.reports().size).toBe(3), 15_000);
    for (const [key, sizeBytes] of Object.entries(sizes)) {
      expect(readFileSync(join(folder, 'to', key)).equals(readFileSync(join(folder, 'from', key)))).toBe(true);
      expect([...worker.reports().values()]).toContainEqual(
        expect.objectContaining({
          kind: 'completed',
          result: expect.objectContaining({ sizeBytes, proof: 're-read' }),
        }),
      );
    }
    expect(worker.heard[0]).toEqual({ type: 'ready' });
    await vi.waitFor(() => expect(worker.heard).toContainEqual({ type: 'heartbeat' }), 15_000);
    await vi.waitFor(() => {
      const page = worker.heard.find((message) => message.type === 'page');
      expect(page?.assets.map(({ key }) => key).sort()).toEqual(Object.keys(sizes).sort());
    }, 15_000);
    expect(readdirSync(spoolFolder)).toEqual([]);
    expect(worker.stderr).toBe('');
  });

  test('an abort ends a running transfer within a second and leaves nothing', async () => {
    const worker = await startEndless();
    expect(readdirSync(spoolFolder)).toEqual(KEPT);
    const startedAtMs = performance.now();
    worker.tell({ type: 'abort', token: '1.1', reason: 'cancel' });
    await vi.waitFor(() => expect(worker.reports().get('1.1')).toEqual({ kind: 'aborted', reason: 'cancel' }), 15_000);
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
    expect(readdirSync(spoolFolder)).toEqual([]);
    expect(readdirSync(join(folder, 'to'))).toEqual([]);
  });
});

describe('the end', () => {
  test.each(['message', 'SIGTERM'] as const)(
    'asked for by %s: everything is given back, then exit 0, and the spool waits',
    async (how) => {
      const worker = await startEndless();
      if (how === 'message') worker.tell({ type: 'shutdown' });
      else worker.child.kill('SIGTERM');
      expect(await worker.exit).toEqual({ code: 0, signal: null });
      expect(worker.reports().get('1.1')).toEqual({ kind: 'aborted', reason: 'shutdown' });
      expect(readdirSync(spoolFolder)).toEqual(KEPT);
    },
  );

  test('Ctrl-C is the business of the main process', async () => {
    const worker = start();
    await vi.waitFor(() => expect(worker.heard).toContainEqual({ type: 'heartbeat' }), 15_000);
    worker.child.kill('SIGINT');
    const beats = worker.heard.length;
    await vi.waitFor(() => expect(worker.heard.length).toBeGreaterThan(beats + 2), 15_000);
    expect(worker.child.exitCode).toBeNull();
  });

  test('what it does not understand ends it, with one line that says why', async () => {
    const worker = start();
    worker.tell({ type: 'dance' });
    expect(await worker.exit).toEqual({ code: 70, signal: null });
    expect(worker.stderr).toMatch(/^worker crashed: .*unknown type: dance.*\n$/);
  });

  test('an unhandled rejection ends it', async () => {
    const worker = start(`setTimeout(() => Promise.reject(new Error('lost')), 300)`);
    expect(await worker.exit).toEqual({ code: 70, signal: null });
    expect(worker.stderr).toMatch(/^worker crashed: .*lost.*\n$/);
  });

  test('SIGKILL leaves a spool file, which the sweep removes, and the unfinished asset that was noted', async () => {
    const worker = await startEndless();
    worker.child.kill('SIGKILL');
    await worker.exit;
    expect(readdirSync(spoolFolder)).toEqual(KEPT);
    const marks = worker.heard.flatMap((message) => (message.type === 'upload-begun' ? [message.mark] : []));
    expect(marks).toEqual(expect.arrayContaining(readdirSync(join(folder, 'to'))));
    expect(await sweepSpool(spoolFolder, () => false)).toMatchObject({ removed: 1, failures: [] });
    expect(readdirSync(spoolFolder)).toEqual([]);
  });

  /** A main process that starts a worker with an endless transfer, tells its pid, and does nothing more. */
  const MAIN = `
    import { fork } from 'node:child_process';
    const [entry, spoolFolder, order, ...execArgv] = process.argv.slice(2);
    const worker = fork(entry, [], { execArgv, serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    worker.send({ type: 'configure', spoolFolder, memorySpoolBytes: 1000, heartbeatMs: 100 });
    for (const provider of ['local', 'memory'])
      worker.send({ type: 'account', account: { accountKey: provider, provider, options: {}, secrets: {} } });
    worker.send({ type: 'attempts', orders: [JSON.parse(order)] });
    worker.on('message', ({ type }) => type === 'progress' && process.send({ pid: worker.pid }));
  `;

  test.each([
    ['of a fork, which hears it', []],
    ['of a utility process, which has to look', preloading(PORT)],
  ])('an orphan %s leaves within 2 s of its parent, and the spool waits', async (_, execArgv) => {
    const script = join(folder, 'main.mjs');
    writeFileSync(script, MAIN);
    const endless = JSON.stringify(order('1.1', 'endless', ENDLESS));
    const main = fork(script, [ENTRY, spoolFolder, endless, ...execArgv], { execArgv: [] });
    children.push(main);
    const pid = await new Promise<number>((resolve) =>
      main.once('message', ({ pid }: { pid: number }) => resolve(pid)),
    );
    expect(isAlive(pid)).toBe(true);
    onTestFinished(() => void (isAlive(pid) && process.kill(pid, 'SIGKILL')));
    const killedAtMs = performance.now();
    main.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5_000, interval: 20 });
    expect(performance.now() - killedAtMs).toBeLessThan(2_000);
    expect(readdirSync(spoolFolder)).toEqual(KEPT);
  });
});

/** A zombie whose new parent does not reap it has exited all the same. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('under a utility process of Electron', () => {
  test('speaks through the port, and ends when asked', async () => {
    const worker = await startEndless(PORT);
    worker.tell({ type: 'shutdown' });
    expect(await worker.exit).toEqual({ code: 0, signal: null });
    expect(worker.reports().get('1.1')).toEqual({ kind: 'aborted', reason: 'shutdown' });
  });
});

test('run by hand, it says that it is not', async () => {
  const worker = start('process.send = undefined;');
  expect(await worker.exit).toEqual({ code: 70, signal: null });
  expect(worker.stderr).toContain('can not be run by hand');
});
