/** Proves that an attempt moves an asset whole, asks for no more than it must, and obeys the migration's policies. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WorkerEnd } from '../../src-shared/contract/worker-messages.ts';
import type { Provider } from '../providers/provider.ts';
import { createProvider } from '../providers/registry.ts';
import { KEY, memoryProvider, noting, put, type RequestName, type Stage, setStage } from './staged-attempt.ts';

let stage: Stage;
beforeEach(() => {
  stage = setStage();
});
afterEach(() => stage.tearDown());

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
const SMALL = randomBytes(16 * 1024);
/** The digest is quick to compare where Vitest would go through megabytes one by one. */
const arrived = () => sha256(stage.destination.get(KEY)?.bytes ?? Buffer.alloc(0));

describe('a transfer', () => {
  test('whose bad copy is replaced by somebody at the last moment leaves theirs', async () => {
    put(stage.source, SMALL);
    const inner = await memoryProvider();
    const write: Provider['write'] = async (...args) => ({ ...(await inner.write(...args)), vouches: null });
    const open: Provider['open'] = async (...args) => {
      const opened = await inner.open(...args);
      return { ...opened, head: { ...opened.head, sizeBytes: 1 } };
    };
    const head: Provider['head'] = async (...args) => {
      const there = await inner.head(...args);
      if (there !== null) put(stage.destination, Buffer.from('theirs'), { versionToken: 'theirs' });
      return there;
    };
    const report = await stage.run({ destination: { write, open, head } });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'checksum-mismatch' } });
    expect(stage.destination.get(KEY)?.bytes.toString()).toBe('theirs');
  });

  test('arrives whole, with headers, metadata and time, and says how it was proven', async () => {
    put(stage.source, SMALL, {
      versionToken: 'v1',
      modifiedAtMs: 1_600_000_000_000,
      headers: { contentType: 'image/jpeg', cacheControl: 'max-age=60', contentEncoding: 'gzip' },
      metadata: { artist: 'Ö' },
    });
    const report = await stage.run();
    expect(report).toMatchObject({
      kind: 'completed',
      result: {
        sizeBytes: SMALL.length,
        proof: 'checksum',
        spool: 'memory',
        digests: { sha256: sha256(SMALL), md5: md5(SMALL) },
        sourceVersion: 'v1',
        destinationVersion: `"${md5(SMALL)}"`,
        headers: { contentType: 'image/jpeg' },
      },
    });
    const arrived = stage.destination.get(KEY);
    expect(arrived?.bytes).toEqual(SMALL);
    expect(arrived?.head).toMatchObject({
      modifiedAtMs: 1_600_000_000_000,
      headers: { contentType: 'image/jpeg', cacheControl: 'max-age=60', contentEncoding: 'gzip' },
      metadata: { artist: 'Ö' },
    });
  });

  test('arrives with the headers that are asked for, without metadata, in its class, and the rest as it was', async () => {
    put(stage.source, SMALL, {
      headers: { contentType: 'text/plain', cacheControl: 'max-age=60', contentLanguage: 'de' },
      metadata: { artist: 'Ö' },
    });
    const inner = await memoryProvider();
    const write = vi.fn<Provider['write']>((...args) => inner.write(...args));
    const change = { headers: { contentType: 'image/webp' }, metadata: 'drop', storageClass: 'COLD' } as const;
    const content = { ...stage.order.content, ...change };
    const headers = { contentType: 'image/webp', cacheControl: 'max-age=60', contentLanguage: 'de' };
    const report = await stage.run({ destination: { write }, order: { content } });
    expect(report).toMatchObject({ kind: 'completed', result: { headers } });
    expect(stage.destination.get(KEY)?.head).toMatchObject({ headers, metadata: {} });
    expect(write.mock.calls[0]?.[3].storageClass).toBe('COLD');
  });

  test('of an empty asset arrives empty', async () => {
    put(stage.source, Buffer.alloc(0));
    expect(await stage.run()).toMatchObject({ kind: 'completed', result: { sizeBytes: 0 } });
    expect(stage.destination.get(KEY)?.bytes).toHaveLength(0);
  });

  test('above the limit of memory goes through a file, which is gone afterwards', async () => {
    const large = randomBytes(3_000_000);
    put(stage.source, large, { versionToken: 'v1' });
    let seen: readonly string[] = [];
    const inner = await memoryProvider();
    const write: Provider['write'] = (...args) => {
      seen = stage.spooled();
      return inner.write(...args);
    };
    const report = await stage.run({ memorySpoolBytes: 1_000_000, destination: { write } });
    expect(report).toMatchObject({ kind: 'completed', result: { spool: 'file', digests: { sha256: sha256(large) } } });
    expect(arrived()).toBe(sha256(large));
    expect(seen).toEqual([expect.stringMatching(/^job-12-4\.56_[0-9a-f]{32}\.spool$/)]);
    expect(stage.spooled()).toEqual([]);
  });

  test('of a source that does not tell the length arrives whole, small or large', async () => {
    for (const sizeBytes of [10_000, 200_000]) {
      const bytes = randomBytes(sizeBytes);
      const head = { key: KEY, sizeBytes: -1, headers: {}, metadata: {}, digests: {} };
      const open: Provider['open'] = async () => ({
        head,
        body: (async function* () {
          yield* [bytes.subarray(0, 7_000), bytes.subarray(7_000)];
        })(),
        close: () => undefined,
      });
      const report = await stage.run({ source: { open }, policies: { overwrite: 'always' }, memorySpoolBytes: 50_000 });
      expect(report).toMatchObject({ kind: 'completed', result: { sizeBytes } });
      expect(arrived()).toBe(sha256(bytes));
    }
  });

  test('asks for the version that was listed', async () => {
    put(stage.source, SMALL, { versionToken: 'v2' });
    expect(await stage.run({ order: { versionToken: 'v1' } })).toMatchObject({
      kind: 'failed',
      failure: { code: 'source-changed' },
      step: 'open',
    });
    expect(await stage.run({ order: { versionToken: 'v2' } })).toMatchObject({ kind: 'completed' });
  });

  test('times every step that ran', async () => {
    put(stage.source, SMALL);
    const report = await stage.run();
    const stepMs = report.kind === 'completed' ? report.result.stepMs : {};
    expect(Object.keys(stepMs)).toEqual(['resolve', 'open', 'spool', 'upload', 'verify', 'publish']);
  });
});

describe('requests', () => {
  async function requestsOf(policy: 'always' | 'never' | 'if-different', changes: Partial<Provider> = {}) {
    const source: RequestName[] = [];
    const destination: RequestName[] = [];
    const report = await stage.run({
      policies: { overwrite: policy },
      source: noting(await memoryProvider(), source),
      destination: noting(await memoryProvider(changes), destination),
    });
    return { report: report.kind, source, destination };
  }

  test('a small asset costs one GET and one PUT, and a HEAD only when the policy needs it', async () => {
    put(stage.source, SMALL, { versionToken: 'v1' });
    expect(await requestsOf('always')).toEqual({ report: 'completed', source: ['open'], destination: ['write'] });
    stage.destination.clear();
    for (const policy of ['never', 'if-different'] as const) {
      const seen = await requestsOf(policy);
      expect(seen).toEqual({ report: 'completed', source: ['open'], destination: ['head', 'write'] });
      stage.destination.clear();
    }
  });

  test('a write that does not vouch for itself is read back', async () => {
    put(stage.source, SMALL);
    const inner = await memoryProvider();
    const write: Provider['write'] = async (...args) => ({ ...(await inner.write(...args)), vouches: null });
    expect(await requestsOf('always', { write })).toMatchObject({ destination: ['write', 'open'] });
  });

  test('an asset that went through a file is asked for its version again, before its last byte goes and after', async () => {
    put(stage.source, SMALL, { versionToken: 'v1' });
    const requests: RequestName[] = [];
    const source = noting(await memoryProvider(), requests);
    await stage.run({ source, destination: noting(await memoryProvider(), requests), memorySpoolBytes: 10 });
    expect(requests).toEqual(['head', 'open', 'write', 'head', 'head']);
  });
});

describe('an asset that is there already', () => {
  test('is left alone by "never", without a look at the source', async () => {
    put(stage.destination, Buffer.from('theirs'), { versionToken: 'd1' });
    expect(await stage.run({ policies: { overwrite: 'never' } })).toMatchObject({
      kind: 'skipped',
      reason: 'already there, left as it is',
      result: { proof: 'size-only', sizeBytes: 6, destinationVersion: 'd1', spool: 'none' },
    });
    expect(stage.destination.get(KEY)?.bytes.toString()).toBe('theirs');
  });

  test('is replaced by "always", even when it is the same', async () => {
    put(stage.source, SMALL);
    put(stage.destination, SMALL, { digests: { md5: md5(SMALL) } });
    expect(await stage.run({ policies: { overwrite: 'always' } })).toMatchObject({ kind: 'completed' });
  });

  test('is skipped by "if-different" on equal digests, and the proof says so', async () => {
    put(stage.source, SMALL, { digests: { md5: md5(SMALL) }, versionToken: 'v1' });
    put(stage.destination, SMALL, { digests: { md5: md5(SMALL) } });
    expect(await stage.run()).toMatchObject({
      kind: 'skipped',
      reason: 'already there, same md5',
      result: { proof: 'checksum', digests: { md5: md5(SMALL) }, sourceVersion: 'v1' },
    });
  });

  test('is skipped on size and time only when no more proof is asked for', async () => {
    const other = randomBytes(SMALL.length);
    put(stage.source, SMALL, { modifiedAtMs: 5_000 });
    put(stage.destination, other, { modifiedAtMs: 5_000 });
    expect(await stage.run()).toMatchObject({ kind: 'skipped', result: { proof: 'size-only' } });
    expect(await stage.run({ policies: { minimumProof: 're-read' } })).toMatchObject({ kind: 'completed' });
    expect(stage.destination.get(KEY)?.bytes).toEqual(SMALL);
  });

  test('is compared byte by byte when nothing else can tell', async () => {
    put(stage.source, SMALL);
    put(stage.destination, SMALL);
    const requests: RequestName[] = [];
    const report = await stage.run({ destination: noting(await memoryProvider(), requests) });
    expect(report).toMatchObject({
      kind: 'skipped',
      reason: 'already there, same bytes',
      result: { proof: 're-read', digests: { sha256: sha256(SMALL) } },
    });
    expect(requests).toEqual(['head', 'open']);
    put(stage.destination, randomBytes(SMALL.length));
    expect(await stage.run()).toMatchObject({ kind: 'completed' });
    expect(stage.destination.get(KEY)?.bytes).toEqual(SMALL);
  });

  test('is compared by the digest that the destination vouches for, without reading it', async () => {
    put(stage.source, SMALL);
    put(stage.destination, SMALL, { digests: { md5: md5(SMALL) } });
    const requests: RequestName[] = [];
    const policies = { minimumProof: 'checksum' } as const;
    const report = await stage.run({ destination: noting(await memoryProvider(), requests), policies });
    expect(report).toMatchObject({
      kind: 'skipped',
      result: { proof: 'checksum', digests: { md5: md5(SMALL) } },
    });
    expect(requests).toEqual(['head']);
    put(stage.destination, randomBytes(SMALL.length), { digests: { md5: md5(Buffer.from('other')) } });
    expect(await stage.run()).toMatchObject({ kind: 'completed' });
  });

  test.each([
    ['later', 2_000, 1_000, 'completed'],
    ['at the same moment', 1_000, 1_000, 'skipped'],
    ['earlier', 1_000, 2_000, 'skipped'],
    ['nobody knows when', undefined, 2_000, 'completed'],
    ['later than nobody knows', 2_000, undefined, 'completed'],
  ])('"if-newer", changed %s (source %s, there %s): %s', async (_, sourceAtMs, thereAtMs, kind) => {
    const at = (modifiedAtMs: number | undefined) => (modifiedAtMs === undefined ? {} : { modifiedAtMs });
    put(stage.source, SMALL, at(sourceAtMs));
    put(stage.destination, Buffer.from('others'), at(thereAtMs));
    const report = await stage.run({ policies: { overwrite: 'if-newer' } });
    expect(report.kind).toBe(kind);
    const isReplaced = kind === 'completed';
    expect(stage.destination.get(KEY)?.bytes).toEqual(isReplaced ? SMALL : Buffer.from('others'));
    if (!isReplaced) expect(report).toMatchObject({ result: { proof: 'size-only', sizeBytes: 6 } });
  });

  test('"if-newer" does not send the same bytes again, however late the source was touched', async () => {
    put(stage.source, SMALL, { modifiedAtMs: 2_000, digests: { md5: md5(SMALL) } });
    put(stage.destination, SMALL, { modifiedAtMs: 1_000, digests: { md5: md5(SMALL) } });
    expect(await stage.run({ policies: { overwrite: 'if-newer' } })).toMatchObject({
      kind: 'skipped',
      result: { proof: 'checksum' },
    });
  });

  test('is replaced by "if-different" when the sizes differ', async () => {
    put(stage.source, SMALL);
    put(stage.destination, Buffer.from('old'));
    expect(await stage.run()).toMatchObject({ kind: 'completed' });
    expect(stage.destination.get(KEY)?.bytes).toEqual(SMALL);
  });
});

describe('refused before the first byte', () => {
  test('an asset that is gone', async () => {
    expect(await stage.run()).toMatchObject({ kind: 'failed', failure: { code: 'not-found', retryable: false } });
    put(stage.destination, SMALL);
    expect(await stage.run()).toMatchObject({ kind: 'failed', failure: { code: 'not-found' }, step: 'resolve' });
  });

  test('a key that the destination cannot hold', async () => {
    const requests: RequestName[] = [];
    const report = await stage.run({
      source: noting(await memoryProvider(), requests),
      order: { destination: { accountKey: 'b', container: 'synthetic:1:1', key: KEY } },
    });
    expect(report).toMatchObject({ kind: 'failed', failure: { code: 'permission-denied' }, step: 'resolve' });
    expect(requests).toEqual([]);
  });

  test('a proof that the destination never gives, and an asset that it never takes', async () => {
    put(stage.source, SMALL);
    const { descriptor } = await memoryProvider();
    const limited = (changes: object) => ({
      descriptor: { ...descriptor, capabilities: { ...descriptor.capabilities, ...changes } },
    });
    expect(
      await stage.run({ destination: limited({ bestProof: 're-read' }), policies: { minimumProof: 'checksum' } }),
    ).toMatchObject({ kind: 'failed', failure: { code: 'unsupported' }, step: 'resolve' });
    expect(await stage.run({ destination: limited({ maxObjectBytes: 16_383 }) })).toMatchObject({
      kind: 'failed',
      failure: { code: 'too-large', retryable: false },
      step: 'open',
    });
    expect(await stage.run({ destination: limited({ maxObjectBytes: 16_384 }) })).toMatchObject({ kind: 'completed' });
  });
});

test('between stores that read and write in parts, a large asset goes through no spool, each part once', async () => {
  const large = randomBytes(300_000);
  put(stage.source, large, { versionToken: 'v1' });
  const inner = await memoryProvider();
  const { descriptor } = inner;
  const capable = { ...descriptor.capabilities, certainRanges: true, windowsFromBytes: 200_000 };
  const seen: { remoteName: string | undefined; spooled: readonly string[] }[] = [];
  const write: Provider['write'] = async (container, key, body, options) => {
    seen.push({ remoteName: body.remoteName, spooled: stage.spooled() });
    return inner.write(container, key, body, options);
  };
  const ends = { descriptor: { ...descriptor, capabilities: capable } };
  const order = { sizeBytes: large.length, versionToken: 'v1' };
  const report = await stage.run({ source: ends, destination: { ...ends, write }, order, memorySpoolBytes: 1_000 });
  expect(report).toMatchObject({ kind: 'completed', result: { spool: 'none', sizeBytes: large.length } });
  expect(seen).toEqual([{ remoteName: expect.stringMatching(/^[0-9a-f]{32}$/), spooled: [] }]);
  expect(arrived()).toBe(sha256(large));
});

describe('from folder to folder', () => {
  async function runLocal(memorySpoolBytes = 1_000_000) {
    const local = await createProvider('local', { options: {}, secrets: {} });
    const end = (name: string): WorkerEnd => ({ accountKey: name, container: join(stage.spoolFolder, name), key: KEY });
    // The stage's folder holds all three; the spool is not used by assets this small.
    const overrides = noting(local, []);
    const all = { ...overrides, descriptor: local.descriptor, assertKey: local.assertKey.bind(local) };
    return stage.run({
      source: all,
      destination: all,
      order: { source: end('from'), destination: end('to') },
      memorySpoolBytes,
    });
  }

  test('bytes and time arrive, proven by reading them back, and a second run copies nothing', async () => {
    mkdirSync(join(stage.spoolFolder, 'from/pictures'), { recursive: true });
    mkdirSync(join(stage.spoolFolder, 'to'));
    const from = join(stage.spoolFolder, 'from', KEY);
    const to = join(stage.spoolFolder, 'to', KEY);
    writeFileSync(from, SMALL);
    utimesSync(from, 1_500_000_000.123, 1_500_000_000.123);

    const report = await runLocal();
    expect(report).toMatchObject({
      kind: 'completed',
      result: { proof: 're-read', digests: { sha256: sha256(SMALL) } },
    });
    expect(readFileSync(to)).toEqual(SMALL);
    expect(Math.round(statSync(to).mtimeMs)).toBe(1_500_000_000_123);

    const inode = statSync(to).ino;
    expect(await runLocal()).toMatchObject({
      kind: 'skipped',
      reason: 'already there, same size and modification time',
    });
    expect(statSync(to).ino).toBe(inode);
  });

  test.each([10, 1_000_000])('no digest is computed that nobody asked for', async (memorySpoolBytes) => {
    mkdirSync(join(stage.spoolFolder, 'from/pictures'), { recursive: true });
    mkdirSync(join(stage.spoolFolder, 'to'));
    writeFileSync(join(stage.spoolFolder, 'from', KEY), SMALL);
    const report = await runLocal(memorySpoolBytes);
    expect(report.kind === 'completed' && report.result.digests).toEqual({ sha256: sha256(SMALL) });
  });
});
