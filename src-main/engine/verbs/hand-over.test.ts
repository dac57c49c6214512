/** Proves that a plan is handed over whole or not at all, through crashes, cancelling and a planner that looks often. */
import { afterEach, describe, expect, it } from 'vitest';
import { type CoordinatorUnderTest, openCoordinatorUnderTest, REQUEST } from '../coordinator-under-test.ts';
import { beginHandOver, endHandOver, giveUpHandOver, handOver } from './hand-over.ts';

let test: CoordinatorUnderTest;
afterEach(() => test.close());

const named = (...keys: string[]) => keys.map((sourceKey) => ({ sourceKey, destinationKey: `to/${sourceKey}` }));
const keysInHand = () => test.workers.orders().map(({ order }) => order.source.key);

async function begin(): Promise<number> {
  test = await openCoordinatorUnderTest();
  const id = await test.coordinator.call((desk) => beginHandOver(desk, REQUEST));
  await test.coordinator.call((desk) => handOver(desk, id, named('a', 'b'), 0));
  await test.clock.advance(10_000);
  return id;
}

describe('a plan that is handed over', () => {
  it('begins when the last of it arrived, in its order', async () => {
    const id = await begin();
    expect(keysInHand()).toEqual([]);
    await test.coordinator.call((desk) => handOver(desk, id, named('c'), 2));
    await test.coordinator.call((desk) => endHandOver(desk, id));
    await test.clock.settle();
    expect(keysInHand()).toEqual(['a', 'b', 'c']);
    expect(test.workers.orders()[0]?.order.destination.key).toBe('to/a');
  });

  it('is given up whole by the next start when the app ended meanwhile', async () => {
    const id = await begin();
    test = await test.crash();
    await test.clock.advance(10_000);
    expect(keysInHand()).toEqual([]);
    const left = test.coordinator.store.migration(id);
    expect(left).toMatchObject({ intent: 'cancel', listing: 'done', listingFailure: { code: 'unexpected' } });
    expect(left?.finishedAtMs).not.toBeNull();
  });

  it('takes nothing more once its migration was cancelled', async () => {
    const id = await begin();
    await test.coordinator.call(({ store }) => giveUpHandOver(store, id));
    const more = test.coordinator.call((desk) => handOver(desk, id, named('c'), 2));
    await expect(more).rejects.toMatchObject({ failure: { code: 'invalid-input' } });
    const end = test.coordinator.call((desk) => endHandOver(desk, id));
    await expect(end).rejects.toThrow('cancelled');
  });
});
