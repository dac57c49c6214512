/**
 * Owns one row of a report: what it says of an asset, as JSON and as the columns of the CSV. Every row names its
 * migration with both ends, so that a report speaks for itself and can be imported anywhere. Must not read rows back
 * (read-report.ts does). Written by src-main/evidence.
 */
import type { ContentHeaders, Digests, Location } from '../model/asset.ts';
import type { JobEvidence } from '../model/evidence.ts';
import type { MigrationPolicies } from '../model/migration.ts';
import type { Cell } from './csv.ts';

/** The migration as every one of its rows repeats it. */
export interface ReportedMigration {
  readonly id: number;
  readonly name: string;
  readonly queue: string;
  readonly source: Location;
  readonly destination: Location;
  readonly policies: MigrationPolicies;
}

export function reportRow(migration: ReportedMigration, { job, result, stated }: JobEvidence) {
  const { id, name, queue, source, destination, policies } = migration;
  const { failure } = job;
  return {
    migration: { id, name },
    queue,
    source,
    destination,
    policies,
    job: job.id,
    state: job.state,
    sourceKey: job.sourceKey,
    destinationKey: job.destinationKey,
    stated,
    sizeBytes: result?.sizeBytes ?? job.sizeBytes,
    digests: result?.digests ?? {},
    proof: job.proof,
    headers: result?.headers ?? {},
    sourceVersion: result?.sourceVersion ?? null,
    destinationVersion: result?.destinationVersion ?? null,
    attempts: job.attempts,
    createdAt: iso(job.createdAtMs),
    startedAt: iso(job.startedAtMs),
    finishedAt: iso(job.finishedAtMs),
    skipReason: job.skipReason,
    sourceRemoval: job.sourceRemoval?.state ?? null,
    keptBecause: job.sourceRemoval?.because ?? null,
    failure:
      failure === null
        ? null
        : { code: failure.code, message: failure.message, hint: failure.hint, step: job.failedStep },
  };
}

export type ReportRow = ReturnType<typeof reportRow>;

/** A digest or header that is added to the model does not compile until it has a column here. */
const DIGEST_COLUMNS: Readonly<Record<keyof Digests, string>> = { sha256: 'sha256', md5: 'md5', crc32c: 'crc32c' };
const HEADER_COLUMNS: Readonly<Record<keyof ContentHeaders, string>> = {
  contentType: 'content_type',
  cacheControl: 'cache_control',
  contentDisposition: 'content_disposition',
  contentEncoding: 'content_encoding',
  contentLanguage: 'content_language',
  expires: 'expires',
};

const digestColumns = Object.entries(DIGEST_COLUMNS) as [keyof Digests, string][];
const headerColumns = Object.entries(HEADER_COLUMNS) as [keyof ContentHeaders, string][];

/** Name and cell of each column, in order. */
const COLUMNS: readonly (readonly [name: string, cell: (row: ReportRow) => Cell])[] = [
  ['migration', ({ migration }) => migration.id],
  ['job', ({ job }) => job],
  ['state', ({ state }) => state],
  ['source_key', ({ sourceKey }) => sourceKey],
  ['destination_key', ({ destinationKey }) => destinationKey],
  ['stated_bytes', ({ stated }) => stated.sizeBytes ?? null],
  ['stated_md5', ({ stated }) => stated.md5 ?? null],
  ['stated_sha256', ({ stated }) => stated.sha256 ?? null],
  ['size_bytes', ({ sizeBytes }) => sizeBytes],
  ...digestColumns.map(([digest, name]) => [name, ({ digests }: ReportRow) => digests[digest] ?? null] as const),
  ['proof', ({ proof }) => proof],
  ...headerColumns.map(([header, name]) => [name, ({ headers }: ReportRow) => headers[header] ?? null] as const),
  ['source_version', ({ sourceVersion }) => sourceVersion],
  ['destination_version', ({ destinationVersion }) => destinationVersion],
  ['attempts', ({ attempts }) => attempts],
  ['created_at', ({ createdAt }) => createdAt],
  ['started_at', ({ startedAt }) => startedAt],
  ['finished_at', ({ finishedAt }) => finishedAt],
  ['skip_reason', ({ skipReason }) => skipReason],
  ['source_removal', ({ sourceRemoval }) => sourceRemoval],
  ['kept_because', ({ keptBecause }) => keptBecause],
  ['failure_code', ({ failure }) => failure?.code ?? null],
  ['failure_message', ({ failure }) => failure?.message ?? null],
  ['failure_hint', ({ failure }) => failure?.hint ?? null],
  ['failure_step', ({ failure }) => failure?.step ?? null],
  ['migration_name', ({ migration }) => migration.name],
  ['queue', ({ queue }) => queue],
  ['source_account', ({ source }) => source.accountId],
  ['source_container', ({ source }) => source.container],
  ['source_prefix', ({ source }) => source.prefix],
  ['destination_account', ({ destination }) => destination.accountId],
  ['destination_container', ({ destination }) => destination.container],
  ['destination_prefix', ({ destination }) => destination.prefix],
  ['overwrite', ({ policies }) => policies.overwrite],
  ['minimum_proof', ({ policies }) => policies.minimumProof],
  ['after_copy', ({ policies }) => policies.afterCopy],
  // Lists in lists have no columns of their own.
  ['rules', ({ policies: { naming, content } }) => JSON.stringify({ naming, content })],
];

export const REPORT_COLUMNS: readonly string[] = COLUMNS.map(([name]) => name);

export function reportCells(row: ReportRow): Cell[] {
  return COLUMNS.map(([, cell]) => cell(row));
}

function iso(atMs: number): string;
function iso(atMs: number | null): string | null;
function iso(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
