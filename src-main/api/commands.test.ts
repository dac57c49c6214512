/** Proves every command against the real store, with workers and a clock that the test moves; the last test counts them. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../../src-shared/contract/commands.ts';
import { assetsNamed, COMPLETED, failed } from '../engine/fake-workers.ts';
import { COMMANDS_OF_PLANS, type HouseUnderTest, openHouseUnderTest } from './house-under-test.ts';

let under: HouseUnderTest;
const all = new Set<string>();
beforeEach(async () => {
  under = await openHouseUnderTest();
});
afterEach(async () => {
  for (const name of under.given) all.add(name);
  await under.close();
});
afterAll(() => {
  expect([...all, ...COMMANDS_OF_PLANS].sort()).toEqual(Object.keys(commands).sort());
});

const HOUR_MS = 3_600_000;
const keysInHand = (): string[] => under.test.workers.orders().map(({ order }) => order.source.key);
const refused = (promise: Promise<unknown>, failure: object) => expect(promise).rejects.toMatchObject({ failure });

const submit = (...keys: string[]) => under.submit(keys);
const enqueue = (...keys: string[]) => under.enqueue(keys);
const end = async (key: string, report = COMPLETED): Promise<void> => {
  under.test.workers.end(report, key);
  await under.test.clock.settle();
};
const stateOf = async (jobId: number): Promise<string> => (await under.do('job.get', { jobId })).state;
const oneBerth = () => under.do('queue.update', { queue: 'default', concurrency: 1 });

describe('a migration', () => {
  it('is submitted, got, listed, paused, resumed, moved and cancelled', async () => {
    await oneBerth();
    const migrationId = await submit('a', 'b');
    expect((await under.do('migration.get', { migrationId })).counts).toMatchObject({ running: 1, pending: 1 });
    expect((await under.do('migration.list', {})).rows.map(({ id }) => id)).toEqual([migrationId]);
    expect((await under.do('migration.pause', { migrationId })).intent).toBe('pause');
    await end('a');
    expect(keysInHand()).toEqual([]);
    await under.do('queue.create', { queue: 'night', concurrency: 2 });
    expect((await under.do('migration.move', { migrationId, queue: 'night' })).queue).toBe('night');
    expect((await under.do('job.count', { queue: 'night' })).pending).toBe(1);
    expect((await under.do('job.count', { queue: 'default' })).completed).toBe(0);
    await under.do('migration.resume', { migrationId });
    expect(keysInHand()).toEqual(['b']);
    expect((await under.do('migration.cancel', { migrationId })).intent).toBe('cancel');
    expect((await under.do('migration.get', { migrationId })).state).toBe('cancelled');
    await refused(under.do('migration.pause', { migrationId }), { code: 'invalid-input', field: 'migrationId' });
    await refused(under.do('migration.get', { migrationId: 99 }), { code: 'not-found' });
    await refused(under.do('migration.move', { migrationId, queue: 'nowhere' }), { code: 'not-found', field: 'queue' });
  });

  it('retries what failed, all of it and nothing else', async () => {
    const migrationId = await submit('a', 'b', 'c');
    await refused(under.do('migration.retryFailed', { migrationId }), { field: 'migrationId' });
    await end('a', failed('permission-denied'));
    await end('b', failed('not-found'));
    await end('c');
    await under.do('migration.retryFailed', { migrationId });
    await under.test.clock.settle();
    expect(keysInHand()).toEqual(['a', 'b']);
  });

  it('whose jobs were paused one by one goes on when it is resumed', async () => {
    await oneBerth();
    const migrationId = await submit('a', 'b', 'c');
    await under.do('bulk.start', { verb: 'pause', filter: { migrationId } });
    await under.test.clock.settle();
    expect(keysInHand()).toEqual([]);
    await under.do('migration.resume', { migrationId });
    await under.test.clock.settle();
    expect(keysInHand()).toEqual(['a']);
    expect((await under.do('migration.get', { migrationId })).counts).toMatchObject({ paused: 0, pending: 2 });
  });

  it('of the sample is made and removed again', async () => {
    under.test.workers.list = () => ({ assets: assetsNamed('a'), position: null });
    await under.do('migration.sample', {});
    await under.test.clock.settle();
    await refused(under.do('migration.removeSample', {}), { code: 'invalid-input' });
    for (const { id } of (await under.do('migration.list', {})).rows)
      await under.do('migration.cancel', { migrationId: id });
    await under.do('migration.removeSample', {});
    expect((await under.do('migration.list', {})).rows).toEqual([]);
  });

  it('is told in a report that is seen beforehand and saved', async () => {
    const order = { kind: 'report', migrationId: await submit('a') } as const;
    expect((await under.do('evidence.preview', order)).beginning).toContain(',a,a,');
    expect(await under.do('evidence.save', order)).toMatchObject({ kind: 'saved' });
  });

  it('is refused when the house is full, with the numbers, and nothing is dropped', async () => {
    await under.do('settings.update', { maxOpenJobs: 1_000 });
    await under.do('engine.pause', {});
    await enqueue(...Array.from({ length: 999 }, (_, index) => `key ${index}`));
    await refused(enqueue('one', 'too many'), { code: 'quota-exceeded', message: expect.stringContaining('999') });
    expect((await under.do('stats.get', {})).pending).toBe(999);
  });
});

describe('a job', () => {
  it('is listed, counted, paused, resumed, cancelled, retried and skipped', async () => {
    await oneBerth();
    const { ids } = await enqueue('a', 'b', 'c');
    const [a = 0, b = 0, c = 0] = ids;
    expect((await under.do('job.list', { filter: { states: ['pending'] } })).rows.map(({ id }) => id)).toEqual([c, b]);
    expect(await under.do('job.pause', { jobIds: [a, b, 77] })).toEqual({
      changed: [a, b],
      refused: [{ id: 77, reason: 'There is no such job.' }],
    });
    expect(await under.do('job.count', {})).toMatchObject({ paused: 2, running: 1 });
    expect(keysInHand()).toEqual(['c']);
    await under.do('job.resume', { jobIds: [a] });
    await under.do('job.cancel', { jobIds: [b] });
    await under.do('job.skip', { jobIds: [a] });
    expect(await stateOf(a)).toBe('skipped');
    expect((await under.do('job.skip', { jobIds: [b] })).refused).toEqual([{ id: b, reason: 'It is cancelled.' }]);
    await under.do('job.retry', { jobIds: [a, b] });
    await end('c');
    expect(keysInHand()).toEqual(['a']);
    expect(await under.do('job.count', {})).toMatchObject({ running: 1, pending: 1, completed: 1 });
  });

  it('is put in another order, first, before another and last', async () => {
    await under.do('engine.pause', {});
    await oneBerth();
    const [a = 0, b = 0, c = 0, d = 0] = (await enqueue('a', 'b', 'c', 'd')).ids;
    await under.do('job.reorder', { jobIds: [d], to: 'first' });
    await under.do('job.reorder', { jobIds: [c], to: { before: a } });
    await under.do('job.reorder', { jobIds: [a], to: 'last' });
    await under.do('engine.resume', {});
    const order: string[] = [];
    for (let job = 0; job < 4; job += 1) {
      order.push(...keysInHand());
      await end(keysInHand()[0] ?? '');
    }
    expect(order).toEqual(['d', 'c', 'b', 'a']);
    expect((await under.do('job.reorder', { jobIds: [b], to: 'first' })).refused).toEqual([
      { id: b, reason: 'It is completed.' },
    ]);
  });

  it('goes ahead by its priority, and at once when somebody wants it now, past a paused queue', async () => {
    await oneBerth();
    const [, b = 0, c = 0] = (await enqueue('a', 'b', 'c')).ids;
    await under.do('job.prioritize', { jobIds: [c], priority: 5 });
    await end('a');
    expect(keysInHand()).toEqual(['c']);
    await under.do('queue.pause', { queue: 'default', reason: 'the line is needed' });
    await under.do('job.run', { jobIds: [b] });
    expect(keysInHand().sort()).toEqual(['b', 'c']);
    await under.do('engine.pause', {});
    const [d = 0] = (await enqueue('d')).ids;
    await under.do('job.run', { jobIds: [d] });
    expect(keysInHand()).not.toContain('d');
  });

  it('says why it does not run, from the outermost gate inwards', async () => {
    await oneBerth();
    const { migrationId, ids } = await enqueue('a', 'b', 'c');
    const [a = 0, b = 0, c = 0] = ids;
    const why = async (jobId: number) => (await under.do('job.explain', { jobId })).summary;
    expect(await why(a)).toBe('It is running.');
    expect(await why(b)).toContain('berths are busy');
    await under.do('queue.pause', { queue: 'default', reason: 'the line is needed' });
    expect(await why(b)).toContain('the line is needed');
    await under.do('engine.pause', {});
    expect(await why(b)).toBe('Everything is paused.');
    await under.do('engine.resume', {});
    await under.do('queue.resume', { queue: 'default' });
    await under.do('migration.pause', { migrationId });
    const { gates } = await under.do('job.explain', { jobId: c });
    expect(gates.map(({ reason }) => reason)).toContain('Its migration is paused');
    await under.do('migration.resume', { migrationId });
    await end('a', failed('rate-limited', { retryAfterMs: 60_000 }));
    const throttled = await under.do('job.explain', { jobId: c });
    expect(throttled.gates[0]).toMatchObject({ state: 'throttled', untilMs: expect.any(Number) });
    expect((await under.do('job.explain', { jobId: a })).gates.map(({ state }) => state)).toContain('waiting');
    under.test.disk.freeBytes = 1_000;
    await under.test.clock.advance(6_000);
    expect((await under.do('job.explain', { jobId: c })).gates[0]?.state).toBe('no-space');
    await refused(under.do('job.explain', { jobId: 99 }), { code: 'not-found' });
  });

  it('is asked for its result: where it stands, or how it ended, with some patience', async () => {
    const [a = 0] = (await enqueue('a')).ids;
    expect(await under.do('job.result', { jobId: a })).toEqual({ done: false, state: 'running' });
    const waiting = under.house.call('job.result', { jobId: a, waitMs: 60_000 });
    await end('a');
    expect(await waiting).toMatchObject({ done: true, state: 'completed', job: { proof: 're-read' } });
    const [b = 0] = (await enqueue('b')).ids;
    const late = under.house.call('job.result', { jobId: b, waitMs: 5_000 });
    await under.test.clock.advance(5_000);
    expect(await late).toEqual({ done: false, state: 'running' });
    await refused(under.do('job.result', { jobId: 99 }), { code: 'not-found' });
  });
});

describe('a bulk', () => {
  it('changes what its filter matched when it was asked for, and says how far it is', async () => {
    await under.do('engine.pause', {});
    const { migrationId } = await enqueue(...Array.from({ length: 600 }, (_, index) => `key ${index}`));
    const bulk = await under.do('bulk.start', { verb: 'cancel', filter: { migrationId, search: 'key 1' } });
    expect(bulk).toMatchObject({ state: 'running', total: 111, handled: 0 });
    const later = await enqueue('key 1 of another');
    await under.test.clock.settle();
    expect(await under.do('bulk.get', { bulkId: bulk.id })).toMatchObject({
      state: 'done',
      handled: 111,
      changed: 111,
    });
    expect(await under.do('job.count', { migrationId })).toMatchObject({ cancelled: 111, pending: 489 });
    expect(await stateOf(later.ids[0] ?? 0)).toBe('pending');
    await refused(under.do('bulk.stop', { bulkId: bulk.id }), { field: 'bulkId' });
    await refused(under.do('bulk.start', { verb: 'retry', filter: { states: ['running'] } }), {
      field: 'filter.states',
    });
  });

  it('can be stopped: what it has changed stays changed, the rest is left alone', async () => {
    await under.do('engine.pause', {});
    const { migrationId } = await enqueue(...Array.from({ length: 2_000 }, (_, index) => `key ${index}`));
    // Given in one breath: the first slice is under way when the second letter is read.
    under.given.add('bulk.start');
    const bulk = await under.house.call('bulk.start', { verb: 'pause', filter: { migrationId } });
    const stopped = await under.do('bulk.stop', { bulkId: bulk.id });
    expect(stopped.state).toBe('stopped');
    const { paused, pending } = await under.do('job.count', { migrationId });
    expect(paused).toBe(stopped.changed);
    expect(pending).toBe(2_000 - stopped.changed);
    expect((await under.do('bulk.list', {})).bulks.map(({ id }) => id)).toEqual([bulk.id]);
  });
});

describe('the house', () => {
  it('tells about itself, its providers, its queues, its pool', async () => {
    expect((await under.do('app.info', {})).version).toBe('0.0.0-test');
    expect((await under.do('provider.list', {})).providers.length).toBeGreaterThan(1);
    expect((await under.do('queue.list', {})).queues.map(({ name }) => name)).toContain('default');
    expect((await under.do('pool.get', {})).workers).toHaveLength(2);
    expect(await under.do('folder.choose', {})).toEqual({ path: '/chosen' });
    expect((await under.do('health.get', {})).report).toBeNull();
  });

  it('changes its pool while it runs: more start at once, too many end when they are idle', async () => {
    await enqueue('a', 'b', 'c');
    await under.do('settings.update', { workers: 4 });
    await under.test.clock.advance(1_000);
    expect((await under.do('pool.get', {})).workers).toHaveLength(4);
    await under.do('settings.update', { workers: 1 });
    await under.test.clock.advance(1_000);
    for (const key of keysInHand()) await end(key);
    await under.test.clock.advance(1_000);
    expect((await under.do('pool.get', {})).workers).toHaveLength(1);
    expect((await under.do('settings.get', {})).workers).toBe(1);
    await refused(under.do('settings.update', { workers: -1 }), { code: 'invalid-input', field: 'workers' });
    await under.do('pool.resume', {});
  });

  it('ends attempts that take longer than the deadline allows, as failures', async () => {
    await under.do('settings.update', { attemptDeadlineMinutes: 5 });
    const [a = 0] = (await enqueue('a')).ids;
    await under.test.clock.advance(5 * 60_000 + 6_000);
    const { history } = await under.do('job.get', { jobId: a });
    expect(history).toMatchObject([{ outcome: 'failed', failure: { code: 'timeout' } }]);
  });

  it('keeps news until somebody dismisses them', async () => {
    const { store } = under.test.coordinator;
    await under.test.coordinator.call(() => store.insertNews({ severity: 'note', message: 'News.', hint: '' }));
    const [news] = store.news();
    await under.do('news.dismiss', { newsId: news?.id ?? 0 });
    expect(store.news()).toEqual([]);
    await refused(under.do('news.dismiss', { newsId: 1 }), { field: 'newsId' });
  });

  it('has queues that are made and removed, accounts that are kept, limited, checked and removed', async () => {
    await under.do('queue.create', { queue: 'night', concurrency: 2 });
    await under.do('queue.remove', { queue: 'night' });
    await refused(under.do('queue.update', { queue: 'night', concurrency: 2 }), { field: 'queue' });
    await refused(under.do('queue.update', { queue: 'default', concurrency: 0 }), { field: 'concurrency' });
    const saved = await under.do('account.save', { provider: 'http', name: 'web', options: {}, secrets: {} });
    expect((await under.do('account.limit', { accountId: saved.id, maxAttempts: 3 })).maxAttempts).toBe(3);
    expect((await under.do('account.list', {})).accounts.map(({ id }) => id)).toContain(saved.id);
    const check = under
      .do('account.check', { account: saved.id, container: '', role: 'source' })
      .catch((error) => error);
    await under.test.clock.advance(60_000);
    for (const worker of under.test.workers.alive()) worker.die();
    expect(await check).toMatchObject({ failure: { code: 'worker-lost' } });
    await under.do('account.remove', { accountId: saved.id });
    await refused(under.do('account.remove', { accountId: saved.id }), { code: 'not-found' });
  });

  it('knows what a window looks at', async () => {
    const messages: string[] = [];
    const session = under.house.openSession((message) => messages.push(JSON.stringify(message)));
    const say = (id: number, command: 'view.watch' | 'view.unwatch', params: object): void => {
      under.given.add(command);
      session.receive({ type: 'call', id, command, params });
    };
    say(1, 'view.watch', { viewId: 'jobs', filter: {}, jobIds: [] });
    say(2, 'view.unwatch', { viewId: 'jobs' });
    await under.test.clock.settle();
    session.close();
    expect(messages).toEqual([1, 2].map((id) => JSON.stringify({ type: 'reply', id, result: {} })));
  });
});

describe('a schedule', () => {
  const plan = {
    name: 'nightly',
    task: { kind: 'maintenance', task: 'sweep' },
    timing: { kind: 'interval', everyMinutes: 60 },
  } as const;

  it('is previewed, saved, listed, run, skipped once, paused, resumed and removed', async () => {
    const { runsAtMs } = await under.do('schedule.preview', { timing: plan.timing, count: 2 });
    expect((runsAtMs[1] ?? 0) - (runsAtMs[0] ?? 0)).toBe(HOUR_MS);
    const { id: scheduleId } = await under.do('schedule.save', plan);
    await under.do('schedule.run', { scheduleId });
    await under.do('schedule.skipNext', { scheduleId });
    await under.test.clock.advance(2 * HOUR_MS);
    const { runs } = await under.do('schedule.runs', { scheduleId });
    expect(runs.map(({ outcome }) => outcome)).toEqual(['done', 'skipped', 'done']);
    expect((await under.do('schedule.pause', { scheduleId })).paused).toBe(true);
    await under.test.clock.advance(3 * HOUR_MS);
    expect((await under.do('schedule.runs', { scheduleId })).runs).toHaveLength(3);
    expect((await under.do('schedule.resume', { scheduleId })).nextRunAtMs).toBeGreaterThan(under.test.clock.wallMs());
    await under.do('schedule.remove', { scheduleId });
    expect((await under.do('schedule.list', {})).schedules).toEqual([]);
    await refused(under.do('schedule.run', { scheduleId }), { code: 'not-found' });
  });

  it.each([
    ['never falls due', { kind: 'cron', expression: '0 0 31 2 *', timeZone: 'UTC' }, /never/],
    ['has six fields', { kind: 'cron', expression: '0 0 0 * * *', timeZone: 'UTC' }, /five/],
    [
      'is in a time zone that does not exist',
      { kind: 'cron', expression: '0 2 * * *', timeZone: 'Mars/Olympus' },
      /time zone/i,
    ],
    ['comes too often', { kind: 'interval', everyMinutes: 0 }, /./],
  ] as const)('that %s is refused at its timing, and nothing is saved', async (_, timing, words) => {
    const saving = under.do('schedule.save', { ...plan, timing });
    await expect(saving).rejects.toMatchObject({
      failure: {
        code: 'invalid-input',
        message: expect.stringMatching(words),
        field: expect.stringContaining('timing'),
      },
    });
    expect((await under.do('schedule.list', {})).schedules).toEqual([]);
  });
});

describe('a notice', () => {
  const rule = {
    name: 'tell me',
    events: ['migration-finished' as const],
    target: { channel: 'desktop' as const },
  };

  it('is saved, listed, tested, told when a migration has ended, and removed', async () => {
    const { id: ruleId } = await under.do('notice.save', rule);
    const { jobId } = await under.do('notice.test', { ruleId });
    expect(await stateOf(jobId)).toBe('completed');
    await submit('a');
    await end('a');
    expect(under.test.notified).toHaveLength(2);
    expect((await under.do('notice.list', {})).rules).toMatchObject([{ id: ruleId, enabled: true }]);
    await under.do('notice.remove', { ruleId });
    await refused(under.do('notice.test', { ruleId }), { code: 'not-found', field: 'ruleId' });
  });

  it('whose secret was lost is not sent without it', async () => {
    const target = { channel: 'webhook' as const, url: 'https://example.test/hook' };
    const { id: ruleId } = await under.do('notice.save', { ...rule, target, secret: 'whsec_x' });
    // As after a restart where secrets rest in memory only.
    await under.loseSecrets(ruleId);
    const { jobId } = await under.do('notice.test', { ruleId });
    expect(await under.do('job.get', { jobId })).toMatchObject({ state: 'failed', failure: { code: 'auth-expired' } });
  });

  it.each([
    ['ftp://example.test/hook', /http/],
    ['http://127.0.0.1/hook', /private|this computer|loopback/i],
    ['https://user:secret@example.test/', /password|credentials|name/i],
    ['not an address', /address/i],
  ])('to %s is refused at its address', async (url, words) => {
    const saving = under.do('notice.save', { ...rule, target: { channel: 'webhook' as const, url } });
    await expect(saving).rejects.toMatchObject({
      failure: { field: 'target.url', message: expect.stringMatching(words) },
    });
    expect((await under.do('notice.list', {})).rules).toEqual([]);
  });
});
