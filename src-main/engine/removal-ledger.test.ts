/**
 * Proves that a source is only deleted after the commit that records its proven copy, that what is owed outlives a crash,
 * a pause and a failure, and that every source of a move is accounted for.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failure } from '../../src-shared/model/failure.ts';
import type { TransferResult } from '../../src-shared/model/job.ts';
import { migrationView } from '../../src-shared/model/migration.ts';
import { type CoordinatorUnderTest, openCoordinatorUnderTest, REQUEST } from './coordinator-under-test.ts';
import { assetsNamed, failed } from './fake-workers.ts';
import { saveAccount } from './verbs/keep-account.ts';
import { retryFailed, steerMigration } from './verbs/steer-migration.ts';
import { submitMigration } from './verbs/submit-migration.ts';

const RESULT: TransferResult = {
  sizeBytes: 10,
  digests: { md5: 'abc' },
  proof: 'checksum',
  headers: {},
  sourceVersion: 's1',
  destinationVersion: 'd1',
  spool: 'memory',
  stepMs: {},
};
const ARRIVED = { kind: 'completed', result: RESULT } as const;
const FOUND = { kind: 'skipped', reason: 'already there, same md5', result: RESULT } as const;

let test: CoordinatorUnderTest;
let migrationId: number;
beforeEach(async () => {
  test = await openCoordinatorUnderTest();
  test.workers.list = () => ({ assets: assetsNamed('a.jpg', 'b.jpg'), position: null });
  await test.coordinator.call((desk) =>
    desk.store.saveAccount({ id: 'bucket', provider: 's3', name: 'Bucket', options: {}, secretNames: [] }),
  );
  const submitted = await test.coordinator.call((desk) =>
    submitMigration(desk, {
      ...REQUEST,
      destination: { accountId: 'bucket', container: 'to', prefix: '' },
      policies: { ...REQUEST.policies, minimumProof: 'etag', afterCopy: 'delete-source' },
    }),
  );
  migrationId = submitted.migrationId;
  await test.clock.settle();
});
afterEach(() => test.close());

async function seeApart(sourceKey: string): Promise<void> {
  const found = test.workers.orders().find(({ order }) => order.source.key === sourceKey);
  if (found === undefined) throw new Error(`No attempt for ${sourceKey} is in hand.`);
  found.worker.say({ type: 'apart-seen', token: found.order.token });
  await test.clock.settle();
}

async function arrive(...sourceKeys: readonly string[]): Promise<void> {
  for (const sourceKey of sourceKeys) {
    await seeApart(sourceKey);
    test.workers.end(ARRIVED, sourceKey);
  }
  await test.clock.settle();
}

const told = (type: string) =>
  test.workers.alive().flatMap(({ received }) => received.filter((message) => message.type === type));
const facts = () => {
  const migration = test.coordinator.store.migration(migrationId);
  if (migration === null) throw new Error('The migration is gone.');
  return migrationView(migration);
};
const steer = (verb: 'pause' | 'resume' | 'cancel') =>
  test.coordinator.call((desk) => steerMigration(desk, migrationId, verb));
const removalOf = (jobId: number) => test.coordinator.store.jobRow(jobId)?.sourceRemoval;

it('is deleted when the proven copy is recorded, with the versions that were recorded, and not before', async () => {
  const seen: unknown[] = [];
  test.workers.removeSource = () => {
    seen.push(test.coordinator.store.jobRow(1)?.state, removalOf(1)?.state);
    return null;
  };
  await arrive('a.jpg');
  expect(seen).toEqual(['completed', 'owed']);
  expect(told('remove-source')).toMatchObject([
    {
      order: {
        source: { container: '/from', key: 'a.jpg' },
        sourceVersion: 's1',
        destination: { container: 'to', key: 'a.jpg' },
        destinationVersion: 'd1',
      },
    },
  ]);
  expect(removalOf(1)).toEqual({ state: 'deleted', because: null, failure: null });
  expect(facts()).toMatchObject({ state: 'running', removals: { owed: 0, deleted: 1, kept: 0, failed: 0 } });
});

it('waits with its first byte until it is durable that source and destination are two', async () => {
  await seeApart('a.jpg');
  expect(test.coordinator.store.isApart(1)).toBe(true);
  expect(told('apart-noted')).toHaveLength(1);
  test.workers.end(failed('network'), 'a.jpg');
  await test.clock.advance(60_000);
  const again = test.workers.orders().find(({ order }) => order.source.key === 'a.jpg');
  expect(again?.order.isApart).toBe(true);
});

it('is not owed for what was seen before an account was led elsewhere; a new secret leads nowhere else', async () => {
  const bucket = { id: 'bucket', provider: 's3', name: 'Bucket', options: {}, secretNames: [] };
  const options = { endpoint: 'https://s3.example', region: 'us-east-1', accessKeyId: 'a' };
  const save = (change: Partial<typeof bucket> & { readonly options: Readonly<Record<string, string>> }) =>
    test.coordinator.call((desk) => saveAccount(desk, { ...bucket, secretNames: ['secretAccessKey'], ...change }));
  await save({ options });
  await seeApart('a.jpg');
  await save({ options });
  expect(test.coordinator.store.isApart(1)).toBe(true);
  await save({ options: { ...options, endpoint: 'https://other.example' } });
  expect(test.coordinator.store.isApart(1)).toBe(false);
  test.workers.end(ARRIVED, 'a.jpg');
  await test.clock.settle();
  expect(removalOf(1)).toMatchObject({ state: 'kept', because: 'already-there' });
});

it('stays when the job did not see that they are two, or found the bytes there', async () => {
  test.workers.end(ARRIVED, 'a.jpg');
  await seeApart('b.jpg');
  test.workers.end(FOUND, 'b.jpg');
  await test.clock.advance(5_000);
  expect(told('remove-source')).toEqual([]);
  expect([removalOf(1)?.because, removalOf(2)?.because]).toEqual(['already-there', 'already-there']);
  expect(facts()).toMatchObject({ state: 'completed', removals: { kept: 2 } });
});

it('stays when the worker finds it changed, and that is the end of it', async () => {
  test.workers.removeSource = ({ source }) => (source.key === 'a.jpg' ? 'source-changed' : null);
  await arrive('a.jpg', 'b.jpg');
  expect(removalOf(1)).toEqual({ state: 'kept', because: 'source-changed', failure: null });
  expect(facts()).toMatchObject({ state: 'completed', removals: { owed: 0, deleted: 1, kept: 1 } });
  await test.clock.advance(60_000);
  expect(told('remove-source')).toHaveLength(2);
});

it('is owed still after a crash, and until then the migration is not at its end', async () => {
  test.workers.removeSource = () => undefined;
  await arrive('a.jpg', 'b.jpg');
  expect(facts()).toMatchObject({ state: 'running', finishedAtMs: null, removals: { owed: 2 } });
  test = await test.crash();
  await test.clock.settle();
  expect(facts()).toMatchObject({ state: 'completed', removals: { owed: 0, deleted: 2 } });
  expect(facts().finishedAtMs).not.toBeNull();
});

it('is tried again after a failure that passes, and says what it failed with meanwhile', async () => {
  test.workers.removeSource = () => failure('network', 'It does not answer.');
  await arrive('a.jpg', 'b.jpg');
  expect(removalOf(1)).toMatchObject({ state: 'owed', failure: { code: 'network' } });
  test.workers.removeSource = () => null;
  await test.clock.advance(10_000);
  expect(facts()).toMatchObject({ state: 'completed', removals: { deleted: 2 } });
  expect(removalOf(1)?.failure).toBeNull();
});

it('fails where nothing will help by itself, and is owed again when somebody retries', async () => {
  test.workers.removeSource = () => failure('permission-denied', 'No right to delete.');
  await arrive('a.jpg', 'b.jpg');
  expect(facts()).toMatchObject({ state: 'incomplete', removals: { owed: 0, failed: 2 } });
  expect(removalOf(1)).toMatchObject({ state: 'failed', failure: { message: 'No right to delete.' } });
  test.workers.removeSource = () => null;
  await test.coordinator.call((desk) => retryFailed(desk, migrationId, []));
  await test.clock.settle();
  expect(facts()).toMatchObject({ state: 'completed', removals: { deleted: 2, failed: 0 } });
});

it('that failed keeps its job from being cleaned up, so that somebody can still retry', async () => {
  test.workers.removeSource = ({ source }) => (source.key === 'a.jpg' ? failure('permission-denied', 'No.') : null);
  await arrive('a.jpg', 'b.jpg');
  const laterMs = test.clock.wallMs() + 1;
  expect(await test.coordinator.call((desk) => desk.store.pruneJobs(migrationId, laterMs, 100))).toBe(1);
  test.workers.removeSource = () => null;
  await test.coordinator.call((desk) => retryFailed(desk, migrationId, []));
  await test.clock.settle();
  expect(facts()).toMatchObject({ state: 'completed', removals: { deleted: 2, failed: 0 } });
  expect(await test.coordinator.call((desk) => desk.store.pruneJobs(migrationId, laterMs, 100))).toBe(1);
});

it('gives up a source that fails again and again', async () => {
  test.workers.removeSource = () => failure('network', 'It does not answer.');
  await arrive('a.jpg', 'b.jpg');
  await test.clock.advance(10 * 60_000);
  expect(facts()).toMatchObject({ state: 'incomplete', removals: { failed: 2 } });
});

it('a worker that is lost over it is no failure of the source', async () => {
  test.workers.removeSource = () => undefined;
  await arrive('a.jpg', 'b.jpg');
  test.workers.removeSource = () => null;
  for (const worker of test.workers.alive()) worker.die();
  await test.clock.advance(10_000);
  expect(facts()).toMatchObject({ state: 'completed', removals: { deleted: 2 } });
});

it('nothing is deleted while its migration is paused', async () => {
  await steer('pause');
  await arrive('a.jpg', 'b.jpg');
  await test.clock.advance(60_000);
  expect(told('remove-source')).toEqual([]);
  expect(facts()).toMatchObject({ state: 'paused', removals: { owed: 2 } });
  await steer('resume');
  await test.clock.settle();
  expect(facts()).toMatchObject({ state: 'completed', removals: { deleted: 2 } });
});

it('nothing more is deleted after a cancel', async () => {
  await steer('pause');
  await arrive('a.jpg', 'b.jpg');
  await steer('cancel');
  await test.clock.advance(5_000);
  expect(told('remove-source')).toEqual([]);
  expect(removalOf(1)).toMatchObject({ state: 'kept', because: 'cancelled' });
  expect(facts()).toMatchObject({ state: 'cancelled', removals: { owed: 0, kept: 2 } });
  expect(facts().finishedAtMs).not.toBeNull();
});
