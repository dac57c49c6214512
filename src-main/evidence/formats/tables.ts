/**
 * Owns the URL map as a table for people and programs, CSV, JSON and JSON Lines: every asset is in it, those without an address
 * with the reason. Must not know any server. Used by ../write-url-map.ts.
 */
import { csvLine } from '../../../src-shared/report/csv.ts';
import type { LeftOut, MapEntry, UrlMapWriter } from '../url-map-format.ts';
import { oldUrl } from './old-url.ts';

type Row = { readonly entry: MapEntry } | { readonly missing: LeftOut };

function fieldsOf(row: Row) {
  const { sourceKey, destinationKey, proof } = 'entry' in row ? row.entry : row.missing;
  return {
    oldUrl: 'entry' in row ? oldUrl(row.entry.old) : null,
    newUrl: 'entry' in row ? row.entry.newUrl : null,
    sourceKey,
    destinationKey,
    proof,
    remark: 'missing' in row ? row.missing.reason : null,
  };
}

const csvText = (row: Row): string => csvLine(Object.values(fieldsOf(row)));
const jsonText = (row: Row): string => JSON.stringify(fieldsOf(row));

export const csvMap: UrlMapWriter = {
  fileName: (migrationId) => `transship-migration-${migrationId}-urls.csv`,
  mediaType: 'text/csv; charset=utf-8',
  usage: [],
  remarks: () => [],
  head: () => csvLine(['old_url', 'new_url', 'source_key', 'destination_key', 'proof', 'remark']),
  separator: '',
  foot: '',
  redirect: (entry) => ({ text: csvText({ entry }) }),
  leftOut: (missing) => csvText({ missing }),
};

export const jsonMap: UrlMapWriter = {
  fileName: (migrationId) => `transship-migration-${migrationId}-urls.json`,
  mediaType: 'application/json',
  usage: [],
  remarks: () => [],
  head: () => '[\n',
  separator: ',\n',
  foot: '\n]\n',
  redirect: (entry) => ({ text: jsonText({ entry }) }),
  leftOut: (missing) => jsonText({ missing }),
};

export const jsonLinesMap: UrlMapWriter = {
  ...jsonMap,
  fileName: (migrationId) => `transship-migration-${migrationId}-urls.jsonl`,
  mediaType: 'application/x-ndjson',
  head: () => '',
  separator: '\n',
  foot: '\n',
};
