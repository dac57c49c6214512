/**
 * Proves the port over the stand-in's utility processes, which are real child processes: messages, the end told once,
 * SIGKILL for what ignores SIGTERM, output in the log. Electron's own utilityProcess is proven by e2e where it exists.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import type { WorkerProcess } from '../ports.ts';
import { utilityWorker } from './utility-worker.ts';

vi.mock('electron', () => import('../../e2e/electron-standin/utility-process.ts'));

const folder = mkdtempSync(join(tmpdir(), 'transship-utility-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };

async function start(source: string): Promise<WorkerProcess> {
  const entry = join(folder, `${crypto.randomUUID()}.mjs`);
  writeFileSync(entry, source);
  const worker = await utilityWorker(entry, log)();
  onTestFinished(() => worker.kill('SIGKILL'));
  return worker;
}

test('carries messages both ways', async () => {
  const worker = await start(`
    process.parentPort.on('message', ({ data }) => process.parentPort.postMessage({ type: 'heartbeat', echo: data }));
    process.parentPort.postMessage({ type: 'ready' });
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

test('SIGTERM asks, SIGKILL ends, and the end is told once', async () => {
  const worker = await start(`
    process.on('SIGTERM', () => process.parentPort.postMessage({ type: 'heartbeat' }));
    setInterval(() => {}, 1000);
    process.parentPort.postMessage({ type: 'ready' });
  `);
  const heard: string[] = [];
  worker.onMessage((message) => heard.push(message.type));
  worker.onExit(() => heard.push('exit'));
  await vi.waitFor(() => expect(heard).toEqual(['ready']), 15_000);
  worker.kill('SIGTERM');
  await vi.waitFor(() => expect(heard).toEqual(['ready', 'heartbeat']), 15_000);
  worker.kill('SIGKILL');
  await vi.waitFor(() => expect(heard).toEqual(['ready', 'heartbeat', 'exit']), 15_000);
  worker.kill('SIGKILL');
  worker.send({ type: 'shutdown' });
});

test('what it prints is in the log, and it does not inherit our secrets', async () => {
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'canary');
  const worker = await start('console.error(Object.keys(process.env).sort().join()); process.exit(3)');
  vi.unstubAllEnvs();
  expect(await new Promise((resolve) => worker.onExit(resolve))).toEqual({ code: 3, signal: null });
  await vi.waitFor(
    () => expect(log.warn).toHaveBeenCalledWith('worker', { pid: worker.pid, line: expect.any(String) }),
    15_000,
  );
  expect(JSON.stringify(log.warn.mock.calls)).not.toContain('AWS_SECRET_ACCESS_KEY');
});
