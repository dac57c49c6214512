/**
 * Proves the product as a whole between real servers: 500 assets of mixed size and awkward keys arrive complete, and
 * another tool finds the same bytes, sizes, Content-Types, cache headers and metadata. Run by `npm run test:servers`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planAssets } from './assets.ts';
import { compareHoldings, type Holding } from './compare-holdings.ts';
import { type HouseUnderTest, openHouse } from './house-under-test.ts';
import { makeBucket, putObjects, readBucket, removeObjects } from './peer/bucket-tool.ts';
import { askContentTypes, fillBucket, writeTree } from './seed-assets.ts';
import { readServers } from './servers/running-servers.ts';
import type { S3Address } from './servers/s3-server.ts';

const COUNT = 500;
const { nginx, rgw, swift } = readServers();
const scratch = mkdtempSync(join(tmpdir(), 'transship-migrate-'));
let house: HouseUnderTest;

beforeAll(async () => {
  house = await openHouse();
});

afterAll(async () => {
  await house?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const s3Account = ({ endpoint, region, accessKey, secretKey }: S3Address) =>
  house.saveAccount(
    's3',
    { endpoint, region, addressing: 'path', accessKeyId: accessKey },
    { secretAccessKey: secretKey },
  );

/** Migrates everything from the source into a new bucket; what another tool finds there. */
async function migrateInto(
  server: S3Address,
  bucket: string,
  source: { readonly accountId: string; readonly container: string },
  prefix: string,
): Promise<Map<string, Holding>> {
  await makeBucket(server, bucket);
  const destination = { accountId: await s3Account(server), container: bucket, prefix };
  const migration = await house.migrate({ ...source, prefix: '' }, destination);
  expect(migration).toMatchObject({ state: 'completed', discovered: COUNT });
  expect(migration.counts).toMatchObject({ completed: COUNT, skipped: 0, failed: 0, cancelled: 0, pending: 0 });
  return readBucket(server, bucket);
}

describe('from nginx', () => {
  let served: Map<string, Holding>;

  beforeAll(() => {
    if (nginx === null) return;
    const plain = writeTree(nginx.folder, planAssets(COUNT, { objectStore: false }));
    const types = askContentTypes(nginx.htmlIndex, [...plain.keys()], scratch);
    served = new Map([...plain].map(([key, holding]) => [key, { ...holding, contentType: types.get(key) ?? null }]));
  });

  const webAccount = () => house.saveAccount('http', { allowPrivateAddresses: 'true' }, {});

  test.skipIf(nginx === null || rgw === null)('its HTML index, into Ceph RGW', async () => {
    if (nginx === null || rgw === null) return;
    const source = { accountId: await webAccount(), container: nginx.htmlIndex };
    const found = await migrateInto(rgw, 'from-nginx', source, '');
    expect(compareHoldings(served, found)).toEqual([]);
  });

  test.skipIf(nginx === null || swift === null)('its JSON index, into Swift under a prefix', async () => {
    if (nginx === null || swift === null) return;
    const source = { accountId: await webAccount(), container: nginx.jsonIndex };
    const found = await migrateInto(swift, 'from-nginx', source, 'moved/here');
    const moved = new Map([...served].map(([key, holding]) => [`moved/here/${key}`, holding]));
    expect(compareHoldings(moved, found)).toEqual([]);
  });
});

describe.skipIf(rgw === null)('from Ceph RGW', () => {
  let held: Map<string, Holding>;
  let source: { accountId: string; container: string };

  beforeAll(async () => {
    if (rgw === null) return;
    const folder = join(scratch, 'objects');
    mkdirSync(folder);
    held = await fillBucket(rgw, 'source', planAssets(COUNT, { objectStore: true }), folder);
    source = { accountId: await s3Account(rgw), container: 'source' };
  });

  test('into another bucket of it, and a tampered destination is noticed', async () => {
    if (rgw === null) return;
    const found = await migrateInto(rgw, 'copy', source, '');
    expect(compareHoldings(held, found)).toEqual([]);

    // The same comparison, after another tool did harm: it must say exactly what.
    const lie = join(scratch, 'lie');
    writeFileSync(lie, 'x');
    await removeObjects(rgw, 'copy', ['plus+sign/a+b=c.js']);
    await putObjects(rgw, 'copy', [{ key: 'empty/one-byte.txt', file: lie, contentType: 'text/html' }]);
    const harmed = compareHoldings(held, await readBucket(rgw, 'copy'));
    expect(harmed.map((line) => line.replace(/(sha256|metadata|cacheControl).*/, '$1'))).toEqual(
      expect.arrayContaining([
        '"plus+sign/a+b=c.js" is missing',
        '"empty/one-byte.txt" has sha256',
        '"empty/one-byte.txt" has contentType text/html, not text/plain; charset=iso-8859-1',
      ]),
    );
  });

  test.skipIf(swift === null)('into Swift', async () => {
    if (swift === null) return;
    const found = await migrateInto(swift, 'from-rgw', source, '');
    expect(compareHoldings(held, found)).toEqual([]);
  });
});
