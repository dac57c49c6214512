/** Proves that a migration says what was asked of it beyond the usual, and nothing else. */
import { expect, test } from 'vitest';
import { DEFAULT_POLICIES } from '../../../src-shared/model/migration.ts';
import { NO_FILTER } from '../../../src-shared/model/selection.ts';
import { optionWords } from './option-words.ts';

test('the usual has no words', () => {
  expect(optionWords({ filter: NO_FILTER, policies: DEFAULT_POLICIES })).toBe('');
  expect(optionWords({ filter: null, policies: DEFAULT_POLICIES })).toBe('');
});

test('each option has its own', () => {
  const filter = { ...NO_FILTER, include: ['*.jpg', '*.png'], mostBytes: 5e6, changedAfterMs: Date.UTC(2024, 4, 31) };
  const naming = { stripPrefix: '', letters: 'slug', template: '{name}' } as const;
  const content = { ...DEFAULT_POLICIES.content, cacheControl: [{ glob: '**', value: 'no-cache' }] };
  expect(optionWords({ filter, policies: { ...DEFAULT_POLICIES, naming, content } })).toBe(
    'only *.jpg, *.png; at most 5.0 MB; changed since 2024-05-31; keys in slugs; keys as {name}; Cache-Control of **: no-cache',
  );
});
