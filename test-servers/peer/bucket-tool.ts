/**
 * Owns calling bucket.py: buckets filled and read by another tool than ours. Must not use any code of the product.
 * Used by run-server-tests.ts and migrate.servers.test.ts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Holding } from '../compare-holdings.ts';
import type { S3Address } from '../servers/s3-server.ts';

export const PEER_PACKAGES = ['python3-boto3', 'curl'] as const;

export interface PeerObject {
  readonly key: string;
  readonly file: string;
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export async function makeBucket(server: S3Address, bucket: string): Promise<void> {
  await call(server, 'make', bucket, []);
}

export async function putObjects(server: S3Address, bucket: string, objects: readonly PeerObject[]): Promise<void> {
  await call(server, 'put', bucket, objects);
}

export async function removeObjects(server: S3Address, bucket: string, keys: readonly string[]): Promise<void> {
  await call(
    server,
    'remove',
    bucket,
    keys.map((key) => ({ key })),
  );
}

/** Everything that the bucket holds, every byte read back and hashed. */
export async function readBucket(server: S3Address, bucket: string): Promise<Map<string, Holding>> {
  const output = await call(server, 'read', bucket, []);
  const lines = output.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const { key, ...holding } = JSON.parse(line) as Holding & { readonly key: string };
      return [key, holding];
    }),
  );
}

async function call(server: S3Address, action: string, bucket: string, lines: readonly object[]): Promise<string> {
  const child = spawn('/usr/bin/python3', [join(import.meta.dirname, 'bucket.py'), action, bucket], {
    env: {
      PATH: '/usr/bin:/bin',
      S3_ENDPOINT: server.endpoint,
      S3_ACCESS_KEY: server.accessKey,
      S3_SECRET_KEY: server.secretKey,
      S3_REGION: server.region,
    },
  });
  child.stdin.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const [output, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(`bucket.py ${action} ${bucket} failed: ${complaint.trim()}`);
  return output;
}
