/**
 * Owns walking over the jobs of a migration page by page, so that a million of them are never in memory. Must not know
 * what is written of them. Called by the writers of this folder.
 */

import type { JobEvidence } from '../../src-shared/model/evidence.ts';
import type { JobState } from '../../src-shared/model/job-state.ts';
import type { Store } from '../store/store.ts';

export type ReadEvidence = Store['readEvidence'];

/** As text, a page is about 60 kB; the main loop must have its turn between two of them. */
const PAGE_JOBS = 200;

/** In the order of their ids; none of them is empty. */
export async function* evidencePages(
  read: ReadEvidence,
  migrationId: number,
  states: readonly JobState[],
): AsyncGenerator<readonly JobEvidence[]> {
  let afterId = 0;
  for (;;) {
    const page = await read({ migrationId, states, afterId, limit: PAGE_JOBS });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < PAGE_JOBS) return;
    afterId = last.job.id;
  }
}
