/** Proves that closing loses nothing that waits, however many batches it takes. */
import { afterEach, expect, it } from 'vitest';
import { createManualClock } from '../node-ports/manual-clock.ts';
import { openStoreUnderTest, type StoreUnderTest } from '../store/sqlite/store-under-test.ts';
import { createMailbox } from './mailbox.ts';

let test: StoreUnderTest;
afterEach(() => test.close());

it('runs every letter before it closes, and answers each', async () => {
  test = openStoreUnderTest();
  let monotonicMs = 0;
  const mailbox = createMailbox({
    store: test.store,
    // So slow that every letter has a batch of its own.
    clock: { ...createManualClock(), monotonicMs: () => (monotonicMs += 10) },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    afterBegin: () => undefined,
    beforeCommit: () => undefined,
    afterCommit: () => undefined,
    onRollback: () => undefined,
    onStoreTrouble: () => undefined,
  });
  const done: number[] = [];
  const letters = Array.from({ length: 100 }, (_, index) => index);
  for (const letter of letters) mailbox.deliver(() => void done.push(letter));
  const answers = letters.map((letter) => mailbox.post(() => letter));
  mailbox.close();
  expect(done).toEqual(letters);
  expect(await Promise.all(answers)).toEqual(letters);
});
