/** Proves that a house that fails while it starts leaves nothing running and nothing open, however late it fails. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { startHouse } from './compose.ts';
import { forkWorker } from './node-ports/fork-worker.ts';
import { nodeClock } from './node-ports/node-clock.ts';
import { nodeDisk } from './node-ports/node-disk.ts';
import { nodeRng } from './node-ports/node-rng.ts';
import { openProfile } from './node-ports/profile-paths.ts';
import { createSessionSecrets } from './node-ports/session-secrets.ts';
import type { Ports, WorkerProcess } from './ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'transship-compose-'));
const errors: string[] = [];
const log = { info: () => undefined, warn: () => undefined, error: (message: string) => void errors.push(message) };
const fork = forkWorker(fileURLToPath(new URL('./worker/worker-entry.ts', import.meta.url)), log);
const workers: Promise<void>[] = [];

function ports(changed: Partial<Ports> = {}): Ports {
  return {
    clock: nodeClock,
    rng: nodeRng,
    log,
    telemetry: () => undefined,
    paths: openProfile(join(folder, 'profile')),
    secrets: createSessionSecrets('this is a test'),
    async spawnWorker() {
      const worker: WorkerProcess = await fork();
      workers.push(new Promise((resolve) => worker.onExit(() => resolve())));
      return worker;
    },
    disk: nodeDisk,
    desktop: null,
    door: 'headless',
    version: '0.0.0-test',
    ...changed,
  };
}

/** Throws when the first worker is up: as late as it gets. */
function failingTelemetry(): Ports['telemetry'] {
  let isFirst = true;
  return ({ kind }) => {
    if (kind !== 'pool' || !isFirst) return;
    isFirst = false;
    throw new Error('nobody listens');
  };
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a start that fails when the first worker is up', async () => {
  const { database, profile } = ports().paths;
  await expect(startHouse(ports({ telemetry: failingTelemetry() }))).rejects.toThrow('nobody listens');
  expect(workers.length).toBeGreaterThan(0);
  await Promise.all(workers);
  expect(errors).toEqual([]);
  // SQLite removes it with the last connection.
  expect(existsSync(`${database}-wal`)).toBe(false);
  expect(existsSync(join(profile, 'closed-cleanly'))).toBe(true);
  const house = await startHouse(ports());
  await house.stop();
  expect(errors).toEqual([]);
});
