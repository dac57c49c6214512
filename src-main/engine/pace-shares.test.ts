/** Proves that the shares of all workers together never exceed a cap, and reach a worker before it needs them. */
import { expect, it } from 'vitest';
import { PaceShares, shareOut } from './pace-shares.ts';

const hand = (...queues: string[]) => new Map(queues.map((queue, index) => [`${index}`, queue]));

it('divides every cap by the attempts in hand', () => {
  const rates = { house: 1_000, queues: new Map([['slow', 100]]) };
  const [one, other, idle] = shareOut(rates, [hand('slow', 'slow', 'fast'), hand('slow'), hand()]);
  expect(one).toMatchObject({ house: 750, queues: { slow: 200 / 3 } });
  expect(other).toMatchObject({ house: 250, queues: { slow: 100 / 3 } });
  expect(idle).toMatchObject({ house: null, queues: {} });
});

it('sends what changed, and takes from one before it gives to another', () => {
  const sent: string[] = [];
  const worker = (name: string, queues: Map<string, string>) => ({
    attemptQueues: queues,
    process: { send: ({ house }: { house: number | null }) => sent.push(`${name} ${house}`) },
  });
  const first = worker('first', hand('q'));
  const second = worker('second', hand('q', 'q', 'q'));
  const shares = new PaceShares();
  shares.tell([first, second]);
  expect(sent).toEqual([]);
  shares.set({ house: 400, queues: new Map() });
  shares.tell([first, second]);
  shares.tell([first, second]);
  expect(sent.splice(0).sort()).toEqual(['first 100', 'second 300']);
  second.attemptQueues.delete('0');
  second.attemptQueues.delete('1');
  shares.tell([first, second]);
  expect(sent.splice(0)).toEqual(['second 200', 'first 200']);
  shares.set({ house: null, queues: new Map() });
  shares.tell([first, second]);
  expect(sent.sort()).toEqual(['first null', 'second null']);
});
