/**
 * Owns dividing the bandwidth caps between workers, by the attempts that each has in hand: all shares together are never
 * more than the cap. Must not know time (pace-desk says what holds now) nor move bytes. Used by supervisor.ts.
 */
import type { ToWorker } from '../../src-shared/contract/worker-messages.ts';

/** What holds now, in bytes a second; null and absent: no cap. */
export interface CapRates {
  readonly house: number | null;
  readonly queues: ReadonlyMap<string, number>;
}

type PaceMessage = Extract<ToWorker, { type: 'pace' }>;

/** As pace shares see a worker: the queue of each attempt in its hands. */
export interface PacedHand {
  readonly attemptQueues: ReadonlyMap<string, string>;
  readonly process: { send(message: PaceMessage): void };
}

const NO_CAP: PaceMessage = { type: 'pace', house: null, queues: {} };

/** One message for each hand, in their order. A hand without attempts has no share, and needs none. Pure. */
export function shareOut({ house, queues }: CapRates, hands: readonly PacedHand['attemptQueues'][]): PaceMessage[] {
  const counts = hands.map((hand) => countByQueue(hand.values()));
  const all = hands.reduce((sum, hand) => sum + hand.size, 0);
  return hands.map((hand, index) => {
    const shares: Record<string, number> = {};
    for (const [queue, own] of counts[index] ?? []) {
      const rate = queues.get(queue);
      if (rate !== undefined) shares[queue] = (rate * own) / sumOf(counts, queue);
    }
    return {
      type: 'pace',
      house: house === null || hand.size === 0 ? null : (house * hand.size) / all,
      queues: shares,
    };
  });
}

export class PaceShares {
  private rates: CapRates = { house: null, queues: new Map() };
  private readonly told = new WeakMap<PacedHand, PaceMessage>();

  set(rates: CapRates): void {
    this.rates = rates;
  }

  /** Sends each worker its share, where it is another than before. Shares that go down are sent before those that go up. */
  tell(workers: Iterable<PacedHand>): void {
    const hands = [...workers];
    const messages = shareOut(
      this.rates,
      hands.map(({ attemptQueues }) => attemptQueues),
    );
    const changed = hands
      .map((hand, index) => ({ hand, message: messages[index] ?? NO_CAP, before: this.told.get(hand) ?? NO_CAP }))
      .filter(({ message, before }) => JSON.stringify(message) !== JSON.stringify(before))
      .sort((one, other) => growth(one) - growth(other));
    for (const { hand, message } of changed) {
      this.told.set(hand, message);
      hand.process.send(message);
    }
  }
}

function growth({ message, before }: { readonly message: PaceMessage; readonly before: PaceMessage }): number {
  return (message.house ?? Number.MAX_VALUE) - (before.house ?? Number.MAX_VALUE);
}

function countByQueue(queues: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const queue of queues) counts.set(queue, (counts.get(queue) ?? 0) + 1);
  return counts;
}

function sumOf(counts: readonly ReadonlyMap<string, number>[], queue: string): number {
  return counts.reduce((sum, count) => sum + (count.get(queue) ?? 0), 0);
}
