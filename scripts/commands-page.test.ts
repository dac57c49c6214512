/** Proves that docs/commands.md lists every command of the contract, in its order, and says where to find it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../src-shared/contract/commands.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/commands.md'), 'utf8');
const rows = page
  .split('\n')
  .map((line) => /^\| `([^`]+)` \| (.+?) \| (.+) \|$/.exec(line))
  .filter((row) => row !== null);

test('every command is listed, in the order of the contract, with a place and a sentence', () => {
  expect(rows.map(([, name]) => name)).toEqual(Object.keys(commands));
});
