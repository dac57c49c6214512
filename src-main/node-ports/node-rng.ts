/**
 * Owns the real chance, for jitter and fair picks. Must not make tokens or ids that anybody could profit from guessing:
 * those come from node:crypto. Lent to the house by main.ts and headless.ts.
 */
import type { Rng } from '../ports.ts';

export const nodeRng: Rng = { fraction: () => Math.random() };
