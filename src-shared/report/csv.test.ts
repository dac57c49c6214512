/** Proves that every cell comes back as it went in, that no cell is a formula, and that broken files name their line. */
import { describe, expect, it } from 'vitest';
import { csvLine, readCsv, unguarded } from './csv.ts';

const NASTY = [
  'plain',
  'with, comma',
  'a "quoted" word',
  'two\nlines',
  'mac\rline',
  'dos\r\nline',
  '=HYPERLINK("https://evil.test","x")',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '＝1',
  "'already",
  "''twice",
  ' leading',
  'trailing ',
  'semi;colon',
  '😀é́',
  '0x00\u0000inside',
  '',
];

describe('CSV', () => {
  it.each(NASTY)('gives back %j as it was', (cell) => {
    const [row] = [...readCsv(csvLine([cell, 'next']))];
    expect(row?.cells.map(unguarded)).toEqual([cell, 'next']);
  });

  it.each(NASTY)('writes %j as no formula', (cell) => {
    const written = csvLine([cell]).replace(/^"/, '');
    expect(written).not.toMatch(/^[=+\-@\t＝]/);
    if (cell !== '') expect(written).not.toMatch(/^[\r\n]/);
  });

  it('counts lines as an editor does, cells of many lines included', () => {
    const text = 'a,b\r\n"1\n2\r\n3",x\r\n\r\ny,z\n';
    expect([...readCsv(text)].map(({ line }) => line)).toEqual([1, 2, 6]);
  });

  it('takes the separator that a spreadsheet chose', () => {
    expect([...readCsv('a;b\n"x;y";z')].map(({ cells }) => cells)).toEqual([
      ['a', 'b'],
      ['x;y', 'z'],
    ]);
    expect([...readCsv('a\tb\n1\t2')][1]?.cells).toEqual(['1', '2']);
  });

  it.each([
    ['a,b\n"open,x\n', 'Line 2: a quote is opened'],
    ['a,b\n1,"x"y\n', 'Line 2: something follows'],
    ['a,b\n1,x"y\n', 'Line 2: a quote stands inside'],
  ])('names the line of %j', (text, message) => {
    expect(() => [...readCsv(text)]).toThrowError(message);
  });
});
