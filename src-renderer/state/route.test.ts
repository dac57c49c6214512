/** Proves that an address is read as what it says, and that one which cannot be read leads nowhere instead of breaking. */
import { expect, test } from 'vitest';
import { href, parseRoute } from './route.ts';

test('what is linked is read back', () => {
  const { screen, id, query } = parseRoute(href('jobs', 'a b/c', { states: 'failed' }));
  expect([screen, id, query.get('states')]).toEqual(['jobs', 'a b/c', 'failed']);
  expect(parseRoute('')).toMatchObject({ screen: 'overview', id: null });
});

test.each(['#/jobs/%E0%A4%A', '#/queues/a/b', '#/jobs/1/'])('%s is no address', (hash) => {
  expect(parseRoute(hash)).toMatchObject({ screen: '?', id: null });
});
