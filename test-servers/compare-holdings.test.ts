/** Proves that the comparison of the server suites can fail, in each way in which a migration can go wrong. */
import { expect, test } from 'vitest';
import { compareHoldings, type Holding } from './compare-holdings.ts';

const EXPECTED = new Map<string, Holding>([
  ['a//b.css', { sizeBytes: 3, sha256: 'abc', contentType: 'text/css', metadata: { origin: 'here' } }],
  ['empty.txt', { sizeBytes: 0, sha256: 'e3b0', contentType: 'text/plain' }],
]);

const changed = (key: string, difference: Partial<Holding>) => {
  const found = new Map(EXPECTED);
  const before = found.get(key);
  if (before === undefined) throw new Error(`There is no ${key}.`);
  return found.set(key, { ...before, ...difference });
};

test('equal holdings have no differences, and more metadata than expected is none', () => {
  expect(compareHoldings(EXPECTED, new Map(EXPECTED))).toEqual([]);
  expect(compareHoldings(EXPECTED, changed('a//b.css', { metadata: { origin: 'here', mtime: '1' } }))).toEqual([]);
});

test.each<[string, Partial<Holding>]>([
  ['sizeBytes', { sizeBytes: 4 }],
  ['sha256', { sha256: 'abd' }],
  ['contentType', { contentType: null }],
  ['metadata', { metadata: {} }],
])('another %s is a difference', (field, difference) => {
  const differences = compareHoldings(EXPECTED, changed('a//b.css', difference));
  expect(differences).toHaveLength(1);
  expect(differences[0]).toContain(field);
});

test('a key that was rewritten on the way is missing, and the rewritten one should not be there', () => {
  const found = new Map([...EXPECTED].map(([key, holding]) => [key.replace('//', '/'), holding]));
  expect(compareHoldings(EXPECTED, found)).toEqual(['"a//b.css" is missing', '"a/b.css" should not be there']);
});
