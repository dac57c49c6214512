/** Proves that every mutant still fits the source: one that does not would show nothing. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { MUTANTS } from './mutants.ts';

const ROOT = resolve(import.meta.dirname, '../..');

test.each(MUTANTS.flatMap(({ name, changes }) => changes.map((change) => ({ name, ...change }))))(
  '“$name” fits $file exactly once, and changes it',
  ({ file, find, replace }) => {
    expect(readFileSync(join(ROOT, file), 'utf8').split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  },
);
