/**
 * Owns chance that can be had again: the same seed gives the same draws. Must not be used where chance must be hard to
 * guess. Used by the simulation.
 */
import type { Rng } from '../../src-main/ports.ts';

export interface SeededRng extends Rng {
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** undefined only for an empty list. */
  pick<Item>(items: readonly Item[]): Item | undefined;
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty to choose what happens next. */
export function createSeededRng(seed: number): SeededRng {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    fraction,
    chance: (probability) => fraction() < probability,
    between: (least, most) => least + Math.floor(fraction() * (most - least + 1)),
    pick: (items) => items[Math.floor(fraction() * items.length)],
  };
}
