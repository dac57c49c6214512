/**
 * Proves that every kind of storage moves to every other: 300 mixed assets from each to each, complete, and the same
 * bytes by the digest that another tool computes. Run by `npm run test:servers`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_POLICIES } from '../src-shared/model/migration.ts';
import { planAssets } from './assets.ts';
import { compareHoldings, type Holding } from './compare-holdings.ts';
import { type HouseUnderTest, openHouse } from './house-under-test.ts';
import { placesOf } from './places-under-test.ts';
import { writeTree } from './seed-assets.ts';
import { readServers } from './servers/running-servers.ts';

const COUNT = 300;
const MIB = 1024 * 1024;
const scratch = mkdtempSync(join(tmpdir(), 'transship-pairs-'));
const places = placesOf(readServers(), scratch);
const tree = join(scratch, 'tree');
const accounts = new Map<string, string>();
const sources = new Map<string, string>();
let house: HouseUnderTest;
let held: Map<string, Holding>;

beforeAll(async () => {
  held = writeTree(tree, planAssets(COUNT, { objectStore: false, largestBytes: 24 * MIB }));
  house = await openHouse();
  for (const place of places) {
    accounts.set(place.name, await place.account(house));
    const container = await place.make('pairs-source');
    await place.fill(container, tree, [...held.keys()]);
    sources.set(place.name, container);
  }
}, 300_000);

afterAll(async () => {
  await house?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

for (const name of ['local', 'S3', 'Azure', 'SFTP', 'WebDAV', 'FTP']) {
  if (!places.some((place) => place.name === name)) test.skip(`${name}: its server could not be had`);
}

describe.each(places.map(({ name }) => name))('from %s', (from) => {
  test.each(places)(
    'to $name',
    async (place) => {
      const source = { accountId: accounts.get(from) ?? '', container: sources.get(from) ?? '', prefix: '' };
      const container = await place.make(`pairs-from-${from.toLowerCase()}`);
      const destination = { accountId: accounts.get(place.name) ?? '', container, prefix: '' };
      const policies = { ...DEFAULT_POLICIES, minimumProof: 're-read' } as const;
      const migration = await house.migrate(source, destination, policies);
      expect(migration).toMatchObject({
        state: 'completed',
        discovered: COUNT,
        counts: { completed: COUNT, failed: 0 },
      });
      expect(compareHoldings(held, await place.read(container))).toEqual([]);
      // What is there already is not moved again, whatever the two can tell of it.
      const again = await house.migrate(source, destination, policies);
      expect(again).toMatchObject({ state: 'completed', counts: { completed: 0, skipped: COUNT } });
    },
    180_000,
  );
});
