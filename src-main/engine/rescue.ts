/**
 * Owns what happens to jobs that an earlier run of the app left running: back to pending with their attempt in the
 * history, before the first dispatch. Must not run later than that. Called by the coordinator as it is made.
 */
import type { Clock, Log, Rng } from '../ports.ts';
import type { Store } from '../store/store.ts';
import { decideSettlement } from './settle-attempt.ts';
import { giveUpHandOver } from './verbs/hand-over.ts';

/** So many values of chance tell runs apart whose epochs are the same: 36 to the power of 10, below 2 to the power of 53. */
const CHANCE_CHARACTERS = 10;

/**
 * Returns the name of this run, which begins every lease token. The profile's lock says that nobody else runs those jobs.
 * The epoch keeps the runs of one profile apart; chance those of different profiles, of copies of one, and of one that was
 * restored from a backup: their temporary names may meet in one folder of a destination.
 */
export function rescue(store: Store, clock: Clock, rng: Rng, log: Log): string {
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
    const chance = Math.floor(rng.fraction() * 36 ** CHANCE_CHARACTERS).toString(36);
    store.commit();
    if (orphans.length > 0) log.info('Jobs of an earlier run go on.', { jobs: orphans.length });
    return `${epoch}-${chance.padStart(CHANCE_CHARACTERS, '0')}`;
  } catch (error) {
    store.rollback();
    throw error;
  }
}
