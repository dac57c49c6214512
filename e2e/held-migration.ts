/**
 * Owns a migration that moves only as far as the spec lets it: addresses of a held server to a folder of this test.
 * Used by specs that pause, cancel or kill.
 */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DisplayState, MigrationView } from '../src-shared/model/migration.ts';
import { type AppUnderTest, expect } from './fixtures.ts';
import { digestOf } from './folder-digests.ts';
import { type HeldServer, startHeldServer } from './held-server.ts';

export interface AssetPlan {
  readonly key: string;
  readonly sizeBytes: number;
  /** Where its body waits, 0 to 1. */
  readonly heldAt: number;
}

export interface HeldMigration {
  readonly id: number;
  readonly name: string;
  readonly server: HeldServer;
  /** In the order of submission. */
  readonly keys: readonly string[];
  readonly destination: string;
  /** Destination key → sha256: how the destination must look in the end. */
  readonly expected: Readonly<Record<string, string>>;
}

/** Assets of 1 MiB: small enough for memory, and half of one does not fit into any buffer on the way. */
export function plainAssets(count: number): AssetPlan[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `held/asset ${String(index).padStart(2, '0')}.bin`,
    sizeBytes: 1024 * 1024,
    heldAt: 0.5,
  }));
}

/** Submits the assets, in this order. End it with `server.stop()`. */
export async function submitHeldMigration(
  app: AppUnderTest,
  folder: string,
  plan: readonly AssetPlan[],
  name = `Held: ${plan.length} assets`,
): Promise<HeldMigration> {
  const assets = plan.map(({ key, sizeBytes, heldAt }) => ({ key, heldAt, bytes: noise(key, sizeBytes) }));
  const server = await startHeldServer(assets);
  const destination = join(folder, 'archive');
  mkdirSync(destination);
  const { id: accountId } = await app.call('account.save', {
    provider: 'http',
    name: 'Old web server',
    options: { allowPrivateAddresses: 'true' },
    secrets: {},
  });
  const { migrationId } = await app.call('migration.submit', {
    name,
    source: { accountId, container: server.address, prefix: '' },
    destination: { accountId: 'this-computer', container: destination, prefix: '' },
    selection: { kind: 'assets', assets: plan.map(({ key, sizeBytes }) => ({ sourceKey: key, sizeBytes })) },
  });
  const expected = Object.fromEntries(assets.map(({ key, bytes }) => [key, digestOf(bytes)]));
  return { id: migrationId, name, server, keys: plan.map(({ key }) => key), destination, expected };
}

/** The queue that a held migration waits in. */
export async function defaultQueue(app: AppUnderTest) {
  const queue = (await app.state()).queues.find(({ name }) => name === 'default');
  if (queue === undefined) throw new Error('There is no default queue.');
  return queue;
}

/** Waits until the house says so, and answers the migration as it is then. */
export async function waitForMigration(
  app: AppUnderTest,
  migrationId: number,
  holds: (migration: MigrationView) => boolean,
): Promise<MigrationView> {
  let latest: MigrationView | null = null;
  await expect(async () => {
    latest = await app.call('migration.get', { migrationId });
    expect(holds(latest), JSON.stringify({ state: latest.state, counts: latest.counts })).toBe(true);
  }).toPass({ timeout: 30_000, intervals: [50] });
  if (latest === null) throw new Error('The migration was never read.');
  return latest;
}

export const hasState = (state: DisplayState) => (migration: MigrationView) => migration.state === state;

/** Bytes without a pattern, the same for the same seed: SHA-256 in counter mode. */
function noise(seed: string, sizeBytes: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(sizeBytes / 32) }, (_, index) =>
    createHash('sha256').update(`${seed} ${index}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, sizeBytes);
}
