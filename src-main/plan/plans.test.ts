/** Proves how long plans live, how many there are, and that nothing of them stays behind. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { USUAL_CHOICE, USUAL_RATES } from '../../src-shared/model/plan.ts';
import { type CoordinatorUnderTest, openCoordinatorUnderTest, REQUEST } from '../engine/coordinator-under-test.ts';
import { assetsNamed } from '../engine/fake-workers.ts';
import { createManualClock, type ManualClock } from '../node-ports/manual-clock.ts';
import { createPlans, type Plans } from './plans.ts';

const DAY_MS = 24 * 60 * 60_000;
const profile = mkdtempSync(join(tmpdir(), 'transship-plans-'));
const folder = join(profile, 'plans');
let test: CoordinatorUnderTest;
/** Its own, so that a day passes without a day of heartbeats. */
let clock: ManualClock;
let plans: Plans;

beforeEach(async () => {
  test = await openCoordinatorUnderTest();
  test.workers.list = () => ({ assets: assetsNamed('a'), position: null });
  clock = createManualClock();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'plan-7.sqlite'), 'of a house that ended');
  plans = createPlans({
    coordinator: test.coordinator,
    clock,
    rng: { fraction: () => 0 },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    folder,
    threadPath: fileURLToPath(new URL('./plan-thread.ts', import.meta.url)),
  });
});
afterEach(async () => {
  await plans.stop();
  await test.close();
  rmSync(profile, { recursive: true, force: true });
});

async function start(): Promise<number> {
  const starting = plans.start(REQUEST);
  await test.clock.settle();
  return starting;
}
const view = (planId: number) => plans.view(planId, USUAL_RATES, USUAL_CHOICE);
const untilReady = (planId: number) =>
  vi.waitFor(
    async () => {
      await test.clock.settle();
      expect(view(planId).state).toBe('ready');
    },
    { timeout: 10_000 },
  );

it('what an earlier house left is swept, and what this one makes goes with it', async () => {
  expect(readdirSync(folder)).toEqual([]);
  const planId = await start();
  await untilReady(planId);
  expect(readdirSync(folder)).toEqual([`plan-${planId}.sqlite`]);
  await plans.stop();
  expect(readdirSync(folder)).toEqual([]);
});

it('a plan is forgotten after a day, with its file', async () => {
  const planId = await start();
  await untilReady(planId);
  await clock.advance(DAY_MS - 1);
  expect(view(planId).state).toBe('ready');
  await clock.advance(1);
  expect(() => view(planId)).toThrow('There is no plan');
  await vi.waitFor(() => expect(existsSync(join(folder, `plan-${planId}.sqlite`))).toBe(false), 15_000);
});

it('eight are kept, and one more is refused until one of them is discarded', async () => {
  const ids: number[] = [];
  for (let index = 0; index < 8; index += 1) ids.push(await start());
  await expect(plans.start(REQUEST)).rejects.toMatchObject({ failure: { code: 'quota-exceeded' } });
  await plans.discard(ids[3] ?? 0);
  await start();
});

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
it.each<[string, Parameters<Plans['start']>[0]['selection'], object]>([
  ['a list says of an asset is compared', { kind: 'assets', assets: [{ sourceKey: 'a', md5: MD5 }] }, { md5: MD5 }],
  ['a listing told is no promise: what changed since is moved as it is', REQUEST.selection, { sizeBytes: undefined }],
])('what %s', async (_, selection, stated) => {
  const starting = plans.start({ ...REQUEST, selection });
  await test.clock.settle();
  const planId = await starting;
  await untilReady(planId);
  const running = plans.run(planId, USUAL_CHOICE);
  await vi.waitFor(async () => {
    await test.clock.settle();
    expect(view(planId).state).toBe('submitted');
  }, 15_000);
  await running;
  await test.clock.settle();
  const order = test.workers.orders()[0]?.order;
  expect({ ...order?.stated }).toEqual('md5' in stated ? stated : {});
  // Room is set aside for what is known of its size all the same.
  expect(order?.sizeBytes ?? null).toBe('md5' in stated ? null : (assetsNamed('a')[0]?.sizeBytes ?? null));
});
