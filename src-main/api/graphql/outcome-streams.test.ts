/** Proves that a reader who leaves is not listened for any more, also while nothing happens. */
import { expect, it } from 'vitest';
import type { House } from '../house.ts';
import { liveOutcomes, migrationOutcomes } from './outcome-streams.ts';

function quietHouse() {
  const listeners = new Set<unknown>();
  const answers: Record<string, unknown> = {
    'migration.get': { finishedAtMs: null },
    'job.list': { rows: [], nextCursor: null },
  };
  const house = {
    call: async (name: string) => answers[name],
    onOutcome(listener: unknown) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return { house: house as unknown as House, listeners };
}

it.each([
  ['live', (house: House) => liveOutcomes(house, 7)],
  ['of one migration', (house: House) => migrationOutcomes(house, 7)],
] as const)('a stream of outcomes, %s, ends when its reader leaves', async (_, open) => {
  const { house, listeners } = quietHouse();
  const stream = open(house);
  const next = stream.next();
  await new Promise((resolve) => setImmediate(resolve));
  expect(listeners.size).toBe(1);
  await stream.return(undefined);
  expect(await next).toEqual({ done: true, value: undefined });
  expect(listeners.size).toBe(0);
});
