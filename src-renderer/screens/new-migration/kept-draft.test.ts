/** Proves that a draft comes back as it was left, that addresses never reach the disk, and that damage does no harm. */
import { expect, test } from 'vitest';
import { EMPTY_DRAFT, type MigrationDraft } from './form-state.ts';
import { dropDraft, keepDraft, readKeptDraft } from './kept-draft.ts';

function memoryStorage() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

const draft: MigrationDraft = {
  ...EMPTY_DRAFT,
  name: 'Spring',
  take: 'urls',
  urls: 'https://a.example/x?X-Amz-Signature=0123',
  urlFile: { name: 'list.csv', text: 'https://a.example/y?X-Amz-Signature=4567' },
  source: { accountId: 'http', container: '', prefix: '' },
  minimumProof: 'checksum',
  afterCopy: 'delete-source',
};

test('a draft comes back without its addresses, and deletes nothing unless it is chosen anew', () => {
  const storage = memoryStorage();
  expect(keepDraft(storage, draft)).toBe(true);
  expect(readKeptDraft(storage)).toEqual({ ...draft, afterCopy: 'keep', urls: '', urlFile: null });
  expect([...storage.items.values()].join()).not.toContain('Signature');
});

test('nothing kept, or dropped, is an empty draft', () => {
  const storage = memoryStorage();
  expect(readKeptDraft(storage)).toEqual(EMPTY_DRAFT);
  keepDraft(storage, draft);
  dropDraft(storage);
  expect(readKeptDraft(storage)).toEqual(EMPTY_DRAFT);
});

test.each(['{', '[]', '{"name":1}', 'null'])('%s in its place is an empty draft', (text) => {
  const storage = memoryStorage();
  keepDraft(storage, draft);
  for (const key of storage.items.keys()) storage.items.set(key, text);
  expect(readKeptDraft(storage)).toEqual(EMPTY_DRAFT);
});

test('a storage that refuses is told, not thrown', () => {
  const full = {
    ...memoryStorage(),
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  };
  expect(keepDraft(full, draft)).toBe(false);
});
