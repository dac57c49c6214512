/**
 * Owns what a job is made of, from an asset that was listed or named. Pure. Must not insert it. Called by the planner and
 * by submit.
 */
import type { ListedAsset } from '../../src-shared/model/asset.ts';
import { type NamedAsset, statedOf } from '../../src-shared/model/migration.ts';
import type { NewJob } from '../store/records.ts';
import { destinationKey, type KeyWay, namedDestination } from './destination-key.ts';

export function listedJob(asset: ListedAsset, way: KeyWay): NewJob {
  const { key, ...refusal } = destinationKey(asset, way);
  return {
    sourceKey: asset.key,
    destinationKey: key,
    sizeBytes: asset.sizeBytes < 0 ? null : asset.sizeBytes,
    versionToken: asset.versionToken ?? null,
    ...refusal,
  };
}

export function namedJob(asset: NamedAsset, way: KeyWay): NewJob {
  const { key, ...refusal } = namedDestination(asset, way);
  return {
    sourceKey: asset.sourceKey,
    destinationKey: key,
    sizeBytes: asset.sizeBytes ?? asset.listedBytes ?? null,
    versionToken: null,
    stated: statedOf(asset),
    ...refusal,
  };
}
