/**
 * Proves that whatever people do and whatever breaks, in whatever order, the invariants hold and everything comes to
 * rest. A seed that fails is named; `node test-trust/simulation/run-seeds.ts --seeds 1 --from SEED --trace` replays it.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { FAULTS, type Fault, simulate } from './simulation.ts';

const SEEDS = 200;
const CHUNK = 25;
/** One in so many is run twice. */
const TWICE = 20;
const met = new Map<Fault, number>();
let ran = 0;

async function run(seed: number): Promise<void> {
  const { breaches, trace, hash, met: faults } = await simulate(seed);
  if (breaches.length > 0) throw new Error(`Seed ${seed}: ${breaches.join('\n')}\n\n${trace.join('\n')}`);
  for (const [fault, count] of faults) met.set(fault, (met.get(fault) ?? 0) + count);
  ran += 1;
  if (seed % TWICE === 0) expect((await simulate(seed)).hash, `seed ${seed} twice`).toBe(hash);
}

describe('under seeded faults', () => {
  for (let first = 1; first <= SEEDS; first += CHUNK) {
    it(`the invariants hold for seeds ${first} to ${first + CHUNK - 1}`, async () => {
      for (let seed = first; seed < first + CHUNK; seed += 1) await run(seed);
    }, 120_000);
  }

  afterAll(() => {
    // A fault that never struck proves nothing.
    if (ran === SEEDS) for (const fault of FAULTS) expect(met.get(fault) ?? 0, fault).toBeGreaterThanOrEqual(10);
  });
});
