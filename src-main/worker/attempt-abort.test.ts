/** Proves that an attempt ends soon after an abort, sends no more bytes, and leaves nothing that was not proven. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AbortReason } from '../../src-shared/contract/worker-messages.ts';
import { fail } from '../../src-shared/model/failure.ts';
import type { Provider, WriteResult } from '../providers/provider.ts';
import { AttemptAborted } from './abort.ts';
import { KEY, memoryProvider, put, type Stage, setStage } from './staged-attempt.ts';

let stage: Stage;
let inner: Provider;
let controller: AbortController;
beforeEach(async () => {
  stage = setStage();
  inner = await memoryProvider();
  controller = new AbortController();
  put(stage.source, BYTES);
});
afterEach(() => {
  expect(stage.spooled()).toEqual([]);
  stage.tearDown();
});

const BYTES = randomBytes(100_000);
const NEVER = new Promise<never>(() => {});
const abort = (reason: AbortReason) => controller.abort(new AttemptAborted(reason));

test.each(['cancel', 'pause', 'shutdown'] as const)('before it begins: %s', async (reason) => {
  abort(reason);
  expect(await stage.run({ signal: controller.signal })).toEqual({ kind: 'aborted', reason });
});

test.each([10, 1_000_000])('while the source sends, with a source that does not listen', async (memorySpoolBytes) => {
  const open: Provider['open'] = async (...args) => ({
    ...(await inner.open(...args)),
    body: (async function* () {
      yield BYTES.subarray(0, 50_000);
      abort('pause');
      yield* [BYTES.subarray(50_000), await NEVER];
    })(),
    close: () => undefined,
  });
  const report = await stage.run({ signal: controller.signal, source: { open }, memorySpoolBytes });
  expect(report).toEqual({ kind: 'aborted', reason: 'pause' });
  expect(stage.destination.size).toBe(0);
});

test('while the source sends without end: a source that does not listen is not read any further', async () => {
  let given = 0;
  const open: Provider['open'] = async (...args) => ({
    ...(await inner.open(...args)),
    body: (async function* () {
      for (; ; given++) {
        if (given === 10) abort('pause');
        yield Buffer.alloc(10);
      }
    })(),
    close: () => undefined,
  });
  const report = await stage.run({ signal: controller.signal, source: { open } });
  expect(report).toEqual({ kind: 'aborted', reason: 'pause' });
  expect(given).toBe(10);
});

test('while the destination takes bytes: a writer that does not listen gets no more of them', async () => {
  // Three blocks of the spool file; one was asked for before the abort.
  put(stage.source, randomBytes(3 * 1024 * 1024));
  let taken = 0;
  const write: Provider['write'] = async (_container, _key, body) => {
    for await (const chunk of body.open()) {
      taken += chunk.length;
      abort('cancel');
    }
    return { versionToken: null, vouches: null };
  };
  const report = await stage.run({ signal: controller.signal, destination: { write }, memorySpoolBytes: 10 });
  expect(report).toEqual({ kind: 'aborted', reason: 'cancel' });
  expect(taken).toBe(1024 * 1024);
});

test('while the destination hangs: ends within the grace', async () => {
  const startedAtMs = performance.now();
  const write = async (): Promise<WriteResult> => {
    abort('shutdown');
    return NEVER;
  };
  const report = await stage.run({ signal: controller.signal, destination: { write } });
  expect(report).toEqual({ kind: 'aborted', reason: 'shutdown' });
  expect(performance.now() - startedAtMs).toBeLessThan(1_000);
});

test('between two tries of a write: does not wait for the next one', async () => {
  let tries = 0;
  const write = async (): Promise<WriteResult> => {
    tries += 1;
    setImmediate(() => abort('cancel'));
    return fail('network', 'the connection was reset');
  };
  const report = await stage.run({
    signal: controller.signal,
    destination: { write },
    patience: { writePauseMs: 60_000 },
  });
  expect(report).toEqual({ kind: 'aborted', reason: 'cancel' });
  expect(tries).toBe(1);
});

test.each(['cancel', 'pause'] as const)('after the write, before the proof: %s frees the key again', async (reason) => {
  const write: Provider['write'] = async (...args) => {
    const result = await inner.write(...args);
    abort(reason);
    return result;
  };
  const report = await stage.run({ signal: controller.signal, destination: { write } });
  expect(report).toEqual({ kind: 'aborted', reason });
  expect(stage.destination.size).toBe(0);
});

test('a write that is published while it is being aborted is taken back', async () => {
  const write: Provider['write'] = async (container, key, body, options) => {
    abort('cancel');
    // As a request that was complete on the wire before the abort came.
    return inner.write(container, key, body, { ...options, signal: new AbortController().signal });
  };
  const report = await stage.run({ signal: controller.signal, destination: { write } });
  expect(report).toEqual({ kind: 'aborted', reason: 'cancel' });
  expect(stage.destination.size).toBe(0);
});

test('what was replaced stays replaced: the old bytes are gone, the new ones are whole', async () => {
  put(stage.destination, Buffer.from('old'));
  const write: Provider['write'] = async (...args) => {
    const result = await inner.write(...args);
    abort('cancel');
    return result;
  };
  const report = await stage.run({ signal: controller.signal, destination: { write } });
  expect(report).toEqual({ kind: 'aborted', reason: 'cancel' });
  expect(stage.destination.get(KEY)?.bytes).toEqual(BYTES);
});
