/**
 * Proves that a large asset passes to local disk without resting anywhere else, that an attempt which broke off is gone
 * on with there, and that nothing is published or left behind that is not what the source has.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AttemptOrder, AttemptReport } from '../../src-shared/contract/worker-messages.ts';
import { FailureError, failure } from '../../src-shared/model/failure.ts';
import type { Provider, ReadThere } from '../providers/provider.ts';
import { createProvider } from '../providers/registry.ts';
import { AttemptAborted } from './abort.ts';
import { PassingBytes } from './passing-bytes.ts';
import { type Changes, KEY, memoryProvider, noting, put, type Stage, setStage } from './staged-attempt.ts';

const MIB = 1024 * 1024;
const LARGE = randomBytes(5 * MIB + 17);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

let stage: Stage;
let to: string;
let local: Provider;
beforeEach(async () => {
  stage = setStage();
  to = mkdtempSync(join(tmpdir(), 'transship-passing-'));
  mkdirSync(join(to, 'pictures'));
  local = await createProvider('local', { options: {}, secrets: {} });
});
afterEach(() => {
  stage.tearDown();
  rmSync(to, { recursive: true, force: true });
});

const inFolder = (): readonly string[] => readdirSync(join(to, 'pictures'));
const landed = (): Buffer => readFileSync(join(to, KEY));

/** As they come from a line. */
async function* inPieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += 65_536) yield chunk.subarray(at, at + 65_536);
  }
}

/** A source that counts what it gave, and may break off behind a byte. */
async function source(breaksOffAt = Number.POSITIVE_INFINITY) {
  const inner = await memoryProvider();
  const given: { readonly first: number; bytes: number }[] = [];
  const open: Provider['open'] = async (container, key, options) => {
    const opened = await inner.open(container, key, options);
    const part = { first: options.range?.first ?? 0, bytes: 0 };
    given.push(part);
    async function* body(): AsyncGenerator<Uint8Array> {
      for await (const chunk of inPieces(opened.body)) {
        if (part.first + part.bytes + chunk.length > breaksOffAt) {
          throw new FailureError(failure('network', 'The line broke.'));
        }
        part.bytes += chunk.length;
        yield chunk;
      }
    }
    return { ...opened, body: body() };
  };
  return { given, overrides: { open } };
}

function run(changes: Changes = {}): Promise<AttemptReport> {
  const destination = {
    ...noting(local, []),
    giveUp: local.giveUp?.bind(local),
    descriptor: local.descriptor,
    assertKey: local.assertKey.bind(local),
    ...changes.destination,
  } as Partial<Provider>;
  const order: Partial<AttemptOrder> = {
    destination: { accountKey: 'b', container: to, key: KEY },
    ...changes.order,
  };
  return stage.run({ memorySpoolBytes: 1_000, ...changes, destination, order });
}

/** Breaks off within the fourth MiB; the order of the attempt that goes on. */
async function breakOff(): Promise<Partial<AttemptOrder>> {
  const broken = await source(3.5 * MIB);
  expect(await run({ source: broken.overrides })).toMatchObject({
    kind: 'failed',
    step: 'spool',
    failure: { code: 'network', retryable: true },
  });
  expect(inFolder()).toEqual(['.transship-4.56.1.partial']);
  expect(stage.spooled()).toHaveLength(1);
  return { token: '4.57', unfinishedUpload: '.transship-4.56.1.partial' };
}

test('a large asset rests nowhere but where it is published', async () => {
  put(stage.source, LARGE, { versionToken: 'v1' });
  const { given, overrides } = await source();
  let restsElsewhere: readonly string[] = [];
  const head: Provider['head'] = async (...args) => {
    if (args[1] === KEY) restsElsewhere = stage.spooled();
    return local.head(...args);
  };
  const report = await run({ source: overrides, destination: { head } });
  expect(report).toMatchObject({
    kind: 'completed',
    result: { proof: 're-read', spool: 'none', sizeBytes: LARGE.length, digests: { sha256: sha256(LARGE) } },
  });
  expect(landed().equals(LARGE)).toBe(true);
  expect(given).toEqual([{ first: 0, bytes: LARGE.length }]);
  // Four bytes for each whole block.
  expect(restsElsewhere).toHaveLength(1);
  expect(inFolder()).toEqual(['cat.jpg']);
  expect(stage.spooled()).toEqual([]);
});

describe('an attempt after one that broke off', () => {
  test('asks the source for what is not staged yet, and the digests are those of the whole', async () => {
    put(stage.source, LARGE, { versionToken: 'v1' });
    const order = await breakOff();
    const { given, overrides } = await source();
    expect(await run({ source: overrides, order })).toMatchObject({
      kind: 'completed',
      result: { digests: { sha256: sha256(LARGE) } },
    });
    expect(given.at(-1)).toEqual({ first: 3.5 * MIB, bytes: LARGE.length - 3.5 * MIB });
    expect(landed().equals(LARGE)).toBe(true);
    expect(inFolder()).toEqual(['cat.jpg']);
    expect(stage.spooled()).toEqual([]);
  });

  test('starts over when the source became another', async () => {
    put(stage.source, LARGE, { versionToken: 'v1' });
    const order = await breakOff();
    const other = randomBytes(4 * MIB);
    put(stage.source, other, { versionToken: 'v2' });
    const { given, overrides } = await source();
    expect(await run({ source: overrides, order })).toMatchObject({ kind: 'completed' });
    expect(given).toEqual([{ first: 0, bytes: other.length }]);
    expect(landed().equals(other)).toBe(true);
    expect(inFolder()).toEqual(['cat.jpg']);
  });

  test('goes on with what is staged up to the first block that is damaged', async () => {
    put(stage.source, LARGE, { versionToken: 'v1' });
    const order = await breakOff();
    const path = join(to, 'pictures/.transship-4.56.1.partial');
    const there = readFileSync(path);
    there[MIB + 7] = (there[MIB + 7] ?? 0) ^ 1;
    writeFileSync(path, there);
    const { given, overrides } = await source();
    expect(await run({ source: overrides, order })).toMatchObject({
      kind: 'completed',
      result: { digests: { sha256: sha256(LARGE) } },
    });
    expect(given.at(-1)).toEqual({ first: MIB, bytes: LARGE.length - MIB });
    expect(landed().equals(LARGE)).toBe(true);
  });

  test('takes no room for what that one spooled to compare it', async () => {
    put(stage.source, LARGE, { versionToken: 'v1' });
    writeFileSync(join(to, KEY), randomBytes(LARGE.length));
    const broken = await source(3.5 * MIB);
    await run({ source: broken.overrides });
    expect(stage.spooled()).toHaveLength(1);
    rmSync(join(to, KEY));
    let restBytes = Number.POSITIVE_INFINITY;
    const head: Provider['head'] = async (...args) => {
      const [spooled] = stage.spooled();
      if (spooled !== undefined) restBytes = statSync(join(stage.spoolFolder, spooled)).size;
      return local.head(...args);
    };
    expect(await run({ destination: { head }, order: { token: '4.57' } })).toMatchObject({ kind: 'completed' });
    expect(restBytes).toBeLessThan(1_000);
    expect(landed().equals(LARGE)).toBe(true);
  });

  test('starts over when nobody can tell which version was staged', async () => {
    put(stage.source, LARGE);
    const broken = await source(3.5 * MIB);
    await run({ source: broken.overrides });
    expect(stage.spooled()).toEqual([]);
    const { given, overrides } = await source();
    const order = { token: '4.57', unfinishedUpload: '.transship-4.56.1.partial' };
    expect(await run({ source: overrides, order })).toMatchObject({ kind: 'completed' });
    expect(given).toEqual([{ first: 0, bytes: LARGE.length }]);
    expect(landed().equals(LARGE)).toBe(true);
  });
});

describe('nothing is published, and nothing left,', () => {
  const expectNothing = (): void => {
    expect(inFolder()).toEqual(['cat.jpg']);
    expect(landed().toString()).toBe('as it was');
    expect(stage.spooled()).toEqual([]);
  };
  beforeEach(() => writeFileSync(join(to, KEY), 'as it was'));

  test('when the bytes are not what the source vouches for', async () => {
    put(stage.source, LARGE, { versionToken: 'v1', digests: { md5: md5(Buffer.from('other')) } });
    const report = await run({ policies: { overwrite: 'always' } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'checksum-mismatch' } });
    expectNothing();
  });

  test('when the job is cancelled in the middle', async () => {
    put(stage.source, LARGE, { versionToken: 'v1' });
    const stop = new AbortController();
    const inner = await memoryProvider();
    const open: Provider['open'] = async (...args) => {
      const opened = await inner.open(...args);
      async function* body(): AsyncGenerator<Uint8Array> {
        let bytes = 0;
        for await (const chunk of inPieces(opened.body)) {
          bytes += chunk.length;
          if (bytes > 3 * MIB) stop.abort(new AttemptAborted('cancel'));
          yield chunk;
        }
      }
      return { ...opened, body: body() };
    };
    const report = await run({ source: { open }, policies: { overwrite: 'always' }, signal: stop.signal });
    expect(report).toEqual({ kind: 'aborted', reason: 'cancel' });
    expectNothing();
  });

  test('when the destination becomes full in the middle', async () => {
    put(stage.source, LARGE, { versionToken: 'v1' });
    const write: Provider['write'] = (container, key, body, options) => {
      async function* open(...range: Parameters<typeof body.open>): AsyncGenerator<Uint8Array> {
        for await (const chunk of body.open(...range)) {
          yield chunk;
          if (inFolder().length > 1) throw new FailureError(failure('disk-full', 'It is full.'));
        }
      }
      return local.write(container, key, { ...body, open }, options);
    };
    const report = await run({ destination: { write }, policies: { overwrite: 'always' } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'disk-full' }, step: 'upload' });
    expectNothing();
  });

  test('when the destination refuses before it takes a byte', async () => {
    put(stage.source, LARGE, { versionToken: 'v1' });
    const write = () => Promise.reject(new FailureError(failure('permission-denied', 'No.', { retryable: false })));
    const report = await run({ destination: { write }, policies: { overwrite: 'always' } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'permission-denied' }, step: 'upload' });
    expectNothing();
  });
});

describe('what is staged is known again', () => {
  const readerOf =
    (bytes: Buffer): ReadThere =>
    async (at, length) =>
      bytes.subarray(at, at + length);

  async function passed(bytes: Buffer): Promise<PassingBytes> {
    const passing = new PassingBytes(bytes.length, null, () => undefined);
    const taking = (async () => {
      for await (const _ of passing.open({ first: 0, last: bytes.length - 1 }));
    })();
    for (let at = 0; at < bytes.length; at += 100_000) await passing.append(bytes.subarray(at, at + 100_000));
    passing.release();
    await taking;
    return passing;
  }

  test.each([2 * MIB, 2 * MIB + 1])('to its last byte', async (sizeBytes) => {
    const bytes = randomBytes(sizeBytes);
    const passing = await passed(bytes);
    expect(await passing.areThere(readerOf(bytes))).toBe(true);
    expect(await passing.areThere(readerOf(bytes.subarray(0, -1)))).toBe(false);
    for (const at of [0, MIB - 1, MIB, sizeBytes - 1]) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      expect(crc32(damaged)).not.toBe(crc32(bytes));
      expect(await passing.areThere(readerOf(damaged))).toBe(false);
    }
  });

  test('and not while some of it did not come', async () => {
    const bytes = randomBytes(2 * MIB);
    const passing = new PassingBytes(bytes.length, null, () => undefined);
    await passing.append(bytes.subarray(0, 1_000));
    expect(await passing.areThere(readerOf(bytes))).toBe(false);
  });
});
