/** Proves that a mark says again what it was made of, and that a bare id is one. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMark, writeMark } from './upload-mark.ts';

test('a mark is read as it was written', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 10_000 })), (numbers) => {
      const mark = { id: '2~abc-_.', remoteName: 'f'.repeat(32), finished: new Set(numbers) };
      expect(readMark(writeMark(mark))).toEqual(mark);
    }),
  );
});

test('without a name it is the id alone', () => {
  expect(writeMark({ id: 'x', remoteName: null, finished: new Set([1]) })).toBe('x');
  expect(readMark('x')).toEqual({ id: 'x', remoteName: null, finished: new Set() });
});
