/** Owns a plausible job row for tests; every field can be set. Must only be imported by tests. */
import type { JobRow } from '../../../src-shared/model/job.ts';

export function jobRow(fields: Partial<JobRow>): JobRow {
  return {
    id: 1,
    migrationId: 1,
    queue: 'default',
    state: 'pending',
    sourceKey: 'img/a.jpg',
    destinationKey: 'img/a.jpg',
    sizeBytes: 1_000,
    attempts: 0,
    failure: null,
    failedStep: null,
    proof: null,
    skipReason: null,
    sourceRemoval: null,
    notBeforeMs: null,
    createdAtMs: 1_000,
    updatedAtMs: 1_000,
    startedAtMs: null,
    finishedAtMs: null,
    ...fields,
  };
}
