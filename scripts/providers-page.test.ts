/**
 * Proves that the tables of docs/providers.md say what the providers say of themselves. `UPDATE_PAGE=1` writes them anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { descriptors } from '../src-main/providers/registry.ts';
import type { Capabilities, ProviderDescriptor } from '../src-shared/model/provider.ts';

const PAGE = join(import.meta.dirname, '../docs/providers.md');
const BEGIN = '<!-- what the providers say of themselves: written by scripts/providers-page.test.ts -->\n';
const END = '<!-- end -->';

type Row = readonly [name: string, say: (capabilities: Capabilities) => string];

const yes = (is: boolean): string => (is ? 'yes' : 'no');
const bytes = (value: number | null): string => (value === null ? 'no known limit' : value.toLocaleString('en'));

const ROWS: readonly Row[] = [
  ['Read', ({ canRead }) => yes(canRead)],
  ['Write', ({ canWrite }) => yes(canWrite)],
  ['List', ({ canList }) => yes(canList)],
  ['Ranges', ({ rangeReads }) => yes(rangeReads)],
  ['Parts side by side', ({ multipart }) => yes(multipart)],
  ['Goes on with an interrupted write', ({ resumesWrites }) => yes(resumesWrites)],
  ['Content headers', ({ keepsContentHeaders }) => yes(keepsContentHeaders)],
  ['User metadata', ({ keepsMetadata }) => yes(keepsMetadata)],
  ['Tags', ({ tagCharacters }) => yes(tagCharacters !== undefined)],
  ['Access named by the write (ACL)', ({ acls }) => yes(acls !== undefined)],
  ['Time of change', ({ keepsModifiedTime }) => yes(keepsModifiedTime)],
  ['Best proof', ({ bestProof }) => bestProof],
  ['Largest object, bytes', ({ maxObjectBytes }) => bytes(maxObjectBytes)],
  ['Longest key, bytes', ({ maxKeyBytes }) => bytes(maxKeyBytes)],
];

function tables(shown: readonly ProviderDescriptor[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const capabilities = [
    line(['', ...shown.map(({ label }) => label)]),
    line(['---', ...shown.map(() => '---')]),
    ...ROWS.map(([name, say]) => line([name, ...shown.map((each) => say(each.capabilities))])),
  ];
  const options = shown.flatMap(({ label, kind, summary, options: fields }) => [
    '',
    `### ${label} (\`${kind}\`)`,
    summary,
    ...(fields.length === 0 ? ['', 'It needs no settings.'] : ['']),
    ...fields.map(
      ({ name, label: words, help, required }) => `- \`${name}\` ${words}${required ? ', required' : ''}. ${help}`,
    ),
  ]);
  return [...capabilities, ...options, ''].join('\n');
}

test('the tables are what the providers say of themselves', () => {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('The page lacks the marks of its tables.');
  const shown = descriptors().filter(({ internal }) => !internal);
  const made = `${before}${BEGIN}${tables(shown)}${END}${after}`;
  if (process.env.UPDATE_PAGE === '1') writeFileSync(PAGE, made);
  expect(readFileSync(PAGE, 'utf8')).toBe(made);
});
