/**
 * Owns what a plan is: what a migration would do to each asset before it moves the first byte, and what that would
 * take. Must not compute anything. Written by src-main/plan, read by the window and the command line.
 */
import type { Location } from './asset.ts';
import type { Failure } from './failure.ts';
import type { MigrationPolicies } from './migration.ts';

/**
 * `unknown`: there is an asset of the same size, and only reading both could tell whether it is the same. `conflicting`:
 * another source wants the same destination key, or one that many disks take for the same. `refused`: the destination
 * cannot hold the key or so many bytes.
 */
export const PLAN_CLASSES = ['new', 'changed', 'unknown', 'identical', 'conflicting', 'refused'] as const;
export type PlanClass = (typeof PLAN_CLASSES)[number];

/**
 * listing → comparing → ready → handing-over → submitted; `failed` from any but the last. A plan that is discarded is
 * gone.
 */
export type PlanState = 'listing' | 'comparing' | 'ready' | 'failed' | 'handing-over' | 'submitted';

/** How much of something there is. Assets of unknown size are counted in `unsized` and add no bytes. */
export interface PlanTally {
  readonly assets: number;
  readonly bytes: number;
  readonly unsized: number;
}

export interface PlanRow {
  readonly class: PlanClass;
  readonly sourceKey: string;
  readonly destinationKey: string;
  /** null: not known before it is read. */
  readonly sizeBytes: number | null;
  /** null: nothing has the key. */
  readonly there: { readonly sizeBytes: number | null } | null;
  /** Why it is in its class, for a person. */
  readonly reason: string;
}

/** What a person may say better than we can guess. */
export interface PlanRates {
  readonly bytesPerSecond: number;
  readonly assetsPerSecond: number;
  /** USD for each GB that leaves the source; null: the list price. */
  readonly egressUsdPerGb: number | null;
}

/** Slow enough for a home line and a shared server: better to be done before than after. */
export const USUAL_RATES: PlanRates = { bytesPerSecond: 20_000_000, assetsPerSecond: 50, egressUsdPerGb: null };

/** What a person leaves in a run, or out of it. */
export interface PlanChoice {
  /** Also what only reading can tell. */
  readonly withUnknown: boolean;
  /** Also what conflicts only where a disk takes two names for one. */
  readonly withLookalikes: boolean;
}

export const USUAL_CHOICE: PlanChoice = { withUnknown: true, withLookalikes: false };

/** Requests by what services charge for; `parts` are those of large writes, their beginning and end included. */
export interface PlanRequests {
  readonly list: number;
  readonly head: number;
  readonly get: number;
  readonly put: number;
  readonly parts: number;
}

/** Of all that a run with this choice moves. */
export interface PlanEstimate {
  readonly assets: number;
  readonly bytes: number;
  readonly rates: PlanRates;
  /** The longer of two: all bytes at the rate of bytes, all assets at the rate of assets. */
  readonly durationMs: number;
  readonly source: PlanRequests;
  readonly destination: PlanRequests;
  /** null: no list price is known for the kind of storage, and none was given. */
  readonly egressUsd: number | null;
  readonly sourceRequestsUsd: number | null;
  readonly destinationRequestsUsd: number | null;
  /** Where the prices are from, a sentence each. */
  readonly notes: readonly string[];
}

/** How far the listing of one end is. */
export interface PlanListing {
  readonly assets: number;
  readonly pages: number;
  readonly isDone: boolean;
}

export interface PlanView {
  readonly id: number;
  readonly state: PlanState;
  readonly failure: Failure | null;
  readonly name: string | null;
  readonly source: Location;
  readonly destination: Location;
  readonly policies: MigrationPolicies;
  readonly queue: string;
  readonly listed: { readonly source: PlanListing; readonly destination: PlanListing };
  /** null before the comparison is done. */
  readonly classes: Readonly<Record<PlanClass, PlanTally>> | null;
  /** Those of the conflicting that a disk which tells such names apart could hold, as far as a run would move them. */
  readonly lookalikes: number;
  /** The classes that a run moves, by the policy for what is there and by the choice. */
  readonly moves: readonly PlanClass[];
  /** null before the comparison is done. */
  readonly estimate: PlanEstimate | null;
  /** Once it was run. */
  readonly migrationId: number | null;
  readonly createdAtMs: number;
  /** It is forgotten then, or when the house stops. */
  readonly expiresAtMs: number;
}
