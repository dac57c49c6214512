/** Proves that a source or destination that misbehaves is never taken for a success, and that nothing stays behind. */
import { hash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FailureError, fail, failure } from '../../src-shared/model/failure.ts';
import type { OpenedAsset, Provider } from '../providers/provider.ts';
import { KEY, memoryProvider, noting, put, type RequestName, type Stage, setStage } from './staged-attempt.ts';
import { sweepSpool } from './sweep-spool.ts';
import { pauseBeforeTry } from './write-destination.ts';

let stage: Stage;
let inner: Provider;
beforeEach(async () => {
  stage = setStage();
  inner = await memoryProvider();
  put(stage.source, SMALL, { versionToken: 'v1' });
});
afterEach(() => {
  expect(stage.spooled()).toEqual([]);
  stage.tearDown();
});

const SMALL = randomBytes(16 * 1024);
const OTHER = randomBytes(16 * 1024);
const network = () => new FailureError(failure('network', 'the connection was reset'));

/** Opens the real asset and gives other bytes in its place. */
function openWith(change: (opened: OpenedAsset) => Partial<OpenedAsset>): Provider['open'] {
  return async (...args) => {
    const opened = await inner.open(...args);
    return { head: opened.head, body: opened.body, close: () => opened.close(), ...change(opened) };
  };
}

async function* bytesOf(...chunks: Uint8Array[]) {
  yield* chunks;
}

describe('a source', () => {
  test.each([
    ['too short', SMALL.subarray(1)],
    ['too long', Buffer.concat([SMALL, Buffer.from('x')])],
    ['empty', Buffer.alloc(0)],
  ])('whose body is %s fails and writes nothing', async (_, body) => {
    const report = await stage.run({ source: { open: openWith(() => ({ body: bytesOf(body) })) } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'network', retryable: true }, step: 'spool' });
    expect(stage.destination.size).toBe(0);
  });

  test.each([10, 1_000_000])('that breaks in the middle fails and writes nothing', async (memorySpoolBytes) => {
    const body = (async function* () {
      yield SMALL.subarray(0, 9_000);
      throw network();
    })();
    const report = await stage.run({ memorySpoolBytes, source: { open: openWith(() => ({ body })) } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'network' }, step: 'spool' });
    expect(stage.destination.size).toBe(0);
    await sweepSpool(stage.spoolFolder, () => false);
  });

  test('that breaks in the middle of a large asset is gone on with by the next attempt, from there', async () => {
    const large = randomBytes(3_000_000);
    put(stage.source, large, { versionToken: 'v1' });
    const body = (async function* () {
      yield large.subarray(0, 2_000_000);
      throw network();
    })();
    const memorySpoolBytes = 10;
    await stage.run({ memorySpoolBytes, source: { open: openWith(() => ({ body })) } });
    expect(stage.spooled()).toHaveLength(1);
    const open = vi.fn<Provider['open']>((...args) => inner.open(...args));
    const report = await stage.run({ memorySpoolBytes, source: { open }, order: { token: '4.57' } });
    expect(report).toMatchObject({ kind: 'completed' });
    expect(open.mock.calls.map(([, , { range }]) => range)).toEqual([
      undefined,
      { first: 2_000_000, last: large.length - 1 },
    ]);
    expect(stage.destination.get(KEY)?.bytes.length).toBe(large.length);
    expect(hash('sha256', stage.destination.get(KEY)?.bytes ?? '')).toBe(hash('sha256', large));
  });

  test('that is another version by then is read anew', async () => {
    const large = randomBytes(3_000_000);
    put(stage.source, large, { versionToken: 'v1' });
    const body = (async function* () {
      yield large.subarray(0, 2_000_000);
      throw network();
    })();
    const memorySpoolBytes = 10;
    await stage.run({ memorySpoolBytes, source: { open: openWith(() => ({ body })) } });
    put(stage.source, OTHER, { versionToken: 'v2' });
    const report = await stage.run({ memorySpoolBytes, order: { token: '4.57' } });
    expect(report).toMatchObject({ kind: 'completed' });
    expect(hash('sha256', stage.destination.get(KEY)?.bytes ?? '')).toBe(hash('sha256', OTHER));
  });

  test('whose versions are weak never gives two halves of two assets', async () => {
    const [before, after] = [randomBytes(3_000_000), randomBytes(3_000_000)];
    put(stage.source, before, { versionToken: 'W/"same"' });
    const body = (async function* () {
      yield before.subarray(0, 2_000_000);
      throw network();
    })();
    await stage.run({ memorySpoolBytes: 10, source: { open: openWith(() => ({ body })) } });
    put(stage.source, after, { versionToken: 'W/"same"' });
    await stage.run({ memorySpoolBytes: 10, order: { token: '4.57' } });
    expect(hash('sha256', stage.destination.get(KEY)?.bytes ?? '')).toBe(hash('sha256', after));
  });

  test('that sends other bytes than it vouches for fails and writes nothing', async () => {
    const open = openWith(({ head }) => ({ head: { ...head, digests: { md5: '0'.repeat(32) } } }));
    const report = await stage.run({ source: { open } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'checksum-mismatch' } });
    expect(stage.destination.size).toBe(0);
  });

  test('that changes while a large asset is read fails before anything is written', async () => {
    const open = openWith(({ body }) => ({
      body: (async function* () {
        yield* body;
        put(stage.source, OTHER, { versionToken: 'v2' });
      })(),
    }));
    const report = await stage.run({ source: { open }, memorySpoolBytes: 10 });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'source-changed', retryable: true } });
    expect(stage.destination.size).toBe(0);
  });

  test.each(['changed', 'vanished'])('that %s during the upload of a large asset leaves no copy', async (how) => {
    const write: Provider['write'] = async (...args) => {
      const result = await inner.write(...args);
      if (how === 'changed') put(stage.source, OTHER, { versionToken: 'v2' });
      else stage.source.clear();
      return result;
    };
    const report = await stage.run({ destination: { write }, memorySpoolBytes: 10 });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'source-changed' }, step: 'publish' });
    expect(stage.destination.size).toBe(0);
  });

  test('that falls silent fails as a timeout', async () => {
    const body = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    const close = vi.fn();
    const report = await stage.run({
      source: { open: openWith(() => ({ body, close })) },
      patience: { stallMs: 50, graceMs: 20 },
    });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'timeout', retryable: true }, step: 'spool' });
  });

  test('that drips its bytes fails as a timeout, though it never falls silent', async () => {
    const drip = async function* () {
      for (const byte of SMALL) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        yield Uint8Array.of(byte);
      }
    };
    const report = await stage.run({ patience: { slowMs: 100 }, source: { open: openWith(() => ({ body: drip() })) } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'timeout', retryable: true }, step: 'spool' });
  });

  test('is closed however its reading ends', async () => {
    for (const body of [bytesOf(SMALL), bytesOf(SMALL, SMALL), bytesOf()]) {
      const close = vi.fn();
      await stage.run({ source: { open: openWith(() => ({ body, close })) }, policies: { overwrite: 'always' } });
      expect(close).toHaveBeenCalledOnce();
    }
  });
});

describe('a destination', () => {
  /** Fails the first writes with `reasons`, one each. */
  const writeAfter = (...reasons: unknown[]): Provider['write'] => {
    return async (...args) => {
      const reason = reasons.shift();
      if (reason !== undefined) throw reason;
      return inner.write(...args);
    };
  };

  test.each([10, 1_000_000])('that fails twice is written a third time without another download', async (memory) => {
    const requests: RequestName[] = [];
    const tokens: string[] = [];
    const write = writeAfter(network(), new FailureError(failure('timeout', 'slow')));
    const report = await stage.run({
      memorySpoolBytes: memory,
      source: noting(inner, requests),
      destination: {
        write: (container, key, body, options) => {
          tokens.push(options.token);
          return write(container, key, body, options);
        },
      },
    });
    expect(report).toMatchObject({ kind: 'completed' });
    expect(stage.destination.get(KEY)?.bytes).toEqual(SMALL);
    expect(requests.filter((name) => name === 'open')).toHaveLength(1);
    expect(tokens).toEqual(['4.56.1', '4.56.2', '4.56.3']);
  });

  test('that fails three times fails the attempt', async () => {
    const write = vi.fn(writeAfter(network(), network(), network()));
    const report = await stage.run({ destination: { write } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'network' }, step: 'upload' });
    expect(write).toHaveBeenCalledTimes(3);
  });

  test.each(['permission-denied', 'quota-exceeded', 'rate-limited', 'disk-full', 'checksum-mismatch'] as const)(
    'that answers %s is not asked again',
    async (code) => {
      const write = vi.fn(writeAfter(new FailureError(failure(code, 'no'))));
      expect(await stage.run({ destination: { write } })).toMatchObject({ kind: 'failed', failure: { code } });
      expect(write).toHaveBeenCalledOnce();
    },
  );

  test('a wait that it asks for is kept, and left to the engine when it is long', () => {
    expect(pauseBeforeTry(2, failure('network', ''), 250)).toBe(250);
    expect(pauseBeforeTry(3, failure('network', ''), 250)).toBe(750);
    expect(pauseBeforeTry(2, failure('network', '', { retryAfterMs: 4_000 }), 250)).toBe(4_000);
    expect(pauseBeforeTry(2, failure('network', '', { retryAfterMs: 60_000 }), 250)).toBeNull();
    expect(pauseBeforeTry(4, failure('network', ''), 250)).toBeNull();
    expect(pauseBeforeTry(2, failure('timeout', '', { retryable: false }), 250)).toBeNull();
  });

  const keeping =
    (bytes: Buffer, vouches: null | 'checksum' = null): Provider['write'] =>
    async (...args) => {
      const result = await inner.write(...args);
      const kept = stage.destination.get(KEY);
      if (kept) stage.destination.set(KEY, { ...kept, bytes });
      return { ...result, vouches };
    };

  test.each([
    ['other bytes', OTHER],
    ['fewer bytes', SMALL.subarray(1)],
  ])('that keeps %s never completes, and a key that was free is free again', async (_, bytes) => {
    const report = await stage.run({ destination: { write: keeping(bytes) } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'checksum-mismatch', retryable: true } });
    expect(stage.destination.size).toBe(0);
  });

  test('that takes a write and has nothing afterwards never completes', async () => {
    const write: Provider['write'] = async () => ({ versionToken: null, vouches: null });
    const report = await stage.run({ destination: { write } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'checksum-mismatch' }, step: 'verify' });
  });

  test('that damages what it replaces is not emptied: the next attempt replaces it', async () => {
    put(stage.destination, Buffer.from('old'));
    const report = await stage.run({ destination: { write: keeping(OTHER) } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'checksum-mismatch' } });
    expect(stage.destination.size).toBe(1);
  });

  test('a bad copy that can not be removed is told', async () => {
    const remove = () => Promise.reject(new Error('no right to delete'));
    await stage.run({ destination: { write: keeping(OTHER), remove } });
    expect(stage.warnings).toEqual(['what was written was not removed: no right to delete']);
  });

  test('that can not be read is proven by its size, when that is enough', async () => {
    const descriptor = { ...inner.descriptor, capabilities: { ...inner.descriptor.capabilities, canRead: false } };
    const blind = (bytes: Buffer): Partial<Provider> => ({
      descriptor,
      open: () => fail('permission-denied', 'write only'),
      write: keeping(bytes),
    });
    const destination = blind(SMALL);
    expect(await stage.run({ destination })).toMatchObject({ kind: 'completed', result: { proof: 'size-only' } });
    stage.destination.clear();
    expect(await stage.run({ destination, policies: { minimumProof: 're-read' } })).toMatchObject({
      kind: 'failed',
      failure: { code: 'checksum-mismatch', retryable: false },
    });
    expect(stage.destination.size).toBe(0);
    const cut: Provider['head'] = async (...args) => {
      const head = await inner.head(...args);
      return head && { ...head, sizeBytes: 3 };
    };
    expect(await stage.run({ destination: { ...destination, head: cut } })).toMatchObject({
      kind: 'failed',
      failure: { code: 'checksum-mismatch' },
    });
  });

  test('that hangs in the middle of a body has stalled; at its end it may think for longer', async () => {
    put(stage.source, randomBytes(3 * 1024 * 1024));
    // Long enough that a busy disk is not taken for a stall.
    const patience = { stallMs: 400, answerMs: 60_000 };
    const takingBlocks =
      (count: number): Provider['write'] =>
      async (...[container, key, body, options]) => {
        const blocks = body.open()[Symbol.asyncIterator]();
        for (let taken = 1; taken <= count; taken++) {
          await blocks.next();
          options.onProgress(taken * 1024 * 1024);
        }
        await new Promise((resolve) => setTimeout(resolve, 1_200));
        return inner.write(container, key, body, options);
      };
    expect(await stage.run({ destination: { write: takingBlocks(3) }, patience, memorySpoolBytes: 10 })).toMatchObject({
      kind: 'completed',
    });
    stage.destination.clear();
    expect(await stage.run({ destination: { write: takingBlocks(2) }, patience, memorySpoolBytes: 10 })).toMatchObject({
      kind: 'failed',
      failure: { code: 'timeout' },
      step: 'upload',
    });
  });

  test('that hangs fails as a timeout after every try', async () => {
    const write = vi.fn(() => new Promise<never>(() => {}));
    const report = await stage.run({ destination: { write }, patience: { answerMs: 20, graceMs: 10 } });
    // 16 KiB in one piece may take a quarter of a second on the slowest line.
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'timeout' }, step: 'upload' });
    expect(write).toHaveBeenCalledTimes(3);
  });
});

describe('somebody else', () => {
  test.each(['never', 'if-different'] as const)('who writes the key first keeps it, under "%s"', async (overwrite) => {
    const write: Provider['write'] = (...args) => {
      put(stage.destination, OTHER, { versionToken: 'theirs' });
      return inner.write(...args);
    };
    const report = await stage.run({ destination: { write }, policies: { overwrite } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'already-exists', retryable: true } });
    expect(stage.destination.get(KEY)?.bytes).toEqual(OTHER);
  });

  test.each<[string, Partial<Provider>]>([
    ['was faster', { write: () => Promise.reject(new FailureError(failure('already-exists', 'there'))) }],
    ['had it there already', { head: (_, ...rest) => inner.head(stage.order.source.container, ...rest) }],
    ['made the asset small', {}],
  ])('who %s leaves an earlier large write of ours without use: it is given up', async (_, destination) => {
    const giveUp = vi.fn(async () => undefined);
    await stage.run({
      destination: { ...destination, giveUp },
      policies: { overwrite: 'never' },
      order: { unfinishedUpload: 'mark' },
    });
    const { container, key } = stage.order.destination;
    expect(giveUp).toHaveBeenCalledExactlyOnceWith(container, key, 'mark', expect.any(AbortSignal));
  });

  test('who ended our process left what no process tidied up: it is removed, whatever comes of this attempt', async () => {
    const removeStaging = vi.fn(async () => undefined);
    await stage.run({ destination: { removeStaging }, order: { unfinishedUpload: 'lost 1-0a9.7 2-k0z.3' } });
    const { container, key } = stage.order.destination;
    const tokens = ['1-0a9.7.1', '1-0a9.7.2', '1-0a9.7.3', '2-k0z.3.1', '2-k0z.3.2', '2-k0z.3.3'];
    expect(removeStaging).toHaveBeenCalledExactlyOnceWith(container, key, tokens, expect.any(AbortSignal));
  });

  test.each([
    ['another version', OTHER, 'theirs'],
    ['another size, where there are no versions', Buffer.from('theirs'), undefined],
  ])('who replaces our copy before it is verified keeps theirs: %s', async (_, theirs, versionToken) => {
    const write: Provider['write'] = async (...args) => {
      const result = await inner.write(...args);
      put(stage.destination, theirs, versionToken === undefined ? {} : { versionToken });
      return { versionToken: versionToken === undefined ? null : result.versionToken, vouches: null };
    };
    const report = await stage.run({ destination: { write } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'checksum-mismatch' } });
    expect(stage.destination.get(KEY)?.bytes).toEqual(theirs);
  });

  /** The first write does `happens` and then loses its answer. */
  const losingAnswer = (happens: (...args: Parameters<Provider['write']>) => unknown): Provider['write'] => {
    let isFirst = true;
    return async (...args) => {
      if (!isFirst) return inner.write(...args);
      isFirst = false;
      await happens(...args);
      throw network();
    };
  };

  test('is not mistaken for an earlier try of ours whose answer was lost', async () => {
    const write = losingAnswer(() => put(stage.destination, OTHER, { versionToken: 'theirs' }));
    const report = await stage.run({ destination: { write }, policies: { overwrite: 'never' } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'already-exists' } });
    expect(stage.destination.get(KEY)?.bytes).toEqual(OTHER);
  });

  test('is not blamed for an earlier try of ours whose answer was lost', async () => {
    const write = losingAnswer((...args) => inner.write(...args));
    const report = await stage.run({ destination: { write }, policies: { overwrite: 'never' } });
    expect(report).toMatchObject({ kind: 'completed', result: { proof: 're-read' } });
    expect(stage.destination.get(KEY)?.bytes).toEqual(SMALL);
  });
});
