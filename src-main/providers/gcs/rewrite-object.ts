/**
 * Owns copies that the service makes by itself, from bucket to bucket. Called by gcs-provider.ts.
 */
import { z } from 'zod';
import { fail } from '../../../src-shared/model/failure.ts';
import type { CopySource, WriteOptions } from '../provider.ts';
import type { GcsClient } from './gcs-client.ts';
import { GcsFailureError } from './gcs-failure.ts';
import { aclQuery, condition } from './make-object.ts';
import { type ObjectTarget, rewritePath } from './paths.ts';
import { OBJECT_FIELDS, objectToMake, STORED_OBJECT, type StoredObject } from './stored-object.ts';

const COUNT = z.string().regex(/^\d+$/).transform(Number);
const STEP = z.object({
  done: z.boolean(),
  totalBytesRewritten: COUNT,
  /** While it is not done. */
  rewriteToken: z.string().optional(),
  /** Once it is done. */
  resource: STORED_OBJECT.optional(),
});

/**
 * null when the account may not do it: which of both sides refuses cannot be told, and reading and writing as usual
 * says so in its own words. Large objects take several requests; nothing is visible before the last.
 */
export async function rewriteObject(
  client: GcsClient,
  { container, key, head }: CopySource,
  target: ObjectTarget,
  options: WriteOptions,
): Promise<StoredObject | null> {
  const { signal } = options;
  const object = Buffer.from(JSON.stringify(objectToMake(target.key, options)));
  let rewriteToken: string | null = null;
  try {
    for (;;) {
      signal.throwIfAborted();
      const step: z.infer<typeof STEP> = await client.requestJson(
        {
          method: 'POST',
          to: rewritePath({ bucket: container, key }, target),
          query: {
            fields: `done,totalBytesRewritten,rewriteToken,resource(${OBJECT_FIELDS})`,
            ...(head.versionToken === undefined ? {} : { ifSourceGenerationMatch: head.versionToken }),
            ...condition(options),
            ...aclQuery(options, 'destinationPredefinedAcl'),
            ...(rewriteToken === null ? {} : { rewriteToken }),
          },
          headers: { 'content-type': 'application/json; charset=utf-8' },
          body: { sizeBytes: object.byteLength, bytes: object },
          deed: `copy ${container}/${key} to ${target.bucket}/${target.key}`,
          signal,
        },
        STEP,
      );
      options.onProgress(step.totalBytesRewritten);
      if (step.resource !== undefined) return step.resource;
      rewriteToken = step.rewriteToken ?? fail('unexpected', `The service does not say how the copy goes on.`);
    }
  } catch (thrown) {
    const isRefused = thrown instanceof GcsFailureError && thrown.failure.code === 'permission-denied';
    if (isRefused && rewriteToken === null) return null;
    throw thrown;
  }
}
