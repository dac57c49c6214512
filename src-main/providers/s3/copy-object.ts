/**
 * Owns the copy of an object inside one service, without its bytes passing here. Only where the service's own MD5 of
 * source and copy can be compared: some services ignore the version that is asked for. Called by s3-provider.ts.
 */
import { isDeepStrictEqual } from 'node:util';
import { FailureError, fail } from '../../../src-shared/model/failure.ts';
import type { CopySource, WriteOptions, WriteResult } from '../provider.ts';
import { encodePath } from '../wire/encode-path.ts';
import { COPY_MAX_BYTES } from './limits.ts';
import { md5OfETag } from './object-asset.ts';
import type { ObjectTarget } from './put-object.ts';
import type { S3Client } from './s3-client.ts';
import { S3FailureError } from './s3-failure.ts';
import { hasTags, readTags, tagAndAclHeaders } from './tags-and-acl.ts';

/** null: this object cannot be copied so, or the service does not do it; nothing happened. */
export async function copyObject(
  client: S3Client,
  { container, key, head }: Pick<CopySource, 'container' | 'key' | 'head'>,
  target: ObjectTarget,
  options: WriteOptions,
): Promise<WriteResult | null> {
  const md5 = md5OfETag(head.versionToken);
  if (md5 === undefined || head.versionToken === undefined || head.sizeBytes > COPY_MAX_BYTES) return null;
  // No service was seen to honour a condition on the target of a copy.
  if (target.ifAbsent) return null;
  let etag = '';
  try {
    await client.requestXml(
      {
        method: 'PUT',
        bucket: target.bucket,
        key: target.key,
        headers: {
          'x-amz-copy-source': `/${container}/${encodePath(key)}`,
          'x-amz-copy-source-if-match': head.versionToken,
          'x-amz-metadata-directive': 'COPY',
          // As told, also where that is none; else the copy has those of the source.
          ...(client.settings.preset.hasTags ? { 'x-amz-tagging-directive': 'REPLACE' } : {}),
          ...tagAndAclHeaders(options),
        },
        deed: `copy ${container}/${key} to ${target.bucket}/${target.key}`,
        signal: options.signal,
      },
      (name, text) => {
        if (name === 'ETag') etag = text;
      },
    );
  } catch (thrown) {
    if (isChanged(thrown)) fail('source-changed', `${container}/${key} is another version than before.`);
    if (isUnable(thrown)) return null;
    throw thrown;
  }
  options.onProgress(head.sizeBytes);
  const stored = md5OfETag(etag);
  return {
    versionToken: stored === undefined ? etag : `"${stored}"`,
    ...(stored === undefined ? {} : { digests: { md5: stored } }),
    // Where a key service encrypts, or the source became another just then, they differ.
    vouches: stored === md5 && (await isTagged(client, target, options)) ? 'checksum' : null,
  };
}

/** Ceph copies the source's tags whatever it is told, so each copy that is to have some is looked at. */
async function isTagged(client: S3Client, target: ObjectTarget, options: WriteOptions): Promise<boolean> {
  if (!hasTags(options)) return true;
  try {
    return isDeepStrictEqual(await readTags(client, target, options.signal), { ...options.tags });
  } catch (thrown) {
    if (thrown instanceof S3FailureError && isUnable(thrown)) return false;
    throw thrown;
  }
}

function isChanged(thrown: unknown): boolean {
  return thrown instanceof S3FailureError && thrown.status === 412;
}

/** What may work with the bytes passing here: keys that may only read one bucket and write the other, missing features. */
function isUnable(thrown: unknown): boolean {
  if (thrown instanceof S3FailureError && thrown.s3Code === 'AccessControlListNotSupported') return false;
  if (thrown instanceof S3FailureError) return [400, 403, 405, 501].includes(thrown.status);
  return thrown instanceof FailureError && thrown.failure.code === 'unsupported';
}
