/** Proves what people may write for a size, a moment and a header rule, and what is none. */
import { expect, test } from 'vitest';
import { readHeaderRule, readMoment, readSize, readTag } from './written-values.ts';

test.each([
  ['500', 500],
  [' 64KiB ', 65_536],
  ['1.5 MB', 1_500_000],
  ['2gb', 2_000_000_000],
  ['0', 0],
  ['0.5 B', 1],
  ['', Number.NaN],
  ['-1', Number.NaN],
  ['1 XB', Number.NaN],
  ['1,5 MB', Number.NaN],
  ['1e3', Number.NaN],
  ['5 constructor', Number.NaN],
])('the size %j is %d bytes', (written, bytes) => expect(readSize(written)).toBe(bytes));

test.each([
  ['2024-05-31', Date.UTC(2024, 4, 31)],
  ['2024-05-31T12:00Z', Date.UTC(2024, 4, 31, 12)],
  ['2024-05-31T12:00:30+02:00', Date.UTC(2024, 4, 31, 10, 0, 30)],
  ['2024-13-01', Number.NaN],
  // Of which zone?
  ['2024-05-31T12:00', Number.NaN],
  ['yesterday', Number.NaN],
  ['12', Number.NaN],
])('the moment %j is %d', (written, atMs) => expect(readMoment(written)).toBe(atMs));

test.each([
  ['**/*.html=no-cache', { glob: '**/*.html', value: 'no-cache' }],
  [' * = max-age=60 ', { glob: '*', value: 'max-age=60' }],
  ['*.jpg', { glob: '*.jpg', value: '' }],
  ['=x', { glob: '', value: 'x' }],
])('the rule %j', (written, rule) => expect(readHeaderRule(written)).toEqual(rule));

test.each([
  ['team=web', { name: 'team', value: 'web' }],
  [' cost centre = 47=11 ', { name: 'cost centre', value: '47=11' }],
  ['flag', { name: 'flag', value: '' }],
])('the tag %j', (written, tag) => expect(readTag(written)).toEqual(tag));
