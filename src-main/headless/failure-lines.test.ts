/** Proves that a migration which found nothing says where to look, and one that went well says nothing. */
import { expect, test } from 'vitest';
import type { MigrationView } from '../../src-shared/model/migration.ts';
import type { Call } from './call-house.ts';
import { failureLines } from './failure-lines.ts';

const call = (() => Promise.reject(new Error('Nothing is to be asked.'))) as unknown as Call;
const ended = (state: MigrationView['state']) =>
  ({ id: 1, state, counts: { failed: 0 }, listingFailure: null }) as unknown as MigrationView;

test('a migration of nothing is no riddle', async () => {
  expect((await failureLines(call, ended('empty'))).join()).toContain('look at the source, its prefix');
  expect(await failureLines(call, ended('completed'))).toEqual([]);
});
