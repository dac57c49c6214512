/**
 * Proves that two profiles that write to one folder never meet in a temporary name, and that each tidies up what is its
 * own. Workers are fakes, the folder and the provider are real.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { temporaryName } from '../providers/local/local-key.ts';
import { createLocal } from '../providers/local/local-provider.ts';
import { giveUpUpload } from '../worker/write-destination.ts';
import { type CoordinatorUnderTest, openCoordinatorUnderTest, REQUEST } from './coordinator-under-test.ts';
import { assetsNamed } from './fake-workers.ts';
import { submitMigration } from './verbs/submit-migration.ts';

const open: CoordinatorUnderTest[] = [];
const folder = mkdtempSync(join(tmpdir(), 'transship-shared-'));
afterEach(async () => {
  for (const profile of open.splice(0)) await profile.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A new profile that runs its first job. */
async function newProfile(chance: number): Promise<CoordinatorUnderTest> {
  const rng = { fraction: () => chance };
  const profile = await openCoordinatorUnderTest(undefined, () => undefined, rng);
  profile.workers.list = () => ({ assets: assetsNamed('a.jpg'), position: null });
  await profile.coordinator.call((desk) => submitMigration(desk, REQUEST));
  await profile.clock.settle();
  return profile;
}

function orderOf({ workers }: CoordinatorUnderTest) {
  const [found] = workers.orders();
  if (found === undefined) throw new Error('Nothing runs.');
  return found.order;
}

test('first jobs of two profiles have temporary names of their own, and only its own is removed', async () => {
  const one = await newProfile(0);
  const other = await newProfile(1 - 2 ** -53);
  open.push(other);
  const tokens = [orderOf(one).token, orderOf(other).token];
  expect(tokens).toEqual([expect.stringMatching(/^1-0{10}\.1$/), expect.stringMatching(/^1-z{10}\.1$/)]);

  const names = tokens.map((token) => temporaryName(`${token}.1`));
  for (const name of names) writeFileSync(join(folder, name), 'half of it');
  const next = await one.crash();
  open.push(next);
  const { token, unfinishedUpload } = orderOf(next);
  expect(token).toMatch(/^2-/);
  const local = createLocal({ options: {}, secrets: {} });
  await giveUpUpload(local, folder, 'a.jpg', unfinishedUpload ?? '', new AbortController().signal);
  expect(readdirSync(folder)).toEqual(names.slice(1));
});
