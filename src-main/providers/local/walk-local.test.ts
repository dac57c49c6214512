/**
 * Owns the proof that a walk keeps its order whatever part of a folder fits in memory, and from wherever it goes on.
 */
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { walkLocal } from './walk-local.ts';

let root = '';
const KEYS = [
  ...Array.from({ length: 60 }, (_, at) => `wide/${at}`),
  'a',
  'a.b',
  'a-',
  'b/a/c',
  'b/a.c',
  'b/a-/c',
  'b/ä',
  'c/d/e/f/g',
];

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'transship-walk-'));
  for (const key of KEYS) {
    await fs.mkdir(path.join(root, path.dirname(key)), { recursive: true });
    await fs.writeFile(path.join(root, key), key);
  }
});
afterAll(() => fs.rm(root, { recursive: true, force: true }));

async function walk(after: string | null, maxHeldNames: number, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const batch of walkLocal(root, { prefix, after, maxHeldNames })) keys.push(...batch.map(({ key }) => key));
  return keys;
}

const sorted = [...new Set(KEYS)].sort((a, b) => (a < b ? -1 : 1));

test.each([1, 2, 7, 59, 60, 61, 1_000])('in the order of keys with %i names held', async (maxHeldNames) => {
  expect(await walk(null, maxHeldNames)).toEqual(sorted);
});

test('from any key on', async () => {
  for (const [at, key] of sorted.entries()) expect(await walk(key, 5)).toEqual(sorted.slice(at + 1));
  expect(await walk('b/a', 5)).toEqual(sorted.filter((key) => key > 'b/a'));
  expect(await walk('zzz', 5)).toEqual([]);
});

test('below a prefix, from any key on', async () => {
  const below = sorted.filter((key) => key.startsWith('b/a'));
  expect(await walk(null, 2, 'b/a')).toEqual(below);
  for (const [at, key] of below.entries()) expect(await walk(key, 2, 'b/a')).toEqual(below.slice(at + 1));
});
