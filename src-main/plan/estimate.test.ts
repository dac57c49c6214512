/** Proves the figures of an estimate against ones that were computed by hand. */

import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICIES } from '../../src-shared/model/migration.ts';
import { PLAN_CLASSES, type PlanClass, USUAL_RATES } from '../../src-shared/model/plan.ts';
import { type EstimateInput, estimate } from './estimate.ts';
import type { ClassTally } from './plan-book.ts';

const NOTHING: ClassTally = { assets: 0, bytes: 0, unsized: 0, inParts: 0, parts: 0 };
const tallies = (some: Partial<Record<PlanClass, Partial<ClassTally>>>) =>
  Object.fromEntries(PLAN_CLASSES.map((known) => [known, { ...NOTHING, ...some[known] }])) as Record<
    PlanClass,
    ClassTally
  >;

const input = (extras: Partial<EstimateInput> = {}): EstimateInput => ({
  comparison: {
    classes: tallies({
      new: { assets: 1_000, bytes: 100e9, inParts: 10, parts: 320 },
      changed: { assets: 200, bytes: 20e9 },
      identical: { assets: 5_000, bytes: 500e9 },
      conflicting: { assets: 7, bytes: 7e9 },
    }),
    lookalikes: tallies({ new: { assets: 5, bytes: 5e9 } }),
  },
  moves: ['new', 'changed', 'unknown'],
  withLookalikes: false,
  policies: DEFAULT_POLICIES,
  sourceKind: 's3',
  destinationKind: 'gcs',
  destination: { bestProof: 'checksum' },
  pages: { source: 7, destination: 6 },
  rates: USUAL_RATES,
  ...extras,
});

describe('an estimate', () => {
  it('takes the longer of bytes and assets for its time', () => {
    expect(estimate(input()).durationMs).toBe((120e9 / 20e6) * 1_000);
    const slow = { ...USUAL_RATES, assetsPerSecond: 0.1 };
    expect(estimate(input({ rates: slow })).durationMs).toBe(12_000_000);
  });

  it('counts requests as the worker makes them', () => {
    expect(estimate(input())).toMatchObject({
      source: { list: 7, head: 200, get: 1_200, put: 0, parts: 0 },
      destination: { list: 6, head: 2_400, get: 0, put: 1_190, parts: 320 },
    });
    const always = input({ policies: { ...DEFAULT_POLICIES, overwrite: 'always' } });
    expect(estimate(always)).toMatchObject({ source: { head: 0 }, destination: { head: 1_200 } });
    expect(estimate(input({ destination: { bestProof: 're-read' } })).destination.get).toBe(1_200);
  });

  it('prices what leaves the source and every request, by the list or as given', () => {
    const { egressUsd, sourceRequestsUsd, destinationRequestsUsd, notes } = estimate(input());
    expect(egressUsd).toBeCloseTo(120 * 0.09, 6);
    expect(sourceRequestsUsd).toBeCloseTo((7 * 0.005 + 1_400 * 0.0004) / 1_000, 9);
    expect(destinationRequestsUsd).toBeCloseTo((1_516 * 0.005 + 2_400 * 0.0004) / 1_000, 9);
    expect(notes.join(' ')).toContain('us-east-1');
    const toS3 = estimate(input({ sourceKind: 'local', destinationKind: 's3' }));
    expect(toS3.notes.join(' ')).toContain('services that speak the same protocol have other prices');
    const own = { ...USUAL_RATES, egressUsdPerGb: 0 };
    expect(estimate(input({ rates: own })).egressUsd).toBe(0);
  });

  it('says nothing about prices that nobody publishes', () => {
    const { egressUsd, sourceRequestsUsd, notes } = estimate(input({ sourceKind: 'local', destinationKind: 'webdav' }));
    expect([egressUsd, sourceRequestsUsd, notes]).toEqual([null, null, []]);
  });

  it('takes in what a person chose', () => {
    expect(estimate(input({ withLookalikes: true }))).toMatchObject({ assets: 1_205, bytes: 125e9 });
  });
});
