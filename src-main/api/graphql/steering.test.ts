/** Proves that work is steered by GraphQL as by the commands: what was asked for is what the house then says. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HouseUnderTest, openHouseUnderTest } from '../house-under-test.ts';
import { createGraphql } from './create-graphql.ts';

interface Answer {
  readonly data: Record<string, never> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

let under: HouseUnderTest;
let endpoint: ReturnType<typeof createGraphql>;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

beforeEach(async () => {
  under = await openHouseUnderTest();
  endpoint = createGraphql(under.house, log, { introspection: false });
});
afterEach(() => under.close());

async function ask(query: string): Promise<Answer> {
  const answer = Promise.resolve(
    endpoint.fetch('http://door/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    }),
  ).then(async (response) => (await response.json()) as Answer);
  let isHere = false;
  const noted = answer.finally(() => {
    isHere = true;
  });
  while (!isHere) {
    await under.test.clock.settle();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return noted;
}

/** The data of an answer without errors. */
async function dataOf(query: string): Promise<Record<string, unknown>> {
  const { data, errors } = await ask(query);
  expect(errors).toBeUndefined();
  return data ?? {};
}

describe('jobs', () => {
  it('say how they stand and why, go ahead, change places, and are left out', async () => {
    await under.do('engine.pause', {});
    const { ids } = await under.enqueue(['a', 'b', 'c']);
    const [a, b, c] = ids;
    expect(
      await dataOf(`{ jobResult(id: "${a}") { done state job { id } } explainJob(id: "${a}") { summary } }`),
    ).toEqual({
      jobResult: { done: false, state: 'PENDING', job: null },
      explainJob: { summary: expect.stringMatching(/paused/) },
    });
    expect(
      await dataOf(`mutation {
        skipJobs(ids: ["${a}"]) { changed }
        prioritizeJobs(ids: ["${b}"], priority: 5) { changed }
        reorderJobs(ids: ["${c}"], before: "${b}") { refused { id } }
        runJobs(ids: ["${c}", "999"]) { changed refused { id reason } }
      }`),
    ).toMatchObject({
      skipJobs: { changed: [String(a)] },
      prioritizeJobs: { changed: [String(b)] },
      runJobs: { changed: [String(c)], refused: [{ id: '999', reason: expect.any(String) }] },
    });
    expect(await dataOf(`{ jobResult(id: "${a}", waitMs: 1000) { done state job { skipReason } } }`)).toMatchObject({
      jobResult: { done: true, state: 'SKIPPED', job: { skipReason: expect.any(String) } },
    });
  });

  it('have one place at a time', async () => {
    const { ids } = await under.enqueue(['a', 'b']);
    const { errors } = await ask(
      `mutation { reorderJobs(ids: ["${ids[0]}"], before: "${ids[1]}", last: true) { changed } }`,
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'invalid-input', field: 'last' });
  });

  it('are changed all at once, and the bulk tells how far it is', async () => {
    await under.do('engine.pause', {});
    const { migrationId } = await under.enqueue(['a', 'b', 'c']);
    const started = await dataOf(
      `mutation { startBulk(verb: CANCEL, filter: { migrationId: "${migrationId}" }) { id verb state total } }`,
    );
    const { id } = started.startBulk as { id: string };
    expect(started.startBulk).toMatchObject({ verb: 'CANCEL', total: 3 });
    expect(await dataOf(`{ bulk(id: "${id}") { state changed } bulks { id } }`)).toEqual({
      bulk: { state: 'DONE', changed: 3 },
      bulks: [{ id }],
    });
    expect((await ask(`mutation { stopBulk(id: "${id}") { state } }`)).errors?.[0]?.extensions.field).toBe('bulkId');
  });
});

describe('queues and migrations', () => {
  it('a queue is made, changed where something was given, moved into and kept from being removed', async () => {
    await under.do('engine.pause', {});
    const { migrationId } = await under.enqueue(['a']);
    await dataOf('mutation { createQueue(name: "night", concurrency: 3) }');
    await dataOf(`mutation { updateQueue(name: "night", change: {
      priority: 7, startsPerMinute: 60, bandwidthCapBytesPerSecond: 4096 }) }`);
    await dataOf(`mutation { moveMigration(id: "${migrationId}", queue: "night") { queue } }`);
    const night = async () => (await under.do('queue.list', {})).queues.find(({ name }) => name === 'night');
    expect(await night()).toMatchObject({
      concurrency: 3,
      priority: 7,
      startsPerMinute: 60,
      bandwidthCap: { bytesPerSecond: 4_096, hours: null },
      counts: { pending: 1 },
    });
    await dataOf(`mutation { updateQueue(name: "night", change: {
      startsPerMinute: null, bandwidthCapBytesPerSecond: null }) }`);
    expect(await night()).toMatchObject({ priority: 7, startsPerMinute: null, bandwidthCap: null });
    expect((await ask('mutation { removeQueue(name: "night") }')).errors).toHaveLength(1);
    await dataOf('mutation { createQueue(name: "short", concurrency: 1) }');
    await dataOf('mutation { removeQueue(name: "short") }');
    expect((await under.do('queue.list', {})).queues.map(({ name }) => name)).not.toContain('short');
  });
});

describe('schedules', () => {
  it('are listed, paused, resumed, skipped once, run and removed', async () => {
    await under.do('schedule.save', {
      name: 'nightly',
      task: { kind: 'maintenance', task: 'sweep' },
      timing: { kind: 'interval', everyMinutes: 60 },
    });
    const { schedules } = await dataOf('{ schedules { id name builtIn paused } }');
    expect(schedules).toEqual([{ id: expect.any(String), name: 'nightly', builtIn: false, paused: false }]);
    const on = `id: "${(schedules as readonly { id: string }[])[0]?.id}"`;
    expect(await dataOf(`mutation { pauseSchedule(${on}) { paused nextRunAtMs } }`)).toEqual({
      pauseSchedule: { paused: true, nextRunAtMs: null },
    });
    expect(await dataOf(`mutation { resumeSchedule(${on}) { paused } skipNextRun(${on}) { skipNext } }`)).toEqual({
      resumeSchedule: { paused: false },
      skipNextRun: { skipNext: true },
    });
    const { runSchedule } = await dataOf(`mutation { runSchedule(${on}) }`);
    expect(await dataOf(`{ scheduleRuns(${on}) { id outcome } }`)).toMatchObject({
      scheduleRuns: [{ id: runSchedule }],
    });
    await dataOf(`mutation { removeSchedule(${on}) }`);
    expect(await dataOf('{ schedules { id } }')).toEqual({ schedules: [] });
  });
});
