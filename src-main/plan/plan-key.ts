/**
 * Owns asking for the destination key of what is planned: the only place of a plan that does, so that it never differs
 * from what the migration would do. Pure. Called by plan-book.ts.
 */
import type { ListedAsset } from '../../src-shared/model/asset.ts';
import type { NamedAsset } from '../../src-shared/model/migration.ts';
import type { MigrationRequest } from '../../src-shared/model/migration-request.ts';
import { destinationKey, namedDestination } from '../engine/destination-key.ts';

export type PlannedWay = Pick<MigrationRequest, 'source' | 'destination' | 'policies'>;

/** `refusal`: why no key can be made of it. */
export interface PlannedKey {
  readonly key: string;
  readonly refusal: string | null;
}

export function plannedKey(asset: ListedAsset | NamedAsset, { source, destination, policies }: PlannedWay): PlannedKey {
  const way = { source, destination, naming: policies.naming };
  const { key, refusal } = 'key' in asset ? destinationKey(asset, way) : namedDestination(asset, way);
  return { key, refusal: refusal?.message ?? null };
}
