/**
 * Owns the cleaning up of old finished jobs, slice by slice, so that it never holds the loop. Failed jobs stay. Must not
 * run by itself: a schedule runs it.
 */
import type { Clock } from '../../ports.ts';
import type { Store } from '../../store/store.ts';
import type { Mailbox } from '../mailbox.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Runs of schedules and ended bulks go also where jobs are kept for ever: a health check a minute adds up. */
const RECORD_DAYS = 90;
/** About 8 ms of statements. */
const SLICE_JOBS = 300;

/** Says what it did. */
export async function pruneJobs(store: Store, clock: Clock, mailbox: Mailbox): Promise<string> {
  const { retentionDays } = store.settings();
  const recordsBeforeMs = clock.wallMs() - (retentionDays ?? RECORD_DAYS) * DAY_MS;
  await mailbox.post(() => store.pruneRecords(recordsBeforeMs));
  if (retentionDays === null) return 'Finished jobs are kept for ever.';
  const endedBeforeMs = clock.wallMs() - retentionDays * DAY_MS;
  let pruned = 0;
  for (const id of await store.prunableMigrations(endedBeforeMs)) {
    let count: number;
    do {
      count = await mailbox.post(() => store.pruneJobs(id, endedBeforeMs, SLICE_JOBS));
      pruned += count;
    } while (count === SLICE_JOBS);
  }
  return `${pruned} jobs that ended more than ${retentionDays} days ago were removed.`;
}
