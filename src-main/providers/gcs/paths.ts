/**
 * Owns the paths of the JSON API. Pure. Called in this folder. Names of buckets are checked here, because no path is made
 * without one.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { encodeQueryPart } from '../wire/encode-path.ts';

const API = '/storage/v1';

export interface ObjectTarget {
  readonly bucket: string;
  readonly key: string;
}

/** Where objects of a bucket are listed. Throws `invalid-input` when no bucket can have the name. */
export function objectsPath(bucket: string): string {
  return `${API}${resource({ bucket, key: '' })}`;
}

export function objectPath(target: ObjectTarget): string {
  return `${API}${resource(target)}`;
}

export function uploadPath(bucket: string): string {
  return `/upload${objectsPath(bucket)}`;
}

export function rewritePath(source: ObjectTarget, target: ObjectTarget): string {
  return `${objectPath(source)}/rewriteTo${resource(target)}`;
}

function resource({ bucket, key }: ObjectTarget): string {
  if (!/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(bucket)) {
    fail('invalid-input', `"${bucket}" cannot be the name of a bucket.`, {
      field: 'container',
      hint: 'Enter the name alone, without "gs://" and without a path.',
    });
  }
  return key === '' ? `/b/${bucket}/o` : `/b/${bucket}/o/${encodeQueryPart(key)}`;
}
