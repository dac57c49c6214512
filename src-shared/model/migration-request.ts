/**
 * Owns the shape of a request for a migration as it is kept, for a schedule that repeats it. Must not hold credentials:
 * locations name accounts. Read by the engine and the window.
 */
import type { Location } from './asset.ts';
import type { MigrationPolicies, NamedAsset } from './migration.ts';
import type { SelectionFilter } from './selection.ts';

export interface MigrationRequest {
  readonly name?: string | undefined;
  readonly source: Location;
  readonly destination: Location;
  readonly selection:
    | { readonly kind: 'listing'; readonly filter: SelectionFilter }
    | { readonly kind: 'assets'; readonly assets: readonly RequestedAsset[] };
  readonly policies: MigrationPolicies;
  readonly queue: string;
}

/** As zod reads it: an optional field may be there and undefined. */
export type RequestedAsset = { readonly [K in keyof NamedAsset]: NamedAsset[K] | undefined } & {
  readonly sourceKey: string;
};
