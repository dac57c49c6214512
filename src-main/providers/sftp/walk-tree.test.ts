/**
 * Owns the proof that a walk is in the order of keys whatever it may hold, goes on after any key, and reads no folder
 * that cannot hold what is asked for.
 */
import { expect, test } from 'vitest';
import type { TreeEntry } from './walk-tree.ts';
import { walkTree } from './walk-tree.ts';

const KEYS = ['a', 'a-b/1', 'a.txt', 'a/1', 'a/2/deep/x', 'a/2/y', 'a/20', 'a0', 'b/1', 'ä/ö', '\u{1F600}', '\uFB01'];

const read: string[] = [];

/** Two entries at a time, in no order. */
async function* readFolder(folderKey: string): AsyncGenerator<readonly TreeEntry[]> {
  read.push(folderKey);
  const below = KEYS.filter((key) => key.startsWith(folderKey)).map((key) => key.slice(folderKey.length));
  const names = new Set(below.map((rest) => (rest.includes('/') ? rest.slice(0, rest.indexOf('/') + 1) : rest)));
  const entries = [...names].reverse().map((name): TreeEntry => {
    if (name.endsWith('/')) return { kind: 'folder', name };
    return { kind: 'file', name, asset: { key: folderKey + name, sizeBytes: 1 } };
  });
  for (let at = 0; at < entries.length; at += 2) yield entries.slice(at, at + 2);
}

async function walk(prefix: string, after: string | null, maxHeldEntries = 100): Promise<readonly string[]> {
  const keys: string[] = [];
  const walking = walkTree({ prefix, after, maxHeldEntries, read: readFolder, vet: () => undefined });
  for await (const assets of walking) keys.push(...assets.map(({ key }) => key));
  return keys;
}

test.each([1, 2, 3, 100])('every key once and in order, %i held at once', async (maxHeldEntries) => {
  expect(await walk('', null, maxHeldEntries)).toEqual([...KEYS].sort());
});

test('goes on after any key', async () => {
  const all = [...KEYS].sort();
  for (const [at, key] of all.entries()) expect(await walk('', key, 2)).toEqual(all.slice(at + 1));
});

test('a prefix is the beginning of a key, and other folders are not read', async () => {
  expect(await walk('a', null)).toEqual(KEYS.filter((key) => key.startsWith('a')).sort());
  read.length = 0;
  expect(await walk('a/2', null)).toEqual(['a/2/deep/x', 'a/2/y', 'a/20']);
  expect(read).toEqual(['a/', 'a/2/', 'a/2/deep/']);
});

test('what is seen by nobody else is vetted', async () => {
  const vetted: string[] = [];
  const vet = (folderKey: string, { name }: TreeEntry): void => void vetted.push(folderKey + name);
  for await (const _ of walkTree({ prefix: 'b', after: null, maxHeldEntries: 5, read: readFolder, vet }));
  expect(vetted).toEqual(['b/', 'b/1']);
});
