/** Proves every command about plans against the real store and real plan threads, with workers that list what a test says. */
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ToWorker } from '../../src-shared/contract/worker-messages.ts';
import type { ListedAsset } from '../../src-shared/model/asset.ts';
import { failure } from '../../src-shared/model/failure.ts';
import type { PlanState } from '../../src-shared/model/plan.ts';
import { assetsNamed, COMPLETED } from '../engine/fake-workers.ts';
import { COMMANDS_OF_PLANS, type HouseUnderTest, openHouseUnderTest } from './house-under-test.ts';

let under: HouseUnderTest;
const all = new Set<string>();
beforeEach(async () => {
  under = await openHouseUnderTest();
});
afterEach(async () => {
  for (const name of under.given) if (name.startsWith('plan.')) all.add(name);
  await under.close();
});
afterAll(() => {
  expect([...all].sort()).toEqual(COMMANDS_OF_PLANS);
});

const place = (container: string) => ({ accountId: 'this-computer', container, prefix: '' });
const REQUEST = {
  source: place('/from'),
  destination: { ...place('/to'), prefix: 'new' },
  policies: { overwrite: 'if-different', minimumProof: 'size-only' },
} as const;
const refused = (promise: Promise<unknown>, told: object) => expect(promise).rejects.toMatchObject({ failure: told });

/** Both ends, page by page. */
function listing(source: readonly ListedAsset[], destination: readonly ListedAsset[], pageAssets = 2): void {
  const asked: Extract<ToWorker, { type: 'list' }>[] = [];
  const isSource = () => {
    const lists = under.test.workers.alive().flatMap(({ received }) => received.filter(({ type }) => type === 'list'));
    const newest = (lists as typeof asked).toSorted((one, other) => one.requestId - other.requestId).at(-1);
    return newest?.container === '/from';
  };
  under.test.workers.list = (position) => {
    const from = Number(position ?? 0);
    const assets = isSource() ? source : destination;
    const next = from + pageAssets;
    return { assets: assets.slice(from, next), position: next < assets.length ? `${next}` : null };
  };
}

async function plan(request: Parameters<typeof under.do<'plan.start'>>[1] = REQUEST): Promise<number> {
  return (await under.do('plan.start', request)).planId;
}

/** The thread takes real time, whatever the clock says. */
async function until(planId: number, state: PlanState) {
  return vi.waitFor(
    async () => {
      await under.test.clock.settle();
      const view = await under.do('plan.get', { planId });
      expect(view.state).toBe(state);
      return view;
    },
    { timeout: 10_000 },
  );
}

const there: ListedAsset[] = [
  { key: 'new/size', sizeBytes: 3 },
  { key: 'new/same', sizeBytes: 10, modifiedAtMs: 5 },
  { key: 'new/maybe', sizeBytes: 10 },
];
const source: ListedAsset[] = [
  { key: 'fresh', sizeBytes: 10 },
  { key: 'size', sizeBytes: 10 },
  { key: 'same', sizeBytes: 10, modifiedAtMs: 5 },
  { key: 'maybe', sizeBytes: 10 },
  { key: 'Twin', sizeBytes: 10 },
  { key: 'twin', sizeBytes: 10 },
  { key: 'a/../b', sizeBytes: 10 },
];

describe('a plan', () => {
  it('says of each asset what would become of it, with figures, reasons and an estimate', async () => {
    listing(source, there);
    const planId = await plan();
    const view = await until(planId, 'ready');
    expect(Object.fromEntries(Object.entries(view.classes ?? {}).map(([name, { assets }]) => [name, assets]))).toEqual({
      new: 1,
      changed: 1,
      unknown: 1,
      identical: 1,
      conflicting: 2,
      refused: 1,
    });
    expect(view.listed).toEqual({
      source: { assets: 7, pages: 4, isDone: true },
      destination: { assets: 3, pages: 2, isDone: true },
    });
    expect(view.estimate).toMatchObject({ assets: 3, bytes: 30, egressUsd: null, durationMs: 60 });
    const rates = { bytesPerSecond: 1, assetsPerSecond: 1_000, egressUsdPerGb: 1_000 };
    const dear = await under.do('plan.get', { planId, rates });
    expect(dear.estimate).toMatchObject({ durationMs: 30_000, egressUsd: expect.closeTo(30 / 1e6, 9), rates });

    const changed = await under.do('plan.rows', { planId, class: 'changed' });
    expect(changed).toMatchObject({
      rows: [{ sourceKey: 'size', destinationKey: 'new/size', there: { sizeBytes: 3 }, reason: 'Another size.' }],
      nextCursor: null,
      total: { count: 1, exact: true },
    });
    const first = await under.do('plan.rows', { planId, class: 'conflicting', limit: 1 });
    const cursor = first.nextCursor ?? '';
    const second = await under.do('plan.rows', { planId, class: 'conflicting', limit: 1, cursor });
    expect([...first.rows, ...second.rows].map(({ sourceKey }) => sourceKey)).toEqual(['Twin', 'twin']);
    expect((await under.do('plan.rows', { planId, class: 'conflicting', search: 'nothing' })).total.count).toBe(0);
    expect((await under.do('plan.rows', { planId, class: 'refused' })).rows[0]?.reason).not.toBe('');
  });

  it('is run as it was reviewed, whatever came to the source since, and once', async () => {
    listing(source, there);
    const planId = await plan();
    await until(planId, 'ready');
    listing([...source, { key: 'later', sizeBytes: 1 }], there);
    const { migrationId } = await under.do('plan.run', { planId });
    await under.test.clock.settle();
    const orders = under.test.workers.orders().map(({ order }) => [order.source.key, order.destination.key]);
    expect(orders).toEqual([
      ['fresh', 'new/fresh'],
      ['size', 'new/size'],
      ['maybe', 'new/maybe'],
    ]);
    expect(await under.do('migration.get', { migrationId })).toMatchObject({ discovered: 3, listing: 'done' });
    expect(await under.do('plan.get', { planId })).toMatchObject({ state: 'submitted', migrationId });
    await refused(under.do('plan.run', { planId }), { code: 'invalid-input', field: 'planId' });
    for (const [key = ''] of orders) under.test.workers.end(COMPLETED, key);
    await under.test.clock.settle();
    expect((await under.do('migration.get', { migrationId })).state).toBe('completed');
  });

  it('moves what a person leaves in: without the doubtful, with names that this disk tells apart', async () => {
    listing(source, there);
    const planId = await plan();
    await until(planId, 'ready');
    const choice = { withUnknown: false, withLookalikes: true };
    const view = await under.do('plan.get', { planId, choice });
    expect(view).toMatchObject({ moves: ['new', 'changed'], lookalikes: 2, estimate: { assets: 4, bytes: 40 } });
    await under.do('plan.run', { planId, choice });
    await under.test.clock.settle();
    const keys = under.test.workers.orders().map(({ order }) => order.source.key);
    expect(keys).toEqual(['fresh', 'size', 'Twin', 'twin']);
  });

  it('follows the policy for what is there', async () => {
    listing(source, there);
    const never = await plan({ ...REQUEST, policies: { ...REQUEST.policies, overwrite: 'never' } });
    expect((await until(never, 'ready')).moves).toEqual(['new']);
    const always = await plan({ ...REQUEST, policies: { ...REQUEST.policies, overwrite: 'always' } });
    expect((await until(always, 'ready')).estimate?.assets).toBe(4);
  });

  it('of named assets lists the destination only', async () => {
    under.test.workers.list = () => ({ assets: [{ key: 'new/b', sizeBytes: 9 }], position: null });
    const assets = [{ sourceKey: 'a' }, { sourceKey: 'x', destinationKey: 'b', sizeBytes: 8 }];
    const planId = await plan({ ...REQUEST, selection: { kind: 'assets', assets } });
    const view = await until(planId, 'ready');
    expect(view.classes).toMatchObject({ new: { assets: 1, unsized: 1 }, changed: { assets: 1, bytes: 8 } });
    await under.do('plan.run', { planId });
    await under.test.clock.settle();
    expect(under.test.workers.orders().map(({ order }) => order.destination.key)).toEqual(['new/a', 'new/b']);
  });

  it('with nothing to move is not run', async () => {
    under.test.workers.list = () => ({ assets: [], position: null });
    const planId = await plan();
    await until(planId, 'ready');
    await refused(under.do('plan.run', { planId }), { message: 'By this plan nothing has to move.' });
    expect((await under.do('migration.list', {})).rows).toEqual([]);
  });

  it('is refused like a migration, fails with what the listing says, and tries again what may pass', async () => {
    await refused(plan({ ...REQUEST, destination: place('/from') }), { field: 'destination.container' });
    let calls = 0;
    under.test.workers.list = () => {
      calls += 1;
      return calls <= 2 ? failure('network', 'The line broke.') : { assets: assetsNamed('a'), position: null };
    };
    const patient = await plan();
    await vi.waitFor(async () => {
      await under.test.clock.advance(2_000);
      expect((await under.do('plan.get', { planId: patient })).state).toBe('ready');
    }, 15_000);
    under.test.workers.list = () => failure('permission-denied', 'It may not be listed.');
    const planId = await plan();
    expect((await until(planId, 'failed')).failure).toMatchObject({ code: 'permission-denied' });
    await refused(under.do('plan.rows', { planId, class: 'new' }), { code: 'invalid-input', field: 'planId' });
    await refused(under.do('plan.run', { planId }), { code: 'invalid-input' });
  });

  it('is discarded while it lists', async () => {
    let pages = 0;
    under.test.workers.list = () => {
      pages += 1;
      return { assets: assetsNamed(`key ${pages}`), position: `${pages}` };
    };
    const endless = await plan();
    expect((await under.do('plan.get', { planId: endless })).state).toBe('listing');
    await under.do('plan.discard', { planId: endless });
    await refused(under.do('plan.get', { planId: endless }), { code: 'not-found', field: 'planId' });
  });
});
