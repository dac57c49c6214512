/**
 * Owns a house over a real database with fake workers and a clock that a test moves, and keeps which commands were
 * given. Must not be used by the product.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandName, Params, Result } from '../../src-shared/contract/commands.ts';
import { type CoordinatorUnderTest, openCoordinatorUnderTest } from '../engine/coordinator-under-test.ts';
import { noticeSecretName } from '../engine/dispatch-attempts.ts';
import { assetsNamed } from '../engine/fake-workers.ts';
import { createUpdateStream } from '../engine/updates.ts';
import { nodeRng } from '../node-ports/node-rng.ts';
import { openProfile } from '../node-ports/profile-paths.ts';
import { createPlans } from '../plan/plans.ts';
import { acceptWebhook } from '../worker/notices/accept-webhook.ts';
import { createHouse } from './create-house.ts';
import { createEvidenceLinks } from './evidence-links.ts';
import { createHandlers } from './handlers.ts';
import type { House } from './house.ts';

export interface HouseUnderTest {
  readonly test: CoordinatorUnderTest;
  readonly house: House;
  /** Gives the command, and lets the clock settle before and after the answer. */
  do<Name extends CommandName>(name: Name, params: Params<Name>): Promise<Result<Name>>;
  /** What the person chooses in the save dialog. */
  chosenFile: (suggestedName: string) => string | null;
  /** Every command that was given since the file began. */
  readonly given: Set<CommandName>;
  /** A migration of these files, listed and under way; its id. */
  submit(keys: readonly string[]): Promise<number>;
  /** Named jobs; their ids in order. */
  enqueue(keys: readonly string[]): Promise<{ readonly migrationId: number; readonly ids: readonly number[] }>;
  /** Forgets the secret of a notice rule. */
  loseSecrets(ruleId: number): Promise<void>;
  close(): Promise<void>;
}

/** Proven in plan-commands.test.ts, all the others in commands.test.ts: each file counts its own. */
export const COMMANDS_OF_PLANS = ['plan.discard', 'plan.get', 'plan.rows', 'plan.run', 'plan.start'] as const;

const given = new Set<CommandName>();
const place = (container: string) => ({ accountId: 'this-computer', container, prefix: '' });
const POLICIES = { overwrite: 'if-different', minimumProof: 'size-only' } as const;

export async function openHouseUnderTest(): Promise<HouseUnderTest> {
  const test = await openCoordinatorUnderTest();
  const folder = mkdtempSync(join(tmpdir(), 'transship-house-'));
  const { coordinator, clock } = test;
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const telemetry = (): void => undefined;
  const desktop = {
    chooseFolder: async () => '/chosen',
    chooseFile: async (name: string) => under.chosenFile(name),
    async notify({ title }: { readonly title: string }) {
      test.notified.push(title);
    },
  };
  // The engine reads where the api writes.
  const { secrets } = test;
  const links = createEvidenceLinks(clock);
  const plans = createPlans({
    coordinator,
    clock,
    rng: nodeRng,
    log,
    folder: join(folder, 'plans'),
    threadPath: fileURLToPath(new URL('../plan/plan-thread.ts', import.meta.url)),
  });
  const handlers = createHandlers(
    coordinator,
    {
      clock,
      log,
      telemetry,
      desktop,
      rng: nodeRng,
      paths: openProfile(join(folder, 'profile')),
      secrets,
      spawnWorker: test.workers.spawn,
      disk: { freeBytes: async () => test.disk.freeBytes },
      door: 'headless',
      version: '0.0.0-test',
    },
    acceptWebhook,
    links,
    plans,
  );
  const updates = createUpdateStream(coordinator, clock);
  const house = createHouse({
    handlers,
    coordinator,
    updates,
    links,
    log,
    clock,
    telemetry,
    stop: async () => undefined,
  });
  const under: HouseUnderTest = {
    test,
    house,
    chosenFile: (name) => join(folder, name),
    given,
    async do(name, params) {
      given.add(name);
      const answer = house.call(name, params);
      await Promise.race([answer.catch(() => undefined), clock.settle()]);
      const result = await answer;
      await clock.settle();
      return result;
    },
    async submit(keys) {
      test.workers.list = () => ({ assets: assetsNamed(...keys), position: null });
      const request = { source: place('/from'), destination: place('/to'), policies: POLICIES };
      const { migrationId } = await under.do('migration.submit', request);
      await clock.settle();
      return migrationId;
    },
    async enqueue(keys) {
      const assets = keys.map((sourceKey) => ({ sourceKey }));
      const request = { source: place('/named'), destination: place('/there'), policies: POLICIES, assets };
      const { migrationId, jobs } = await under.do('jobs.enqueue', request);
      return { migrationId, ids: jobs.map(({ jobId }) => jobId) };
    },
    loseSecrets: (ruleId) => secrets.write(noticeSecretName(ruleId), {}),
    async close() {
      updates.stop();
      await plans.stop();
      await test.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return under;
}
