/** Owns the proof that listings are read as they are: names whole, links left out, what is not understood refused. */
import { expect, test } from 'vitest';
import { codeOf } from '../conformance/fixture.ts';
import { readFactsLine, readTextLine } from './read-listing.ts';

/** What throws at once, as something that fails. */
async function trying<Given extends readonly unknown[]>(work: (...given: Given) => unknown, ...given: Given) {
  work(...given);
}

const UNIX = '-rw-r--r--    1 1001     1001            7 Nov 21 07:50 ';

test.each([
  ' lead',
  '  two',
  'trail  ',
  '\ttab',
  'a\u2028b',
  'x -> y',
  '-rf',
  'total 5',
  '20 Nov 21 07:50 x',
  '\u00a0n',
])('a name comes out of a text listing as it is: %j', (name) => {
  expect(readTextLine(UNIX + name)).toEqual({ name, type: 'file', sizeBytes: 7 });
  expect(readFactsLine(`type=file;size=7; ${name}`)).toEqual({ name, type: 'file', sizeBytes: 7 });
});

test.each([
  ['drwxr-xr-x   14 owner    group        4096 Jan  1  2020 media', { name: 'media', type: 'folder', sizeBytes: 4096 }],
  [
    '-rw-rw-r--+ 1 DOMAIN\\Some User Domain Users 12345678901 Feb 29 2024 x',
    { name: 'x', type: 'file', sizeBytes: 12345678901 },
  ],
  ['-rwxr-xr-x 1 ftp ftp 0 2024-02-29 10:00 empty', { name: 'empty', type: 'file', sizeBytes: 0 }],
  ['-rw-r--r-- 1 ftp 512 29 Feb 10:00 no group', { name: 'no group', type: 'file', sizeBytes: 512 }],
  ['10-23-12  03:25PM       <DIR>          media', { name: 'media', type: 'folder', sizeBytes: 0 }],
  ['07-17-2013  18:14              1234567 a b.jpg', { name: 'a b.jpg', type: 'file', sizeBytes: 1234567 }],
])('%s', (line, entry) => {
  expect(readTextLine(line)).toEqual(entry);
});

test.each(['lrwxrwxrwx 1 0 0 4 Nov 21 07:49 lnk -> /etc', 'srwxr-xr-x 1 0 0 0 Nov 21 07:49 socket', 'total 12', ''])(
  'neither a file nor a folder: %j',
  (line) => {
    expect(readTextLine(line)).toBeNull();
  },
);

test.each(['hello', '?rw-r--r-- x', `${UNIX}`, '226 ok'])('what is not understood is refused: %j', async (line) => {
  expect(['unsupported', 'name-invalid']).toContain(await codeOf(trying(readTextLine, line)));
});

test.each(['two\nlines', 'a\rb', 'a/b', '../up', ''])('a name that no command can say is refused: %j', async (name) => {
  expect(await codeOf(trying(readFactsLine, `type=file;size=1; ${name}`))).toBe('name-invalid');
});

test('facts have an exact time, whose fraction is not used, and tell links and folders apart', () => {
  expect(readFactsLine('Type=file;Size=5;Modify=20190517083015.250;UNIQUE=g1; x')).toEqual({
    name: 'x',
    type: 'file',
    sizeBytes: 5,
    modifiedAtMs: Date.UTC(2019, 4, 17, 8, 30, 15),
    unique: 'g1',
  });
  expect(readFactsLine('type=dir;modify=20190517083015; media')).toMatchObject({ type: 'folder', sizeBytes: -1 });
  for (const type of ['cdir', 'pdir', 'OS.unix=slink:/etc', 'OS.unix=symlink']) {
    expect(readFactsLine(`type=${type};size=1; x`)).toBeNull();
  }
});
