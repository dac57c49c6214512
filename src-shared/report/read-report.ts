/**
 * Owns reading a report back: the assets of it that did not arrive become a request for a new migration with the same
 * ends and policies. Must not open files or submit anything. Used by the command line and the new-migration form.
 */
import { z } from 'zod';
import {
  location,
  MAX_KEY_CHARACTERS,
  MAX_SELECTION_ASSETS,
  namedAsset,
  policies,
  queueName,
} from '../contract/schemas.ts';
import { fail } from '../model/failure.ts';
import { JOB_STATES } from '../model/job-state.ts';
import { type MigrationPolicies, type NamedAsset, statedOf } from '../model/migration.ts';
import type { MigrationRequest } from '../model/migration-request.ts';
import { readCsv, unguarded } from './csv.ts';
import { decodeText, type StrictDecoder } from './decode-text.ts';
import { REPORT_COLUMNS } from './report-row.ts';

/** A report of as many assets as one migration may name is far smaller. */
export const MAX_REPORT_BYTES = 512 * 1024 * 1024;

export interface ReadReport {
  readonly migrationId: number;
  readonly request: MigrationRequest;
  /** Rows of assets that arrived or were skipped; they are not moved again. */
  readonly passedOver: number;
}

const key = z.string().min(1, 'The key is missing.').max(MAX_KEY_CHARACTERS);

/** What an import needs of a row; the rest of it is for people. */
const importedRow = z.object({
  migration: z.object({ id: z.int().positive(), name: z.string() }),
  queue: queueName,
  source: location,
  destination: location,
  /** The same in all rows of a report, and judged once. */
  policies: z.unknown(),
  state: z.enum(JOB_STATES),
  sourceKey: key,
  destinationKey: key,
  /** It holds for the new migration as it held for the first. */
  stated: namedAsset.pick({ sizeBytes: true, md5: true, sha256: true }),
});
type ImportedRow = Omit<z.output<typeof importedRow>, 'policies'> & { readonly policies: MigrationPolicies };

/** `bytes` of a file, CSV or JSON. Throws FailureError `invalid-input` that names the line. */
export function readReport(bytes: Uint8Array, decoder: StrictDecoder): ReadReport {
  const text = decodeText(bytes, decoder, 'report');
  const start = text.trimStart()[0];
  const rows = start === '{' ? jsonLines(text) : start === '[' ? jsonArray(text) : csvRows(text);
  const assets: NamedAsset[] = [];
  const lineOf = new Map<string, string>();
  let first: ImportedRow | null = null;
  let passedOver = 0;
  const judge = policyJudge();
  for (const { where, value } of rows) {
    const row = checked(value, where, judge);
    first ??= row;
    if (termsOf(row) !== termsOf(first)) {
      refuse(`${where}: this row is of another migration than those before it.`, 'Import one migration at a time.');
    }
    const earlier = lineOf.get(row.destinationKey);
    if (earlier !== undefined) refuse(`${where}: the same destination key stands at ${lowerFirst(earlier)} already.`);
    lineOf.set(row.destinationKey, where);
    if (row.state === 'completed' || row.state === 'skipped') {
      passedOver += 1;
      continue;
    }
    if (assets.length === MAX_SELECTION_ASSETS) {
      refuse(
        `${where}: this is more than the ${MAX_SELECTION_ASSETS} assets that one migration may name.`,
        'Split the report; each part needs the first line.',
      );
    }
    assets.push({ sourceKey: row.sourceKey, destinationKey: relativeKey(row, where), ...statedOf(row.stated) });
  }
  if (first === null) return refuse('The report has no rows.');
  if (assets.length === 0) {
    return refuse('Every asset of this report has arrived or was skipped.', 'There is nothing to move again.');
  }
  const { migration, source, destination, queue } = first;
  const request = {
    name: `Again: ${migration.name}`.slice(0, 200),
    source,
    destination,
    selection: { kind: 'assets' as const, assets },
    policies: first.policies,
    queue,
  };
  return { migrationId: migration.id, request, passedOver };
}

interface PlacedValue {
  /** "Line 12" or "Row 12". */
  readonly where: string;
  readonly value: unknown;
}

function* csvRows(text: string): Generator<PlacedValue> {
  let header: readonly string[] | null = null;
  for (const { line, cells } of readCsv(text)) {
    const where = `Line ${line}`;
    if (header === null) {
      header = acceptHeader(cells, where);
      continue;
    }
    if (cells.length !== header.length) {
      refuse(`${where}: it has ${cells.length} cells where the first line has ${header.length} columns.`);
    }
    const names = header;
    const cell = (name: string): string => unguarded(cells[names.indexOf(name)] ?? '');
    yield { where, value: fromCells(cell, where) };
  }
}

function acceptHeader(cells: readonly string[], where: string): readonly string[] {
  const names = cells.map((cell) => cell.trim());
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice !== undefined) refuse(`${where}: the column "${twice}" stands there twice.`);
  const missing = NEEDED_COLUMNS.find((name) => !names.includes(name));
  if (missing !== undefined) {
    refuse(
      `${where}: the column "${missing}" is missing.`,
      'Import a report that Transship made, with its first line.',
    );
  }
  return names;
}

function fromCells(cell: (name: string) => string, where: string): unknown {
  const place = (role: string) => ({
    accountId: cell(`${role}_account`),
    container: cell(`${role}_container`),
    prefix: cell(`${role}_prefix`),
  });
  const bytes = cell('stated_bytes');
  const stated = {
    sizeBytes: bytes === '' ? '' : Number(bytes),
    md5: cell('stated_md5'),
    sha256: cell('stated_sha256'),
  };
  return {
    migration: { id: Number(cell('migration')), name: cell('migration_name') },
    queue: cell('queue'),
    source: place('source'),
    destination: place('destination'),
    policies: {
      ...(parsed(cell('rules') || '{}', `${where}: the cell "rules"`) as object),
      overwrite: cell('overwrite'),
      minimumProof: cell('minimum_proof'),
      afterCopy: cell('after_copy'),
    },
    state: cell('state'),
    sourceKey: cell('source_key'),
    destinationKey: cell('destination_key'),
    stated: Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== '')),
  };
}

/** Found by asking for every cell once. */
const NEEDED_COLUMNS: readonly string[] = (() => {
  const asked = new Set<string>();
  fromCells((name) => {
    asked.add(name);
    return '';
  }, '');
  return REPORT_COLUMNS.filter((name) => asked.has(name));
})();

function* jsonLines(text: string): Generator<PlacedValue> {
  let line = 0;
  for (const content of text.split(/\r\n|\n|\r/)) {
    line += 1;
    if (content.trim() !== '') yield { where: `Line ${line}`, value: parsed(content, `Line ${line}`) };
  }
}

function* jsonArray(text: string): Generator<PlacedValue> {
  const rows = parsed(text, 'The file');
  if (!Array.isArray(rows)) return;
  for (const [index, value] of rows.entries()) yield { where: `Row ${index + 1}`, value };
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(`${where} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type Judge = (given: unknown, where: string) => MigrationPolicies;

function checked(value: unknown, where: string, judge: Judge): ImportedRow {
  const { data, error } = importedRow.safeParse(value);
  return data === undefined ? refuseRow(where, error, []) : { ...data, policies: judge(data.policies, where) };
}

function policyJudge(): Judge {
  let text = '';
  let known: MigrationPolicies | null = null;
  return (given, where) => {
    const now = JSON.stringify(given) ?? '';
    if (known !== null && now === text) return known;
    const { data, error } = policies.safeParse(given);
    known = data ?? refuseRow(where, error, ['policies']);
    text = now;
    return known;
  };
}

function refuseRow(where: string, error: z.ZodError | undefined, above: readonly string[]): never {
  const issue = error?.issues[0];
  const place = [...above, ...(issue?.path ?? [])].join('.');
  return refuse(`${where}: ${place || 'the row'} is not as a report has it: ${issue?.message ?? ''}`);
}

/** Rows of one report agree in all of this. */
function termsOf({ migration, queue, source, destination, policies: terms }: ImportedRow): string {
  const ends = [source, destination].flatMap(({ accountId, container, prefix }) => [accountId, container, prefix]);
  return JSON.stringify([migration.id, queue, ...ends, terms]);
}

/** A named asset's destination key is given below the destination's prefix; a report holds it whole. */
function relativeKey({ destination, destinationKey }: ImportedRow, where: string): string {
  const { prefix } = destination;
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  if (!destinationKey.startsWith(folder) || destinationKey === folder) {
    refuse(`${where}: the destination key does not lie below the destination's prefix "${prefix}".`);
  }
  return destinationKey.slice(folder.length);
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

function refuse(message: string, hint = 'Correct the file and import it again; nothing was done.'): never {
  return fail('invalid-input', message, { hint, field: 'report' });
}
