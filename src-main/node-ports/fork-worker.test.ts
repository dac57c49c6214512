/** Proves the port over real child processes: messages, the end told once, output in the log, a poor environment. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import type { WorkerProcess } from '../ports.ts';
import { forkWorker } from './fork-worker.ts';
import { workerEnvironment } from './worker-environment.ts';
import { createWorkerInbox } from './worker-inbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'transship-fork-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };

async function start(source: string): Promise<WorkerProcess> {
  const entry = join(folder, `${crypto.randomUUID()}.mts`);
  writeFileSync(entry, source);
  const worker = await forkWorker(entry, log)();
  onTestFinished(() => worker.kill('SIGKILL'));
  return worker;
}

test('carries messages both ways', async () => {
  const worker = await start(`
    process.on('message', (message) => process.send({ type: 'heartbeat', echo: message }));
    process.send({ type: 'ready' });
  `);
  const heard: unknown[] = [];
  worker.onMessage((message) => {
    heard.push(message);
    if (message.type === 'ready') worker.send({ type: 'shutdown' });
  });
  await vi.waitFor(
    () => expect(heard).toEqual([{ type: 'ready' }, { type: 'heartbeat', echo: { type: 'shutdown' } }]),
    15_000,
  );
});

test('keeps what came before anybody listened', () => {
  const inbox = createWorkerInbox();
  const heard: unknown[] = [];
  inbox.deliver({ type: 'ready' });
  inbox.onMessage((message) => heard.push(message));
  inbox.deliver({ type: 'heartbeat' });
  expect(heard).toEqual([{ type: 'ready' }, { type: 'heartbeat' }]);
});

test('tells how it ended, once, to early and late listeners', async () => {
  const worker = await start('setInterval(() => {}, 1000)');
  const ends: unknown[] = [];
  worker.onExit((how) => ends.push(how));
  worker.kill('SIGKILL');
  await vi.waitFor(() => expect(ends).toEqual([{ code: null, signal: 'SIGKILL' }]), 15_000);
  worker.onExit((how) => ends.push(how));
  expect(ends).toHaveLength(2);
  worker.send({ type: 'shutdown' });
});

test('what it prints is in the log', async () => {
  const worker = await start(`console.error('out of luck'); process.exit(3)`);
  const exit = await new Promise((resolve) => worker.onExit(resolve));
  expect(exit).toEqual({ code: 3, signal: null });
  await vi.waitFor(
    () => expect(log.warn).toHaveBeenCalledWith('worker', { pid: worker.pid, line: 'out of luck' }),
    15_000,
  );
});

test('does not inherit the secrets of our environment', async () => {
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'canary');
  vi.stubEnv('TZ', 'Europe/Paris');
  const worker = await start(`process.send({ type: 'heartbeat', env: process.env })`);
  vi.unstubAllEnvs();
  const message = await new Promise((resolve) => worker.onMessage(resolve));
  expect(message).toMatchObject({ env: { TZ: 'Europe/Paris' } });
  expect(JSON.stringify(message)).not.toContain('canary');
});

test.each([
  [{}, undefined],
  [{ TRANSSHIP_PASS_AWS_KEYS: 'true' }, 'canary'],
])('keys of the environment go along only when that was said: %j', (said, expected) => {
  const passed = workerEnvironment({ AWS_SECRET_ACCESS_KEY: 'canary', AWS_PROFILE: 'x', ...said });
  expect(passed.AWS_SECRET_ACCESS_KEY).toBe(expected);
});
