/** Proves that a source that falls silent or breaks is read on from where it stopped, so often and no more. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FailureError, fail, failure } from '../../src-shared/model/failure.ts';
import type { OpenedAsset, Provider } from '../providers/provider.ts';
import { memoryProvider, put, type Stage, setStage } from './staged-attempt.ts';
import { sweepSpool } from './sweep-spool.ts';

const LARGE = randomBytes(3_000_000);
const LAST = LARGE.length - 1;
const STALL_MS = 30_000;

let stage: Stage;
let inner: Provider;
/** First and last byte of every request; the first asks for all. */
let asked: (readonly [first: number, last: number])[];
/** Requests whose bytes have stopped and are waited for. */
let silent: number;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  silent = 0;
  stage = setStage();
  inner = await memoryProvider();
  asked = [];
  put(stage.source, LARGE, { versionToken: 'v1' });
});
afterEach(async () => {
  vi.useRealTimers();
  await sweepSpool(stage.spoolFolder, () => false);
  stage.tearDown();
});

/** A source of certain ranges; `body` says what becomes of a request's body, by its number from 0. */
function source(body: (opened: OpenedAsset, request: number) => Partial<OpenedAsset>, certainRanges = true) {
  const { descriptor } = inner;
  const open: Provider['open'] = async (container, key, options) => {
    asked.push([options.range?.first ?? 0, options.range?.last ?? LAST]);
    const opened = await inner.open(container, key, options);
    const whole = { head: opened.head, body: opened.body, close: () => opened.close() };
    return { ...whole, ...body(opened, asked.length - 1) };
  };
  return { open, descriptor: { ...descriptor, capabilities: { ...descriptor.capabilities, certainRanges } } };
}

/** So many bytes, and then nothing until it is closed. */
function silentAfter(opened: OpenedAsset, bytes: number): Partial<OpenedAsset> {
  const closed = Promise.withResolvers<void>();
  async function* some() {
    yield* upTo(opened, bytes);
    silent += 1;
    await closed.promise;
    throw new Error('it was closed');
  }
  return { body: some(), close: () => closed.resolve() };
}

function brokenAfter(opened: OpenedAsset, bytes: number, reason: FailureError): Partial<OpenedAsset> {
  async function* some() {
    yield* upTo(opened, bytes);
    throw reason;
  }
  return { body: some() };
}

async function* upTo(opened: OpenedAsset, bytes: number) {
  let left = bytes;
  for await (const chunk of opened.body) {
    if (left > 0) yield chunk.subarray(0, left);
    left -= chunk.byteLength;
  }
}

const run = (provider: Partial<Provider>) =>
  stage.run({ source: provider, memorySpoolBytes: 10, patience: { stallMs: STALL_MS } });
const arrived = () => [...stage.destination.values()].map(({ bytes }) => LARGE.equals(bytes));
async function untilSilent(requests: number): Promise<void> {
  while (silent < requests) await new Promise(setImmediate);
}
const reset = new FailureError(failure('network', 'the connection was reset', { retryable: true }));

describe('a large asset', () => {
  test('whose source falls silent is read on from there', async () => {
    const report = run(source((opened, request) => (request === 0 ? silentAfter(opened, 1_200_000) : {})));
    await untilSilent(1);
    await vi.advanceTimersByTimeAsync(STALL_MS / 3 - 1);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await report).toMatchObject({ kind: 'completed' });
    expect(asked).toEqual([
      [0, LAST],
      [1_200_000, LAST],
    ]);
    expect(arrived()).toEqual([true]);
  });

  test('whose source takes long to begin, each time that it is asked, still comes', async () => {
    const provider = source((opened) => {
      async function* late() {
        silent += 1;
        await new Promise((resolve) => setTimeout(resolve, STALL_MS / 2));
        yield* opened.body;
      }
      return { body: late() };
    });
    const report = run(provider);
    await untilSilent(1);
    await vi.advanceTimersByTimeAsync(STALL_MS / 3);
    await untilSilent(2);
    await vi.advanceTimersByTimeAsync(STALL_MS / 2);
    expect(await report).toMatchObject({ kind: 'completed' });
    expect(asked).toHaveLength(2);
    expect(arrived()).toEqual([true]);
  });

  test('whose connection breaks twice is read on twice', async () => {
    const breaks = (opened: OpenedAsset, request: number) => (request < 2 ? brokenAfter(opened, 700_000, reset) : {});
    expect(await run(source(breaks))).toMatchObject({ kind: 'completed' });
    expect(asked).toEqual([
      [0, LAST],
      [700_000, LAST],
      [1_400_000, LAST],
    ]);
    expect(arrived()).toEqual([true]);
  });

  test('is not asked for for ever', async () => {
    const report = await run(source((opened) => brokenAfter(opened, 10, reset)));
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'network' } });
    expect(asked).toHaveLength(3);
    expect(arrived()).toEqual([]);
  });

  test('whose source stays silent fails as one that hangs', async () => {
    const report = run(source((opened, request) => silentAfter(opened, request === 0 ? 100 : 0)));
    await untilSilent(1);
    await vi.advanceTimersByTimeAsync(STALL_MS / 3);
    await untilSilent(2);
    await vi.advanceTimersByTimeAsync((STALL_MS / 3) * 2);
    // The last body does not even hear of its end.
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await report).toMatchObject({ kind: 'failed', failure: { code: 'timeout' }, step: 'spool' });
    expect(arrived()).toEqual([]);
  });

  test('that is another one by now is not mixed with what came', async () => {
    const provider = source((opened) => silentAfter(opened, 1_000));
    const open: Provider['open'] = (container, key, options) =>
      asked.length === 0 ? provider.open(container, key, options) : fail('source-changed', 'It is another version.');
    const report = run({ ...provider, open });
    await untilSilent(1);
    await vi.advanceTimersByTimeAsync(STALL_MS / 3);
    expect(await report).toMatchObject({ kind: 'failed', failure: { code: 'source-changed' } });
    expect(arrived()).toEqual([]);
  });

  test.each([
    ['has no certain ranges', false, reset],
    ['asks for a wait', true, new FailureError(failure('network', 'later', { retryAfterMs: 60_000 }))],
    ['refuses for good', true, new FailureError(failure('permission-denied', 'no more'))],
  ])('whose source %s is not asked for again', async (_, certainRanges, reason) => {
    const report = await run(source((opened) => brokenAfter(opened, 10, reason), certainRanges));
    expect(report).toMatchObject({ kind: 'failed', failure: { code: reason.failure.code } });
    expect(asked).toHaveLength(1);
  });
});
