/** Owns a comparison as a line of a table, CSV or JSON Lines. Pure. Called by the verb `probe`. */
import { csvLine } from '../../src-shared/report/csv.ts';
import type { ProbeRow } from './run-probe.ts';
import type { ServedFacts } from './served-facts.ts';

export const PROBE_FORMATS = ['csv', 'jsonl'] as const;
export type ProbeFormat = (typeof PROBE_FORMATS)[number];

const FACTS: readonly (readonly [name: string, fact: (facts: ServedFacts) => string | number | null])[] = [
  ['status', ({ status }) => status],
  ['content_type', ({ contentType }) => contentType],
  ['content_length', ({ contentLength }) => contentLength],
  ['cache_control', ({ cacheControl }) => cacheControl],
  ['content_encoding', ({ contentEncoding }) => contentEncoding],
  ['etag', ({ hasEtag }) => (hasEtag ? 'present' : 'absent')],
  ['accept_ranges', ({ acceptRanges }) => acceptRanges],
  ['allow_origin', ({ allowOrigin }) => allowOrigin],
  ['redirected_to', ({ redirectedTo }) => redirectedTo],
];

export function probeHead(format: ProbeFormat): string {
  if (format === 'jsonl') return '';
  const pairs = FACTS.flatMap(([name]) => [`old_${name}`, `new_${name}`]);
  return csvLine([
    'verdict',
    'differences',
    'source_key',
    'old_url',
    'new_url',
    ...pairs,
    'failure_code',
    'failure_message',
  ]);
}

export function probeLine(format: ProbeFormat, row: ProbeRow): string {
  if (format === 'jsonl') return `${JSON.stringify(row)}\n`;
  const pairs = FACTS.flatMap(([, fact]) => [row.old, row.new].map((facts) => (facts === null ? null : fact(facts))));
  const { verdict, differences, sourceKey, oldUrl, newUrl, failure } = row;
  const ends = [failure?.code ?? null, failure?.message ?? null];
  return csvLine([verdict, differences.join(' '), sourceKey, oldUrl, newUrl, ...pairs, ...ends]);
}
