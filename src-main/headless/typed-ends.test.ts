/** Proves which account is meant by what was typed. */
import { expect, test } from 'vitest';
import type { AccountView } from '../../src-shared/model/provider.ts';
import { typedPlace } from './typed-ends.ts';

const account = (id: string, name: string, provider = 's3') => ({ id, name, provider }) as unknown as AccountView;
const ACCOUNTS = [
  account('this-computer', 'This computer', 'local'),
  account('a1', 'media'),
  account('a2', 'archive'),
  account('a3', 'archive'),
];
const idOf = (typed: string) => typedPlace(ACCOUNTS, typed, 'bucket', '/home').accountId;

test('an account is named by its id, or by its name', () => {
  expect([idOf('a3'), idOf('media')]).toEqual(['a3', 'a1']);
});

test('an address is not taken for a folder of this computer', () => {
  expect(() => typedPlace(ACCOUNTS, 'this-computer', 'https://h/photos/', '/home')).toThrow(
    expect.objectContaining({ failure: expect.objectContaining({ hint: expect.stringContaining('--from http') }) }),
  );
  expect(typedPlace(ACCOUNTS, 'this-computer', 'odd:name', '/home').container).toMatch(/odd:name$/);
});

test('a name that two accounts have, or none, is refused with the ids', () => {
  expect(() => idOf('archive')).toThrow(
    expect.objectContaining({ failure: expect.objectContaining({ hint: 'Say which: a2, a3.' }) }),
  );
  expect(() => idOf('nobody')).toThrow(
    expect.objectContaining({ failure: expect.objectContaining({ hint: expect.stringContaining('a1 (media)') }) }),
  );
});
