/** Proves what a report says of a job, that its formats agree, and what is said when it cannot be whole. */
import { describe, expect, it } from 'vitest';
import type { JobEvidence, ReportFormat } from '../../src-shared/model/evidence.ts';
import { failure } from '../../src-shared/model/failure.ts';
import { JOB_STATES } from '../../src-shared/model/job-state.ts';
import { readCsv, unguarded } from '../../src-shared/report/csv.ts';
import { collect, evidenceOf, storedMigration } from './evidence-under-test.ts';
import { openEvidence, previewEvidence } from './open-evidence.ts';

const moved: JobEvidence = {
  job: { ...evidenceOf(11, '=a,"b"\n.jpg', 'archive/x').job, attempts: 2, createdAtMs: 1_000, startedAtMs: 2_000 },
  result: {
    sizeBytes: 12,
    digests: { md5: 'aa', sha256: 'bb' },
    proof: 'checksum',
    headers: { contentType: 'image/jpeg', cacheControl: 'max-age=60' },
    sourceVersion: '"v1"',
    destinationVersion: '"v2"',
    spool: 'memory',
    stepMs: {},
  },
  stated: { sizeBytes: 12, sha256: 'bb' },
};
const broken: JobEvidence = {
  job: {
    ...evidenceOf(12, 'gone', 'archive/gone').job,
    state: 'failed',
    proof: null,
    failure: failure('not-found', 'It is gone.', { hint: 'Look.' }),
    failedStep: 'open',
  },
  result: null,
  stated: {},
};

const report = (format: ReportFormat, jobs: readonly JobEvidence[] = [moved, broken]) =>
  openEvidence(storedMigration({}), { kind: 'report', migrationId: 3, format, choice: 'all' }, async () => jobs);

describe('a report', () => {
  it('tells everything that is known of each job, as CSV', async () => {
    const [header, ...rows] = [...readCsv(await collect(report('csv').chunks()))].map(({ cells }) =>
      cells.map(unguarded),
    );
    const [first, second] = rows.map((cells) =>
      Object.fromEntries(cells.map((cell, index) => [header?.[index], cell])),
    );
    expect(first).toMatchObject({
      migration: '3',
      job: '11',
      state: 'completed',
      source_key: '=a,"b"\n.jpg',
      destination_key: 'archive/x',
      stated_bytes: '12',
      stated_md5: '',
      stated_sha256: 'bb',
      size_bytes: '12',
      sha256: 'bb',
      md5: 'aa',
      crc32c: '',
      proof: 'checksum',
      content_type: 'image/jpeg',
      cache_control: 'max-age=60',
      source_version: '"v1"',
      destination_version: '"v2"',
      attempts: '2',
      created_at: '1970-01-01T00:00:01.000Z',
      started_at: '1970-01-01T00:00:02.000Z',
      overwrite: 'if-different',
    });
    expect(second).toMatchObject({
      state: 'failed',
      proof: '',
      failure_code: 'not-found',
      failure_message: 'It is gone.',
      failure_hint: 'Look.',
      failure_step: 'open',
    });
  });

  it('is the same in JSON Lines and JSON', async () => {
    const array = JSON.parse(await collect(report('json').chunks())) as unknown[];
    const rows = (await collect(report('jsonl').chunks())).trimEnd().split('\n');
    expect(rows.map((line) => JSON.parse(line) as unknown)).toEqual(array);
    expect(array[0]).toMatchObject({ digests: { md5: 'aa' }, failure: null, source: { container: 'media' } });
    expect(JSON.parse(await collect(report('json', []).chunks()))).toEqual([]);
  });

  it('asks for a page only when the one before was taken', async () => {
    let asked = 0;
    const page = Array.from({ length: 200 }, (_, index) => evidenceOf(index + 1, `k${index}`, `d${index}`));
    const { chunks } = openEvidence(
      storedMigration({}),
      { kind: 'report', migrationId: 3, format: 'jsonl', choice: 'all' },
      async ({ afterId }) => {
        expect(afterId).toBe(asked === 0 ? 0 : 200);
        asked += 1;
        return page;
      },
    );
    const reading = chunks();
    await reading.next();
    await reading.next();
    expect(asked).toBe(2);
    await reading.return(undefined);
  });

  it.each([
    ['all', JOB_STATES.length],
    ['failed', 1],
    ['not-completed', JOB_STATES.length - 1],
  ] as const)('of %s jobs asks for so many states: %i', async (choice, count) => {
    let states = 0;
    const file = openEvidence(
      storedMigration({ counts: { failed: 2, completed: 5 } }),
      { kind: 'report', migrationId: 3, format: 'csv', choice },
      async (query) => {
        states = query.states.length;
        return [];
      },
    );
    await collect(file.chunks());
    expect(states).toBe(count);
    expect(file.jobs).toBe(choice === 'all' ? 7 : 2);
  });

  it('says what is missing from it', () => {
    const order = { kind: 'report', migrationId: 3, format: 'csv', choice: 'all' } as const;
    const remarksOf = (given: Parameters<typeof storedMigration>[0]) =>
      openEvidence(storedMigration(given), order, async () => []).remarks;
    expect(remarksOf({})).toEqual([]);
    expect(remarksOf({ prunedAtMs: 86_400_000 })).toEqual([expect.stringContaining('cleaned up (last on 1970-01-02)')]);
    expect(remarksOf({ counts: { running: 1 } })).toEqual([expect.stringContaining('has not ended')]);
  });

  it('is shown beforehand in whole lines, without being read to its end', async () => {
    let asked = 0;
    const file = openEvidence(
      storedMigration({}),
      { kind: 'report', migrationId: 3, format: 'jsonl', choice: 'all' },
      async ({ afterId }) => {
        asked += 1;
        return Array.from({ length: 200 }, (_, index) => evidenceOf(afterId + index + 1, 'k', 'd'));
      },
    );
    const { beginning } = await previewEvidence(file);
    expect(asked).toBe(1);
    for (const line of beginning.trimEnd().split('\n')) expect(JSON.parse(line)).toMatchObject({ sourceKey: 'k' });
  });
});
