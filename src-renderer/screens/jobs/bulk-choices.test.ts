/** Proves that a bulk offers what the table of arrows allows for the list that is shown, and nothing else. */
import { expect, test } from 'vitest';
import { bulkWords } from '../../frame/bulk-words.ts';
import { bulkChoices } from './bulk-choices.ts';

const verbsFor = (...states: Parameters<typeof bulkChoices>[0]['states'] & object): string[] =>
  bulkChoices({ states }).map(({ value }) => value);

test('only verbs that change one of the states are offered', () => {
  expect(verbsFor('failed')).toEqual(['retry', 'skip']);
  expect(verbsFor('paused')).toEqual(['resume', 'cancel', 'skip']);
  expect(verbsFor('completed')).toEqual([]);
  expect(bulkChoices({}).map(({ value }) => value)).toEqual(['pause', 'resume', 'cancel', 'retry', 'skip']);
});

test('a bulk says how far it is, what it left alone, and that it was stopped', () => {
  const bulk = {
    id: 1,
    verb: 'retry',
    state: 'running',
    subject: 'failed jobs of migration 3',
    total: 100_000,
    handled: 12_000,
    changed: 11_990,
    refused: 10,
    startedAtMs: 0,
    endedAtMs: null,
  } as const;
  expect(bulkWords(bulk)).toBe('Retrying failed jobs of migration 3: 12,000 of 100,000, 10 left alone');
  expect(bulkWords({ ...bulk, state: 'stopped', endedAtMs: 5 })).toBe(
    'Stopped: retrying failed jobs of migration 3, 11,990 changed, 10 left alone',
  );
});
