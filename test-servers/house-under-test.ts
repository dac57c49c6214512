/**
 * Owns the whole product as the migration suite uses it: the real house with real worker processes on a profile of its
 * own. Used by migrate.servers.test.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHouse } from '../src-main/compose.ts';
import { forkWorker } from '../src-main/node-ports/fork-worker.ts';
import { openJsonLog } from '../src-main/node-ports/json-log.ts';
import { nodeClock } from '../src-main/node-ports/node-clock.ts';
import { nodeDisk } from '../src-main/node-ports/node-disk.ts';
import { nodeRng } from '../src-main/node-ports/node-rng.ts';
import { openProfile } from '../src-main/node-ports/profile-paths.ts';
import { createSessionSecrets } from '../src-main/node-ports/session-secrets.ts';
import type { Location } from '../src-shared/model/asset.ts';
import { DEFAULT_POLICIES, type MigrationPolicies, type MigrationView } from '../src-shared/model/migration.ts';

export interface HouseUnderTest {
  saveAccount(provider: string, options: Record<string, string>, secrets: Record<string, string>): Promise<string>;
  /** `policies`: unless said otherwise, no weaker proof than the destination's own digests. */
  migrate(source: Location, destination: Location, policies?: MigrationPolicies): Promise<MigrationView>;
  stop(): Promise<void>;
}

export async function openHouse(): Promise<HouseUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'transship-house-'));
  const paths = openProfile(folder);
  const log = openJsonLog(paths.profile);
  const house = await startHouse({
    clock: nodeClock,
    rng: nodeRng,
    log,
    telemetry: () => undefined,
    paths,
    secrets: createSessionSecrets('this is a test'),
    spawnWorker: forkWorker(join(import.meta.dirname, '../out/main/worker.js'), log),
    disk: nodeDisk,
    desktop: null,
    door: 'headless',
    version: '0.0.0',
  });
  return {
    async saveAccount(provider, options, secrets) {
      return (await house.call('account.save', { provider, name: provider, options, secrets })).id;
    },
    async migrate(source, destination, policies = { ...DEFAULT_POLICIES, minimumProof: 'etag' }) {
      const { migrationId } = await house.call('migration.submit', {
        source,
        destination,
        policies,
      });
      for (;;) {
        const view = await house.call('migration.get', { migrationId });
        if (view.finishedAtMs !== null) {
          if (view.counts.failed > 0)
            console.error(
              JSON.stringify(
                (await house.call('job.list', { filter: { migrationId, states: ['failed'] } })).rows,
                null,
                1,
              ),
            );
          return view;
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
    async stop() {
      await house.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
