/**
 * Owns one life of the house in virtual time: the real coordinator over a real database, opened, killed and stopped.
 * Must not decide what happens to it. Used by the simulation.
 */
import { join } from 'node:path';
import { type Coordinator, createCoordinator } from '../../src-main/engine/coordinator.ts';
import { createSessionSecrets } from '../../src-main/node-ports/session-secrets.ts';
import { descriptors } from '../../src-main/providers/registry.ts';
import { openSqliteStore } from '../../src-main/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../src-main/store/store.ts';
import { faultyStore, type StoreFault } from './faulty-store.ts';
import type { SeededRng } from './seeded-rng.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import { createSimulatedWorkers, type SimulatedWorkers, type WorkersWorld } from './simulated-workers.ts';

export interface SimulatedHouse {
  readonly coordinator: Coordinator;
  readonly store: Store;
  readonly workers: SimulatedWorkers;
  /** As by kill -9: nothing is stopped, nothing more is said. */
  kill(): Promise<void>;
  /** In order, as a person quits. */
  quit(): Promise<void>;
}

export interface HouseWorld extends WorkersWorld {
  readonly clock: SimulatedClock;
  readonly rng: SeededRng;
  readonly folder: string;
  readonly disk: { freeBytes: number };
  nextStoreFault(): StoreFault | null;
  afterEach(): void;
}

/** Never asked anything here: a thread lives in real time. */
const HISTORY_THREAD = 'none';

export const DATABASE = 'transship.sqlite';

export async function openSimulatedHouse(world: HouseWorld): Promise<SimulatedHouse> {
  const { clock, rng, folder, disk } = world;
  const real = openSqliteStore(join(folder, DATABASE), HISTORY_THREAD);
  let isOpening = true;
  const store = faultyStore(
    real,
    () => (isOpening ? null : world.nextStoreFault()),
    (breach) => world.record.breaches.push(breach),
  );
  const workers = createSimulatedWorkers(world);
  const coordinator = createCoordinator({
    store,
    clock,
    rng,
    telemetry: () => undefined,
    log: {
      info: () => undefined,
      warn: (message, fields) => world.trace(`log: ${message} ${JSON.stringify(fields ?? {})}`),
      error: (message, fields) => world.trace(`log: ${message} ${JSON.stringify(fields ?? {})}`),
    },
    secrets: createSessionSecrets('a simulation'),
    spawnWorker: workers.spawn,
    catalogue: descriptors(),
    defaultWorkers: 2,
    spoolFolder: folder,
    disk: { freeBytes: async () => disk.freeBytes },
    desktop: null,
    maintenance: { sweep: async () => 'swept', backup: async () => 'backed up' },
  });
  isOpening = false;
  await coordinator.start();
  return {
    coordinator,
    store,
    workers,
    async kill() {
      workers.abandon();
      clock.forgetAll();
      // What was already on its way to an end in memory gets there, and moves nothing: its letters are never read.
      await new Promise((resolve) => setImmediate(resolve));
      clock.forgetAll();
      await real.close();
    },
    async quit() {
      workers.allowEnds();
      const stopped = coordinator.stop(3_000);
      await clock.advance(6_000, () => world.afterEach());
      await stopped;
      workers.abandon();
      clock.forgetAll();
      await real.close();
    },
  };
}
