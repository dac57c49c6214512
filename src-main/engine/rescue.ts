/**
 * Owns what happens to jobs that an earlier run of the app left running: back to pending with their attempt in the
 * history, before the first dispatch. Must not run later than that. Called by the coordinator as it is made.
 */
import type { Clock, Log } from '../ports.ts';
import type { Store } from '../store/store.ts';
import { decideSettlement } from './settle-attempt.ts';
import { giveUpHandOver } from './verbs/hand-over.ts';

/** Returns this run's epoch. The profile's lock says that nobody else runs those jobs. */
export function rescue(store: Store, clock: Clock, log: Log): number {
  const nowMs = clock.wallMs();
  store.begin(nowMs);
  try {
    const orphans = store.orphans();
    for (const job of orphans) {
      // The app's end is not the job's fault: it is not blamed.
      const settlement = decideSettlement(
        { kind: 'worker-lost', detail: 'The app ended while this attempt ran.', isBlamed: false },
        { strikes: 0, workerLosses: 0, troubledSinceMs: null },
        { nowMs, fraction: 0, workerPid: null },
      );
      store.settle(job, settlement);
    }
    for (const { id } of store.openMigrations()) giveUpHandOver(store, id);
    const epoch = store.nextEpoch();
    store.commit();
    if (orphans.length > 0) log.info('Jobs of an earlier run go on.', { jobs: orphans.length });
    return epoch;
  } catch (error) {
    store.rollback();
    throw error;
  }
}
