/**
 * Owns what a planned migration would take: time, requests, money. Pure, and an estimate: every figure is one that a
 * person can follow. Must not ask anybody. Called by plans.ts whenever a plan is looked at.
 */
import type { MigrationPolicies } from '../../src-shared/model/migration.ts';
import type { PlanClass, PlanEstimate, PlanRates, PlanRequests } from '../../src-shared/model/plan.ts';
import type { Capabilities } from '../../src-shared/model/provider.ts';
import { kindFacts, type ListPrices } from './kind-facts.ts';
import type { ClassTally, Comparison } from './plan-book.ts';

export interface EstimateInput {
  readonly comparison: Comparison;
  readonly moves: readonly PlanClass[];
  readonly withLookalikes: boolean;
  readonly policies: MigrationPolicies;
  readonly sourceKind: string;
  readonly destinationKind: string;
  readonly destination: Pick<Capabilities, 'bestProof'>;
  /** What the listings of this plan took already. */
  readonly pages: { readonly source: number; readonly destination: number };
  readonly rates: PlanRates;
}

const GB = 1e9;

export function estimate(input: EstimateInput): PlanEstimate {
  const { rates } = input;
  const moved = movedBy(input, input.moves);
  const assets = sum(moved, 'assets');
  const bytes = sum(moved, 'bytes');
  const { source, destination } = requests(input);
  const from = kindFacts(input.sourceKind).prices;
  const to = kindFacts(input.destinationKind).prices;
  const perGb = rates.egressUsdPerGb ?? from?.egressPerGb ?? null;
  return {
    assets,
    bytes,
    rates,
    durationMs: Math.max(bytes / rates.bytesPerSecond, assets / rates.assetsPerSecond) * 1_000,
    source,
    destination,
    egressUsd: perGb === null ? null : (bytes / GB) * perGb,
    sourceRequestsUsd: requestCost(source, from),
    destinationRequestsUsd: requestCost(destination, to),
    notes: notesOf(input, from, to, sum(moved, 'unsized')),
  };
}

/**
 * As the worker asks (resolve, open, upload, verify), with nothing guessed right and nothing tried again: a look at the
 * destination for each asset unless everything is replaced, one at the source for what is there, one GET, one PUT or
 * the parts, a look at the result, and one GET there where only reading back proves.
 */
function requests(input: EstimateInput): { readonly source: PlanRequests; readonly destination: PlanRequests } {
  const { moves, policies, destination, destinationKind, pages } = input;
  const moved = movedBy(input, moves);
  const assets = sum(moved, 'assets');
  const inParts = sum(moved, 'inParts');
  const isLooked = policies.overwrite !== 'always';
  const found = sum(
    movedBy(
      input,
      moves.filter((known) => known !== 'new'),
    ),
    'assets',
  );
  const isReadBack = destination.bestProof === 're-read' && !kindFacts(destinationKind).isDisk;
  return {
    source: { list: pages.source, head: isLooked ? found : 0, get: assets, put: 0, parts: 0 },
    destination: {
      list: pages.destination,
      head: (isLooked ? assets : 0) + assets,
      get: isReadBack ? assets : 0,
      put: assets - inParts,
      parts: sum(moved, 'parts'),
    },
  };
}

function movedBy({ comparison, withLookalikes }: EstimateInput, moves: readonly PlanClass[]): readonly ClassTally[] {
  const { classes, lookalikes } = comparison;
  return moves.flatMap((known) => [classes[known], ...(withLookalikes ? [lookalikes[known]] : [])]);
}

/** Lists are charged like writes by every service in the table. */
function requestCost({ list, head, get, put, parts }: PlanRequests, prices: ListPrices | null): number | null {
  if (prices === null) return null;
  return ((list + put + parts) * prices.writePerThousand + (head + get) * prices.readPerThousand) / 1_000;
}

function notesOf(
  { rates }: EstimateInput,
  from: ListPrices | null,
  to: ListPrices | null,
  unsized: number,
): readonly string[] {
  const notes = [
    from !== null && `Source: ${from.source}.`,
    to !== null && to !== from && `Destination: ${to.source}.`,
    rates.egressUsdPerGb !== null && 'What leaves the source is priced as given.',
    (from !== null || to !== null) &&
      'Other regions, classes and services that speak the same protocol have other prices.',
    unsized > 0 && `${unsized} assets of unknown size add no bytes: it will be more.`,
  ];
  return notes.filter((note) => note !== false);
}

function sum(tallies: readonly ClassTally[], name: keyof ClassTally): number {
  return tallies.reduce((all, tally) => all + tally[name], 0);
}
