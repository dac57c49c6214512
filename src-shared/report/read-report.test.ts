/** Proves that a report comes back as a request for what did not arrive, and that bad files name the line. */
import { describe, expect, it } from 'vitest';
import { KEEP_CONTENT } from '../model/content-rules.ts';
import { failure } from '../model/failure.ts';
import type { JobRow } from '../model/job.ts';
import { csvLine } from './csv.ts';
import { readReport } from './read-report.ts';
import { REPORT_COLUMNS, reportCells, reportRow } from './report-row.ts';

const migration = {
  id: 7,
  name: '=cmd, "quoted"',
  queue: 'default',
  source: { accountId: 'a', container: 'from', prefix: 'img/' },
  destination: { accountId: 'b', container: 'to', prefix: 'archive' },
  policies: {
    overwrite: 'always',
    minimumProof: 'checksum',
    afterCopy: 'delete-source',
    naming: { stripPrefix: '"a",', letters: 'slug', template: '{name}' },
    content: { ...KEEP_CONTENT, cacheControl: [{ glob: '*.jpg', value: 'no-cache, "x"' }] },
  },
} as const;

const KEYS = ['=1+1.jpg', "'quoted'.png", 'a,b"c\nd.txt', ' space ', '😀/é́.webp', '-x'];

function job(id: number, sourceKey: string, state: JobRow['state'] = 'failed'): JobRow {
  return {
    id,
    migrationId: 7,
    queue: 'default',
    state,
    sourceKey: `img/${sourceKey}`,
    destinationKey: `archive/${sourceKey}`,
    sizeBytes: 5,
    attempts: 1,
    failure: state === 'failed' ? failure('not-found', '+gone', { hint: '@hint' }) : null,
    failedStep: state === 'failed' ? 'open' : null,
    proof: null,
    skipReason: null,
    sourceRemoval: null,
    notBeforeMs: null,
    createdAtMs: 0,
    updatedAtMs: 0,
    startedAtMs: null,
    finishedAtMs: 1,
  };
}

/** What the list said of the first of them; of the others it said nothing. */
const STATED = { sizeBytes: 5, md5: '0'.repeat(32), sha256: '1'.repeat(64) };
const rows = KEYS.map((key, index) =>
  reportRow(migration, { job: job(index + 1, key), result: null, stated: index === 0 ? STATED : {} }),
);
const arrived = reportRow(migration, { job: job(99, 'fine', 'completed'), result: null, stated: {} });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const strict = new TextDecoder('utf-8', { fatal: true });
const read = (text: string) => readReport(bytes(text), strict);
const csv = (given = rows): string => csvLine(REPORT_COLUMNS) + given.map((row) => csvLine(reportCells(row))).join('');

describe('a report that is read back', () => {
  it.each([
    ['CSV', csv([...rows, arrived])],
    ['CSV with a byte order mark', `\uFEFF${csv([...rows, arrived])}`],
    ['JSON Lines', [...rows, arrived].map((row) => JSON.stringify(row)).join('\n')],
    ['JSON', JSON.stringify([...rows, arrived], null, 2)],
  ])('is the request for what did not arrive: %s', (_, text) => {
    const { request, passedOver, migrationId } = read(text);
    const { source, destination, policies, queue } = migration;
    expect(request).toEqual({
      name: 'Again: =cmd, "quoted"',
      source,
      destination,
      policies,
      queue,
      selection: {
        kind: 'assets',
        assets: KEYS.map((key, index) => ({
          sourceKey: `img/${key}`,
          destinationKey: key,
          ...(index === 0 ? STATED : {}),
        })),
      },
    });
    expect([migrationId, passedOver]).toEqual([7, 1]);
  });

  it.each<[string, string, RegExp]>([
    ['nothing', '', /no rows/],
    ['a header alone', csv([]), /no rows/],
    ['what has all arrived', csv([arrived]), /arrived or was skipped/],
    ['another table', 'name,age\nx,1\n', /^Line 1: the column "migration" is missing/],
    ['a missing column', csv().replace('source_key', 'key'), /^Line 1: the column "source_key"/],
    ['a column twice', csv().replace('size_bytes', 'state'), /^Line 1: the column "state" stands there twice/],
    ['a short row', `${csv(rows.slice(0, 1))}7,1,failed\r\n`, /^Line 3: it has 3 cells/],
    [
      'a size that is none',
      csv(rows.slice(0, 1)).replace(`,5,${STATED.md5}`, `,five,${STATED.md5}`),
      /^Line 2: stated/,
    ],
    ['a state that is none', csv(rows.slice(0, 1)).replace(',failed,', ',lost,'), /^Line 2: state/],
    ['the same key twice', csv([...rows.slice(0, 1), ...rows.slice(0, 1)]), /^Line 3: .*at line 2 already/],
    [
      'a key under which another asset arrived',
      csv([
        arrived,
        reportRow(migration, { job: { ...job(1, 'fine'), sourceKey: 'img/Fine' }, result: null, stated: {} }),
      ]),
      /^Line 3: .*at line 2 already/,
    ],
    [
      'rules that are none',
      csv(rows.slice(0, 1)).replace('""letters"":""slug""', '""letters"":""caps""'),
      /^Line 2: policies.naming.letters/,
    ],
    [
      'two migrations',
      csv([...rows.slice(0, 1), reportRow({ ...migration, id: 8 }, { job: job(2, 'x'), result: null, stated: {} })]),
      /^Line 3: this row is of another migration/,
    ],
    [
      'a key outside the prefix',
      csv([
        reportRow(
          { ...migration, destination: { ...migration.destination, prefix: 'x' } },
          { job: job(2, 'y'), result: null, stated: {} },
        ),
      ]),
      /^Line 2: the destination key does not lie below/,
    ],
    ['broken JSON Lines', `${JSON.stringify(rows[0])}\n{"job":`, /^Line 2 is no JSON/],
    ['JSON that is no row', '[{"job":1}]', /^Row 1: migration/],
    ['an open quote', `${csv()}"7`, /^Line \d+: a quote is opened/],
  ])('says what is wrong with %s', (_, text, message) => {
    expect(() => read(text)).toThrowError(message);
  });

  it('is no gzip, no UTF-16 and no Latin-1', () => {
    expect(() => readReport(new Uint8Array([0x1f, 0x8b, 8]), strict)).toThrowError(/compressed/);
    expect(() => readReport(new Uint8Array([0xff, 0xfe, 0x61, 0]), strict)).toThrowError(/UTF-8/);
    expect(() => readReport(new Uint8Array([0x61, 0xe9, 0x0a]), strict)).toThrowError(/UTF-8/);
  });

  it('holds no more assets than a migration may name', () => {
    const many = Array.from({ length: 100_001 }, (_, index) =>
      JSON.stringify(reportRow(migration, { job: job(index + 1, `k${index}`), result: null, stated: {} })),
    );
    expect(() => read(many.join('\n'))).toThrowError(/^Line 100001: this is more than the 100000 assets/);
  });
});
