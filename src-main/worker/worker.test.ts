/** Proves the conversation with the supervisor, without a process: what is answered, when, and in how many messages. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AttemptOrder, AttemptReport, FromWorker, ToWorker } from '../../src-shared/contract/worker-messages.ts';
import { contentChange, KEEP_CONTENT } from '../../src-shared/model/content-rules.ts';
import { fail } from '../../src-shared/model/failure.ts';
import type { Provider } from '../providers/provider.ts';
import { KEY, memoryProvider, put, type Stage, setStage } from './staged-attempt.ts';
import { createWorker, type Worker } from './worker.ts';

let stage: Stage;
let sent: FromWorker[];
let worker: Worker;
let overrides: Partial<Provider>;
let made: string[];
let refuseToMake: boolean;
let onShutdown: ReturnType<typeof vi.fn<() => void>>;

beforeEach(() => {
  stage = setStage();
  sent = [];
  overrides = {};
  made = [];
  refuseToMake = false;
  onShutdown = vi.fn<() => void>();
  worker = createWorker({
    send: (message) => sent.push(message),
    warn: (line) => stage.warnings.push(line),
    createProviderFor: async (kind) => {
      made.push(kind);
      if (refuseToMake) fail('invalid-input', 'the options are bad');
      return memoryProvider(overrides);
    },
    onShutdown,
    patience: { answerMs: 5_000, stallMs: 5_000, slowMs: 5_000, copyMs: 5_000, graceMs: 100, writePauseMs: 5 },
  });
});
afterEach(async () => {
  await worker.stop();
  stage.tearDown();
});

const tell = (message: ToWorker) => worker.receive(message);
const NEVER = new Promise<never>(() => {});

function configure(heartbeatMs = 60_000): void {
  tell({ type: 'configure', spoolFolder: stage.spoolFolder, memorySpoolBytes: 1_000_000, heartbeatMs });
  for (const accountKey of ['a', 'b']) {
    tell({ type: 'account', account: { accountKey, provider: 'memory', options: {}, secrets: {} } });
  }
}

function orderOf(token: string, changes: Partial<AttemptOrder> = {}): AttemptOrder {
  return { ...stage.order, token, ...changes };
}

function reports(): Map<string, AttemptReport> {
  const items = sent.flatMap((message) => (message.type === 'outcomes' ? message.items : []));
  return new Map(items.map(({ token, report }) => [token, report]));
}

test('attempts that end in one turn are told in one message, each exactly once', async () => {
  configure();
  for (let index = 0; index < 200; index++) put(stage.source, randomBytes(100), { key: `k${index}` });
  const orders = Array.from({ length: 200 }, (_, index) => {
    const key = `k${index}`;
    const { source, destination } = stage.order;
    return orderOf(`1.${index}`, { source: { ...source, key }, destination: { ...destination, key } });
  });
  tell({ type: 'attempts', orders });
  await vi.waitFor(() => expect(reports().size).toBe(200), 15_000);
  const messages = sent.filter((message) => message.type === 'outcomes');
  expect(messages.flatMap((message) => message.items)).toHaveLength(200);
  expect(messages.length).toBeLessThan(50);
  expect([...reports().values()].every((report) => report.kind === 'completed')).toBe(true);
  expect(made).toHaveLength(2);
});

test('progress comes at most four times a second, with bytes and rate, and stops with the attempt', async () => {
  configure();
  put(stage.source, Buffer.alloc(0), { sizeBytes: 400 });
  const inner = await memoryProvider();
  overrides.open = async (...args) => ({
    ...(await inner.open(...args)),
    body: (async function* () {
      for (let count = 0; count < 40; count++) {
        await new Promise((resolve) => setTimeout(resolve, 25));
        yield Buffer.alloc(10);
      }
    })(),
  });
  const startedAtMs = performance.now();
  tell({ type: 'attempts', orders: [orderOf('1.1')] });
  await vi.waitFor(() => expect(reports().size).toBe(1), 15_000);
  const quarters = (performance.now() - startedAtMs) / 250;
  const items = sent.flatMap((message) => (message.type === 'progress' ? message.items : []));
  expect(items.length).toBeGreaterThanOrEqual(2);
  expect(items.length).toBeLessThanOrEqual(Math.ceil(quarters));
  expect(items.at(-1)).toMatchObject({ token: '1.1', jobId: 12, step: 'spool', totalBytes: 400 });
  const before = sent.length;
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(sent.slice(before)).toEqual([]);
});

test('an abort ends one attempt and no other; for one that ended it means nothing', async () => {
  configure();
  put(stage.source, Buffer.from('x'));
  overrides.open = () => NEVER;
  tell({ type: 'attempts', orders: [orderOf('1.1'), orderOf('1.2')] });
  await vi.waitFor(() => expect(sent.some((message) => message.type === 'progress')).toBe(true), 15_000);
  tell({ type: 'abort', token: '1.1', reason: 'cancel' });
  tell({ type: 'abort', token: '9.9', reason: 'cancel' });
  await vi.waitFor(() => expect(reports().size).toBe(1), 15_000);
  expect(reports().get('1.1')).toEqual({ kind: 'aborted', reason: 'cancel' });
});

test('an attempt whose account was never sent fails', async () => {
  configure();
  tell({ type: 'attempts', orders: [orderOf('1.1', { source: { accountKey: 'x', container: 'c', key: KEY } })] });
  await vi.waitFor(() => expect(reports().size).toBe(1), 15_000);
  expect(reports().get('1.1')).toMatchObject({ kind: 'failed', failure: { code: 'unexpected' }, step: 'resolve' });
});

test('a provider that could not be made fails the attempt with its reason, and is tried anew by the next', async () => {
  configure();
  put(stage.source, Buffer.from('x'));
  refuseToMake = true;
  tell({ type: 'attempts', orders: [orderOf('1.1')] });
  await vi.waitFor(() => expect(reports().size).toBe(1), 15_000);
  expect(reports().get('1.1')).toMatchObject({ kind: 'failed', failure: { code: 'invalid-input' } });
  refuseToMake = false;
  tell({ type: 'attempts', orders: [orderOf('1.2')] });
  await vi.waitFor(() => expect(reports().get('1.2')).toMatchObject({ kind: 'completed' }), 15_000);
});

test('lists a page, checks an account, and says why it could not', async () => {
  configure();
  put(stage.source, Buffer.from('x'));
  const { container } = stage.order.source;
  const list = { type: 'list', container, prefix: '', position: null, limit: 10 } as const;
  const account = { accountKey: 'draft', provider: 'memory', options: {}, secrets: {} };
  tell({ ...list, requestId: 1, accountKey: 'a' });
  tell({ ...list, requestId: 2, accountKey: 'a', container: 'nowhere' });
  tell({ type: 'check', requestId: 3, account, container, prefix: '', role: 'source' });
  await vi.waitFor(() => expect(sent).toHaveLength(3), 15_000);
  expect(sent).toContainEqual({
    type: 'page',
    requestId: 1,
    assets: [expect.objectContaining({ key: KEY, sizeBytes: 1 })],
    position: null,
  });
  expect(sent).toContainEqual(expect.objectContaining({ type: 'request-failed', requestId: 2 }));
  expect(sent).toContainEqual(expect.objectContaining({ type: 'checked', requestId: 3 }));
});

test('a check closes the provider that it made, and stops with the worker', async () => {
  configure();
  const close = vi.fn(async () => {});
  overrides = { close, check: () => NEVER };
  const account = { accountKey: 'draft', provider: 'memory', options: {}, secrets: {} };
  tell({ type: 'check', requestId: 3, account, container: 'c', prefix: '', role: 'source' });
  await vi.waitFor(() => expect(made).toHaveLength(1), 15_000);
  await worker.stop();
  await vi.waitFor(() => expect(close).toHaveBeenCalledOnce(), 15_000);
  expect(sent).toMatchObject([{ type: 'request-failed', requestId: 3, failure: { code: 'worker-lost' } }]);
});

test('another account under the same key gets another provider, and the old one is closed', async () => {
  configure();
  put(stage.source, Buffer.from('x'));
  const close = vi.fn(async () => {});
  overrides = { close };
  const run = async (token: string) => {
    tell({ type: 'attempts', orders: [orderOf(token)] });
    await vi.waitFor(() => expect(reports().has(token)).toBe(true), 15_000);
  };
  await run('1.1');
  configure();
  await run('1.2');
  expect([made.length, close.mock.calls.length]).toEqual([2, 0]);
  tell({ type: 'account', account: { accountKey: 'a', provider: 'memory', options: {}, secrets: { key: 'new' } } });
  await run('1.3');
  expect([made.length, close.mock.calls.length]).toEqual([3, 1]);
});

test('beats as often as it was told to', async () => {
  configure(20);
  await vi.waitFor(() => expect(sent.filter(({ type }) => type === 'heartbeat').length).toBeGreaterThan(3), 15_000);
});

test('to stop is to give everything back, and to say so before it resolves', async () => {
  configure();
  put(stage.source, Buffer.from('x'));
  overrides.open = () => NEVER;
  tell({ type: 'attempts', orders: [orderOf('1.1'), orderOf('1.2')] });
  tell({ type: 'shutdown' });
  expect(onShutdown).toHaveBeenCalledOnce();
  const stopped = worker.stop();
  tell({ type: 'attempts', orders: [orderOf('1.3')] });
  await stopped;
  expect([...reports().keys()].sort()).toEqual(['1.1', '1.2', '1.3']);
  for (const report of reports().values()) expect(report).toEqual({ kind: 'aborted', reason: 'shutdown' });
});

test.each([
  ['no message at all', 'hello'],
  ['an unknown type', { type: 'dance' }],
  ['a type that every object has', { type: 'toString' }],
  ['an order without policies', { type: 'attempts', orders: [{ jobId: 1, token: '1.1' }] }],
  ['a token that could leave the spool folder', { type: 'attempts', orders: [{ ...anOrder(), token: '../x' }] }],
  ['an unknown policy', { type: 'attempts', orders: [{ ...anOrder(), policies: { overwrite: 'maybe' } }] }],
  ['an unknown reason', { type: 'abort', token: '1.1', reason: 'boredom' }],
])('refuses %s', (_, message) => {
  configure();
  expect(() => worker.receive(message)).toThrow('the main process sent a message');
});

function anOrder(): AttemptOrder {
  const end = { accountKey: 'a', container: 'c', key: 'k' };
  return {
    jobId: 1,
    token: '1.1',
    source: end,
    destination: end,
    sizeBytes: null,
    versionToken: null,
    unfinishedUpload: null,
    isApart: false,
    spoolRoomBytes: null,
    queue: 'default',
    policies: { overwrite: 'never', minimumProof: 'size-only', afterCopy: 'keep' },
    content: contentChange('', KEEP_CONTENT),
  };
}

test('refuses an attempt that runs already, and one before it was configured', () => {
  put(stage.source, Buffer.from('x'));
  expect(() => tell({ type: 'attempts', orders: [orderOf('1.1')] })).toThrow('before the configuration');
  configure();
  expect(() => tell({ type: 'attempts', orders: [orderOf('1.1'), orderOf('1.1')] })).toThrow('runs already');
});
