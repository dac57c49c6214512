/**
 * Owns the beginning of a migration, whole or as named jobs. Must not list or start anything: the planner and the
 * scheduler see what is there after the commit. Verbs of the coordinator.
 */
import type { ParsedParams, Result } from '../../../src-shared/contract/commands.ts';
import type { Location } from '../../../src-shared/model/asset.ts';
import { type NamedAsset, statedOf } from '../../../src-shared/model/migration.ts';
import type { MigrationRequest, RequestedAsset } from '../../../src-shared/model/migration-request.ts';
import type { Desk } from '../desk.ts';
import { namedDestination } from '../destination-key.ts';
import { acceptAmount, acceptRequest } from './accept-request.ts';

/** Durable with its position when the batch commits; the planner takes it from there. Throws FailureError. */
export function submitMigration(desk: Desk, request: MigrationRequest, isSample = false): Result<'migration.submit'> {
  const { source, destination, selection, policies, queue } = request;
  const assets = selection.kind === 'assets' ? selection.assets.map(plainAsset) : null;
  acceptAmount(desk, 1);
  acceptRequest(desk, { source, destination, assets, queue });
  const position = desk.store.queue(queue)?.counts.pending ?? 0;
  const migrationId = desk.store.insertMigration({
    kind: 'transfer',
    name: nameOf(desk, request.name, source, destination),
    queue,
    source,
    destination,
    selection: selection.kind,
    policies,
    isSample,
  });
  if (assets !== null) desk.store.insertNamedAssets(migrationId, assets);
  return { migrationId, position };
}

/** As submit, with its jobs made in the same batch, so that their ids and positions are known. Throws FailureError. */
export function enqueueJobs(desk: Desk, request: ParsedParams<'jobs.enqueue'>): Result<'jobs.enqueue'> {
  const { source, destination, policies, queue } = request;
  const assets = request.assets.map(plainAsset);
  acceptAmount(desk, assets.length);
  acceptRequest(desk, { source, destination, assets, queue });
  const ahead = desk.store.queue(queue)?.counts.pending ?? 0;
  const migrationId = desk.store.insertMigration({
    kind: 'transfer',
    name: nameOf(desk, request.name, source, destination),
    queue,
    source,
    destination,
    selection: 'assets',
    policies,
    isSample: false,
  });
  const ids = desk.store.insertJobs(
    migrationId,
    assets.map((asset) => ({
      sourceKey: asset.sourceKey,
      destinationKey: namedDestination(asset, request),
      sizeBytes: asset.sizeBytes ?? null,
      versionToken: null,
      stated: statedOf(asset),
    })),
  );
  desk.store.updateMigration(migrationId, { listing: 'done' });
  const jobs = ids.flatMap((jobId, index) => (jobId === null ? [] : [{ jobId, position: ahead + index + 1 }]));
  return { migrationId, jobs };
}

/** zod's optional fields may be there and undefined; ours are there or not. */
export function plainAsset({ sourceKey, destinationKey, ...stated }: RequestedAsset): NamedAsset {
  return { sourceKey, ...(destinationKey === undefined ? {} : { destinationKey }), ...statedOf(stated) };
}

/** "media-prod/products → media-eu": when nobody gave it a name. */
function nameOf(desk: Desk, given: string | undefined, source: Location, destination: Location): string {
  const name = given?.trim() ?? '';
  return name === '' ? `${placeOf(desk, source)} → ${placeOf(desk, destination)}` : name;
}

function placeOf(desk: Desk, location: Location): string {
  const account = desk.accounts.find(location.accountId)?.record.name ?? location.accountId;
  const path = `${location.container}/${location.prefix}`.replace(/\/+$/, '');
  const last = path.slice(path.lastIndexOf('/') + 1);
  return last === '' ? account : last;
}
