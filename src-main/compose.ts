/**
 * Owns the wiring: the only file that knows every room. Starts store → coordinator → api → workers and stops them in
 * reverse. Must not hold logic of its own. Called by the doors (main.ts, headless.ts), by tests and benches.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHouse } from './api/create-house.ts';
import { createHandlers } from './api/handlers.ts';
import type { House } from './api/house.ts';
import { createCoordinator } from './engine/coordinator.ts';
import { createUpdateStream } from './engine/updates.ts';
import type { Ports } from './ports.ts';
import { descriptors } from './providers/registry.ts';
import { openSqliteStore } from './store/sqlite/open-sqlite-store.ts';
import { lockProfile } from './store/sqlite/profile-lock.ts';
import { sweepSpool } from './worker/sweep-spool.ts';

/** Transfers wait more than they compute: two processes keep two cores busy, and one survives the other's death. */
const MIN_POOL = 2;
const MAX_POOL = 8;
/** Workers hand back what they run within this; with the kill after it a quit takes at most 5 s. */
const STOP_GRACE_MS = 3_000;

/** Opens the profile and starts the house. Rejects with FailureError when the profile cannot be owned or opened. */
export async function startHouse(ports: Ports): Promise<House> {
  const { clock, log, paths } = ports;
  const unlock = lockProfile(join(paths.profile, 'profile.lock'));
  try {
    // The lock says that nobody runs attempts on this profile: whatever lies in the spool is left over.
    const sweep = await sweepSpool(paths.spool, () => false);
    if (sweep.removed > 0 || sweep.failures.length > 0) log.info('The spool was swept.', { ...sweep });
    const store = openSqliteStore(paths.database, historyThreadPath());
    const coordinator = createCoordinator({
      store,
      clock,
      log,
      rng: ports.rng,
      secrets: ports.secrets,
      spawnWorker: ports.spawnWorker,
      catalogue: descriptors(),
      poolSize: Math.min(MAX_POOL, Math.max(MIN_POOL, availableParallelism())),
      spoolFolder: paths.spool,
    });
    const updates = createUpdateStream(coordinator, clock);
    const handlers = createHandlers(coordinator, ports);

    let stopped: Promise<void> | null = null;
    const stop = async (): Promise<void> => {
      try {
        updates.stop();
        await coordinator.stop(STOP_GRACE_MS);
        await store.close();
      } catch (error) {
        log.error('The house did not close cleanly.', { error: String(error) });
      } finally {
        unlock();
      }
    };
    const house = createHouse({ handlers, coordinator, updates, log, stop: () => (stopped ??= stop()) });
    await coordinator.start();
    return house;
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Beside this file: as source it stands in its room, as built it stands next to the bundle. */
function historyThreadPath(): string {
  const path = import.meta.url.endsWith('.ts') ? './store/sqlite/history-thread.ts' : './history-thread.js';
  return fileURLToPath(new URL(path, import.meta.url));
}
