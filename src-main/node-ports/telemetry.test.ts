/** Proves what the sinks make of the events of the house: which lines stand in the log, which figures Prometheus reads. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { NO_COUNTS } from '../../src-shared/model/job-state.ts';
import type { TelemetryEvent } from '../../src-shared/model/telemetry-event.ts';
import type { House } from '../api/house.ts';
import { mountMetrics, startMetrics } from '../headless/mount-metrics.ts';
import type { Log } from '../ports.ts';
import { logTelemetry } from './log-telemetry.ts';
import { otelTelemetry } from './otel-telemetry.ts';

const EVENTS: readonly TelemetryEvent[] = [
  { kind: 'command', name: 'queue.pause', tookMs: 3, failureCode: null },
  { kind: 'command', name: 'job.list', tookMs: 2, failureCode: null },
  { kind: 'command', name: 'job.get', tookMs: 1, failureCode: 'not-found' },
  { kind: 'job', jobId: 1, migrationId: 1, event: 'claim', from: 'pending', to: 'running' },
  { kind: 'job', jobId: 1, migrationId: 1, event: 'complete', from: 'running', to: 'completed' },
  { kind: 'attempt', jobId: 1, migrationId: 1, outcome: 'completed', tookMs: 250, sizeBytes: 4_096, failureCode: null },
  { kind: 'attempt', jobId: 2, migrationId: 1, outcome: 'failed', tookMs: 90, sizeBytes: 0, failureCode: 'network' },
  { kind: 'pool', state: 'healthy', workers: 2, busy: 1 },
  { kind: 'store', failureCode: 'disk-full' },
];

function logged(isDetailed: boolean): string[] {
  const lines: string[] = [];
  const write = (message: string, fields?: object): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const tell = logTelemetry({ info: write, warn: write, error: write } satisfies Log, isDetailed);
  for (const event of EVENTS) tell(event);
  return lines;
}

test('the log tells what somebody did and what failed, not every look; jobs only when asked', () => {
  const quiet = logged(false).join('\n');
  expect(quiet).toContain('queue.pause');
  expect(quiet).toContain('job.get');
  expect(quiet).not.toContain('job.list');
  expect(quiet).not.toContain('claim');
  expect(logged(true).join('\n')).toContain('claim');
});

test('Prometheus reads commands, arrows, attempts, bytes, workers and what waits in each queue', async () => {
  startMetrics();
  const tell = otelTelemetry();
  for (const event of EVENTS) tell(event);
  const house = {
    call: async () => ({ queues: [{ name: 'default', counts: { ...NO_COUNTS, pending: 7 } }] }),
  } as unknown as House;
  const mounted = mountMetrics(house);
  const server = createServer((request, response) => void mounted(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  const answer = await fetch(address);
  const text = await answer.text();
  const refused = await fetch(address, { method: 'POST' });
  server.close();
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(refused.status).toBe(405);
  for (const line of [
    /transship_job_events_total\{[^}]*event="complete"[^}]*\} 1/,
    /transship_command_duration_count\{[^}]*command="queue.pause"[^}]*outcome="ok"[^}]*\} 1/,
    /transship_command_duration_count\{[^}]*outcome="not-found"[^}]*\} 1/,
    /transship_attempt_duration_count\{[^}]*outcome="network"[^}]*\} 1/,
    /transship_transferred_total(\{[^}]*\})? 4096/,
    /transship_workers(\{[^}]*\})? 2/,
    /transship_store_troubles_total\{[^}]*code="disk-full"[^}]*\} 1/,
    /transship_queue_jobs\{[^}]*queue="default"[^}]*state="pending"[^}]*\} 7/,
  ]) {
    expect(text).toMatch(line);
  }
});
