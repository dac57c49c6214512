/**
 * Owns putting the planned assets where a migration finds them, without any code of the product: on the disk that nginx
 * serves, and through another tool into a bucket. Says what a destination must hold afterwards.
 * Used by migrate.servers.test.ts.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { contentOf, type PlannedAsset } from './assets.ts';
import type { Holding } from './compare-holdings.ts';
import { makeBucket, type PeerObject, putObjects } from './peer/bucket-tool.ts';
import type { S3Address } from './servers/s3-server.ts';

/** Writes the files below `folder` under their keys; what they are. */
export function writeTree(folder: string, assets: readonly PlannedAsset[]): Map<string, Holding> {
  return new Map(assets.map((asset) => [asset.key, writeAsset(join(folder, asset.key), asset)]));
}

/** Which Content-Type the web server gives each key, as curl sees it. */
export function askContentTypes(index: string, keys: readonly string[], scratch: string): Map<string, string> {
  const byAddress = new Map(keys.map((key) => [index + key.split('/').map(encodeURIComponent).join('/'), key]));
  const requests = join(scratch, 'curl.conf');
  writeFileSync(
    requests,
    [...byAddress.keys()].map((address) => `url = "${address}"\noutput = "/dev/null"\n`).join(''),
  );
  const run = spawnSync(
    'curl',
    [
      '--silent',
      '--head',
      '--globoff',
      '--parallel',
      '--write-out',
      '%{url}\t%{http_code}\t%{content_type}\n',
      '--config',
      requests,
    ],
    { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 },
  );
  const types = new Map<string, string>();
  for (const line of run.stdout.split('\n')) {
    const [address, status, contentType] = line.split('\t');
    const key = byAddress.get(address ?? '');
    if (key !== undefined && status === '200' && contentType !== undefined) types.set(key, contentType);
  }
  if (types.size !== keys.length) throw new Error(`curl read ${types.size} of ${keys.length} files: ${run.stderr}`);
  return types;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=iso-8859-1',
  '.woff2': 'font/woff2',
  '.mp4': 'video/mp4',
};

/** Makes the bucket and fills it, with headers and metadata that must survive; what it then holds. */
export async function fillBucket(
  server: S3Address,
  bucket: string,
  assets: readonly PlannedAsset[],
  scratch: string,
): Promise<Map<string, Holding>> {
  const holdings = new Map<string, Holding>();
  const objects = assets.map((asset, index): PeerObject => {
    const file = join(scratch, String(index));
    const headers = {
      contentType: CONTENT_TYPES[extname(asset.key)] ?? 'application/x-of-its-own',
      ...(index % 3 === 0 ? { cacheControl: `public, max-age=${index}` } : {}),
      metadata: index % 5 === 0 ? { 'asset-number': String(index) } : {},
    };
    holdings.set(asset.key, { ...writeAsset(file, asset), cacheControl: null, ...headers });
    return { key: asset.key, file, ...headers };
  });
  await makeBucket(server, bucket);
  await putObjects(server, bucket, objects);
  return holdings;
}

function writeAsset(file: string, asset: PlannedAsset): Holding {
  mkdirSync(dirname(file), { recursive: true });
  const digest = createHash('sha256');
  const handle = openSync(file, 'w');
  for (const piece of contentOf(asset)) {
    writeSync(handle, piece);
    digest.update(piece);
  }
  closeSync(handle);
  return { sizeBytes: asset.sizeBytes, sha256: digest.digest('hex') };
}
