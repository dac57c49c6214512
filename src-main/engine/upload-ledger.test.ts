/** Proves that a large write is noted before its bytes go, gone on with by the next attempt, and given up when none comes. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failure } from '../../src-shared/model/failure.ts';
import { type CoordinatorUnderTest, openCoordinatorUnderTest, REQUEST } from './coordinator-under-test.ts';
import { assetsNamed, COMPLETED, failed } from './fake-workers.ts';
import { steerJobs } from './verbs/steer-jobs.ts';
import { submitMigration } from './verbs/submit-migration.ts';

let test: CoordinatorUnderTest;
beforeEach(async () => {
  test = await openCoordinatorUnderTest();
  test.workers.list = () => ({ assets: assetsNamed('film.mp4'), position: null });
  await test.coordinator.call((desk) => submitMigration(desk, REQUEST));
  await test.clock.settle();
});
afterEach(() => test.close());

function inHand() {
  const [found] = test.workers.orders();
  if (found === undefined) throw new Error('No attempt is in hand.');
  return found;
}

async function begin(mark: string): Promise<void> {
  const { worker, order } = inHand();
  worker.say({ type: 'upload-begun', token: order.token, mark });
  await test.clock.settle();
}

const told = (type: string) =>
  test.workers.alive().flatMap(({ received }) => received.filter((message) => message.type === type));
const steer = (verb: 'pause' | 'resume' | 'cancel') =>
  test.coordinator.call((desk) => steerJobs(desk, [inStore()], verb));
const inStore = (): number => test.coordinator.store.highestJobId();

it('is noted durably before the worker hears that it may go on', async () => {
  const { order } = inHand();
  expect(order.unfinishedUpload).toBeNull();
  await begin('mark-1');
  expect(test.coordinator.store.unfinishedUpload(order.jobId)).toBe('mark-1');
  expect(told('upload-noted')).toEqual([{ type: 'upload-noted', token: order.token }]);
});

it('is handed to the next attempt: after a pause, a failure and a crash', async () => {
  await begin('mark-1');
  await steer('pause');
  await test.clock.settle();
  expect(test.workers.orders()).toEqual([]);
  await steer('resume');
  await test.clock.settle();
  expect(inHand().order.unfinishedUpload).toBe('mark-1');

  test.workers.end(failed('network'));
  await test.clock.advance(60_000);
  expect(inHand().order.unfinishedUpload).toBe('mark-1');

  await begin('mark-2');
  test = await test.crash();
  expect(inHand().order.unfinishedUpload).toBe('mark-2');
});

it('is forgotten when the job completes', async () => {
  await begin('mark-1');
  test.workers.end(COMPLETED);
  await test.clock.settle();
  expect(test.coordinator.store.unfinishedUpload(inStore())).toBeNull();
  await test.clock.advance(10_000);
  expect(told('give-up')).toEqual([]);
});

it('of an attempt that was fenced off gets no answer', async () => {
  const { worker, order } = inHand();
  await steer('pause');
  await test.clock.settle();
  worker.say({ type: 'upload-begun', token: order.token, mark: 'too-late' });
  await test.clock.settle();
  expect(told('upload-noted')).toEqual([]);
  expect(test.coordinator.store.unfinishedUpload(order.jobId)).toBeNull();
});

it('is given up within 5 s when its job is cancelled while nobody works on it', async () => {
  await begin('mark-1');
  await steer('pause');
  await test.clock.settle();
  await steer('cancel');
  await test.clock.advance(5_000);
  expect(told('give-up')).toMatchObject([{ container: '/to', key: 'film.mp4', mark: 'mark-1' }]);
  expect(test.coordinator.store.unfinishedUpload(inStore())).toBeNull();
});

it('that cannot be given up now is tried again by the next sweep', async () => {
  await begin('mark-1');
  await steer('pause');
  await test.clock.settle();
  test.workers.refuseToGiveUp = () => failure('network', 'It does not answer.');
  await steer('cancel');
  await test.clock.advance(5_000);
  expect(test.coordinator.store.unfinishedUpload(inStore())).toBe('mark-1');
  test.workers.refuseToGiveUp = () => null;
  expect(test.coordinator.store.abandonedUploads(0, 10)).toHaveLength(1);
});

it.each([
  ['permission-denied', 60],
  ['network', 1],
] as const)('that is refused for ever (%s) does not stand before others', async (code, asked) => {
  const { accountId } = REQUEST.destination;
  test.workers.refuseToGiveUp = (key) => (key.startsWith('barred') ? failure(code, 'No.') : null);
  await test.coordinator.call(({ store }) => {
    for (let at = 0; at < 60; at += 1) {
      store.noteUpload({ jobId: 1_000 + at, accountId, container: '/barred', key: `barred-${at}`, mark: 'm' });
    }
    store.noteUpload({ jobId: 2_000, accountId, container: '/to', key: 'free', mark: 'm' });
  });
  await steer('cancel');
  await test.clock.advance(5_000);
  expect(test.coordinator.store.unfinishedUpload(2_000)).toBeNull();
  expect(test.coordinator.store.unfinishedUpload(1_059)).toBe('m');
  // A place that does not answer is not asked again and again.
  expect(told('give-up').filter((message) => 'key' in message && message.key !== 'free')).toHaveLength(asked);
});

it('of a job that failed for good is kept for a day, for whoever retries it', async () => {
  await begin('mark-1');
  test.workers.end(failed('permission-denied'));
  await test.clock.settle();
  const { store } = test.coordinator;
  const nowMs = test.clock.wallMs();
  expect(store.abandonedUploads(nowMs - 1, 10)).toEqual([]);
  expect(store.abandonedUploads(nowMs + 1, 10)).toMatchObject([{ mark: 'mark-1' }]);
});
