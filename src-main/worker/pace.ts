/**
 * Owns how fast this worker may move bytes: its shares of the bandwidth caps, for all of its attempts together. Must not
 * know the caps themselves (the main process divides them). Filled by worker.ts, asked by the steps that move bytes.
 */
import type { ToWorker } from '../../src-shared/contract/worker-messages.ts';
import { TokenBucket } from './token-bucket.ts';

/** As one attempt sees it. */
export interface Pace {
  /** False: every byte may pass at once, and nobody needs to ask. */
  readonly isCapped: boolean;
  /** Resolves when the bytes may be read, or written. Rejects with the signal's reason. */
  take(direction: Direction, bytes: number, signal: AbortSignal): Promise<void>;
}

export type Direction = 'read' | 'write';

export const UNCAPPED: Pace = { isCapped: false, take: () => Promise.resolve() };

/** What passes at once of a chunk while there is a cap: a twentieth of a second of 10 Mbit/s. */
const PIECE_BYTES = 64 * 1024;

type Buckets = Readonly<Record<Direction, TokenBucket>>;

export class WorkerPace {
  #house: Buckets | null = null;
  readonly #queues = new Map<string, Buckets>();

  change({ house, queues }: Omit<Extract<ToWorker, { type: 'pace' }>, 'type'>): void {
    this.#house = changed(this.#house, house);
    for (const queue of new Set([...this.#queues.keys(), ...Object.keys(queues)])) {
      const buckets = changed(this.#queues.get(queue) ?? null, queues[queue] ?? null);
      if (buckets === null) this.#queues.delete(queue);
      else this.#queues.set(queue, buckets);
    }
  }

  of(queue: string): Pace {
    const house = (): Buckets | null => this.#house;
    const ofQueue = (): Buckets | null => this.#queues.get(queue) ?? null;
    return {
      get isCapped() {
        return house() !== null || ofQueue() !== null;
      },
      async take(direction, bytes, signal) {
        await ofQueue()?.[direction].take(bytes, signal);
        await house()?.[direction].take(bytes, signal);
      },
    };
  }
}

/** The chunk in parts that may each pass for themselves. */
export function* piecesOf(chunk: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES);
}

function changed(before: Buckets | null, bytesPerSecond: number | null): Buckets | null {
  if (bytesPerSecond === null) {
    before?.read.setRate(Number.POSITIVE_INFINITY);
    before?.write.setRate(Number.POSITIVE_INFINITY);
    return null;
  }
  if (before === null) return { read: new TokenBucket(bytesPerSecond), write: new TokenBucket(bytesPerSecond) };
  before.read.setRate(bytesPerSecond);
  before.write.setRate(bytesPerSecond);
  return before;
}
