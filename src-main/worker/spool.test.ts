/** Proves that what goes into the spool comes out again, with the right digests, wherever it rests, and leaves nothing. */
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toFailure } from '../../src-shared/model/failure.ts';
import type { ByteRange } from '../providers/provider.ts';
import { Spool, type SpooledBody } from './spool.ts';

let folder: string;
let spools: Spool[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'transship-spool-'));
  spools = [];
});
afterEach(async () => {
  for (const spool of spools) await spool.discard();
  rmSync(folder, { recursive: true, force: true });
});

const OWNER = { jobId: 7, token: '3.41' };

function makeSpool(memoryBytes: number): Spool {
  const spool = new Spool({ folder, owner: OWNER, memoryBytes });
  spools.push(spool);
  return spool;
}

async function fill(spool: Spool, bytes: Uint8Array, chunkBytes: number): Promise<SpooledBody> {
  // One buffer for all chunks, as a reader that reuses its memory would hand them over.
  const reused = Buffer.alloc(chunkBytes);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    reused.set(chunk);
    await spool.append(reused.subarray(0, chunk.length));
  }
  return spool.seal();
}

async function readAll(body: SpooledBody, range?: ByteRange): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.open(range)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

const CASES = [
  { where: 'memory, announced', sizeBytes: 5_000, memoryBytes: 8_192, announced: true, kind: 'memory' },
  { where: 'memory, unannounced', sizeBytes: 300_000, memoryBytes: 400_000, announced: false, kind: 'memory' },
  { where: 'memory, exactly full', sizeBytes: 8_192, memoryBytes: 8_192, announced: true, kind: 'memory' },
  { where: 'a file, announced', sizeBytes: 3_500_000, memoryBytes: 8_192, announced: true, kind: 'file' },
  { where: 'a file after spilling over', sizeBytes: 3_500_000, memoryBytes: 200_000, announced: false, kind: 'file' },
  { where: 'a file of whole blocks', sizeBytes: 2 * 1024 * 1024, memoryBytes: 0, announced: true, kind: 'file' },
] as const;

describe.each(CASES)('in $where', ({ sizeBytes, memoryBytes, announced, kind }) => {
  test('the bytes come back, whole, in ranges and more than once', async () => {
    const bytes = randomBytes(sizeBytes);
    const spool = makeSpool(memoryBytes);
    if (announced) await spool.expect(sizeBytes, ['sha256'], null);
    const body = await fill(spool, bytes, 60_000);

    expect(spool.kind).toBe(kind);
    expect(body.sizeBytes).toBe(sizeBytes);
    expect(body.buffer === null).toBe(kind === 'file');
    for (const again of [await readAll(body), await readAll(body)]) expect(again.equals(bytes)).toBe(true);
    const range = { first: 1_000, last: sizeBytes - 1_000 };
    expect((await readAll(body, range)).equals(bytes.subarray(range.first, range.last + 1))).toBe(true);
    expect(await body.digests()).toEqual({ md5: md5(bytes), sha256: sha256(bytes) });
  });
});

test('an empty asset has a body of no bytes and the digests of nothing', async () => {
  const spool = makeSpool(8_192);
  await spool.expect(0, [], null);
  const body = await spool.seal();
  expect(body.buffer).toHaveLength(0);
  expect(await readAll(body)).toHaveLength(0);
  expect(await body.digest('sha256')).toBe(sha256(Buffer.alloc(0)));
});

test('the file is named by job and token, for its owner alone, and gone after discard', async () => {
  const spool = makeSpool(10);
  await fill(spool, randomBytes(2_000_000), 100_000);
  expect(readdirSync(folder)).toEqual(['job-7-3.41.spool']);
  expect(statSync(join(folder, 'job-7-3.41.spool')).mode & 0o777).toBe(0o600);
  await spool.discard();
  expect(readdirSync(folder)).toEqual([]);
});

test('a file of that name that is there already is not written to', async () => {
  const first = await fill(makeSpool(0), Buffer.from('mine'), 4);
  const second = new Spool({ folder, owner: OWNER, memoryBytes: 0 });
  await expect(second.append(Buffer.from('yours'))).rejects.toMatchObject({ failure: { code: 'unexpected' } });
  await second.discard();
  expect((await readAll(first)).toString()).toBe('mine');
});

test('a spool folder that vanished is made again, for its owner alone', async () => {
  rmdirSync(folder);
  await fill(makeSpool(0), randomBytes(100), 100);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('a spool folder that was replaced by a link is refused and nothing is written through it', async () => {
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  const linked = join(folder, 'linked');
  symlinkSync(elsewhere, linked);
  const spool = new Spool({ folder: linked, owner: OWNER, memoryBytes: 0 });
  await expect(spool.append(randomBytes(10))).rejects.toMatchObject({ failure: { code: 'unexpected' } });
  expect(readdirSync(elsewhere)).toEqual([]);
});

test('a discard while the file is being made leaves no file', async () => {
  const spool = makeSpool(0);
  const appending = spool.append(randomBytes(10));
  const ended = expect(appending).rejects.toThrow('discarded');
  await spool.discard();
  await ended;
  expect(readdirSync(folder)).toEqual([]);
});

// A file system of one MiB of its own, which a plain user may mount too where the kernel allows it.
const mounted = (command: string) =>
  spawnSync('sh', ['-c', `unshare -Urm sh -c 'mount -t tmpfs -o size=1m none ${folder} && ${command}'`]);

test('a full disk is told as such, and its file is removed', ({ skip }) => {
  skip(mounted('true').status !== 0, 'needs unshare and tmpfs');
  const script = `
    import { readdirSync } from 'node:fs';
    import { Spool } from ${JSON.stringify(new URL('./spool.ts', import.meta.url).href)};
    const folder = ${JSON.stringify(folder)};
    const spool = new Spool({ folder, owner: { jobId: 1, token: '1.1' }, memoryBytes: 0 });
    const failure = await spool.append(Buffer.alloc(1_500_000)).then(() => spool.seal()).catch((thrown) => thrown.failure);
    await spool.discard();
    console.log(JSON.stringify({ failure, left: readdirSync(folder) }));
  `;
  const file = join(tmpdir(), `transship-full-${process.pid}.mjs`);
  writeFileSync(file, script);
  const { stdout, stderr } = mounted(`${process.execPath} ${file}`);
  rmSync(file);
  expect(stderr.toString()).toBe('');
  expect(JSON.parse(stdout.toString())).toMatchObject({ failure: { code: 'disk-full', retryable: false }, left: [] });
});

test.each([0, 1_500_000, 2_600_000])('a byte that is another one on the disk, at %i, is never given', async (at) => {
  const bytes = randomBytes(2_600_001);
  const spool = makeSpool(0);
  await spool.expect(bytes.length, ['md5'], null);
  const body = await fill(spool, bytes, 60_000);
  const path = join(folder, readdirSync(folder)[0] ?? '');
  const there = readFileSync(path);
  const place = at + Math.floor(at / (1024 * 1024)) * 4;
  there[place] = (there[place] ?? 0) ^ 1;
  writeFileSync(path, there);
  const reading = readAll(body, { first: at, last: at }).then(
    () => null,
    (thrown: unknown) => toFailure(thrown).code,
  );
  expect(await reading).toBe('checksum-mismatch');
});

describe('while the bytes still arrive', () => {
  const bytes = randomBytes(5 * 1024 * 1024 + 17);

  async function arriving(): Promise<{ spool: Spool; body: SpooledBody; read: Promise<Buffer>; seen: () => number }> {
    const spool = makeSpool(0);
    await spool.expect(bytes.length, ['md5'], null);
    const body = spool.arriving(bytes.length);
    const chunks: Uint8Array[] = [];
    const seen = () => chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const read = (async () => {
      for await (const chunk of body.open()) chunks.push(chunk);
      return Buffer.concat(chunks);
    })();
    read.catch(() => undefined);
    return { spool, body, read, seen };
  }

  test('they can be read, all but the last one until they are known to be sound', async () => {
    const { spool, body, read, seen } = await arriving();
    await fill(spool, bytes, 60_000);
    await expect.poll(seen).toBe(bytes.length - 1);
    expect(body.isWhole()).toBe(false);
    spool.release();
    expect((await read).equals(bytes)).toBe(true);
    expect(body.isWhole()).toBe(true);
    expect(await body.digest('md5')).toBe(md5(bytes));
    expect(await body.digest('sha256')).toBe(sha256(bytes));
    expect((await readAll(body, { first: 100, last: bytes.length - 1 })).equals(bytes.subarray(100))).toBe(true);
  });

  test('whoever reads, or waits for a digest, gets what the source failed with', async () => {
    const { spool, body, read, seen } = await arriving();
    await fill(spool, bytes.subarray(0, 3_000_000), 60_000);
    await expect.poll(seen).toBe(3_000_000);
    const reason = new Error('the source broke off');
    spool.fail(reason);
    await expect(read).rejects.toBe(reason);
    await expect(body.digests()).rejects.toBe(reason);
    await expect(readAll(body, { first: 4_000_000, last: 4_000_100 })).rejects.toBe(reason);
  });
});

describe('a file that an earlier attempt left', () => {
  const bytes = randomBytes(3 * 1024 * 1024);
  const FINGERPRINT = 'f'.repeat(32);

  async function leaveHalf(fingerprint: string | null): Promise<void> {
    const spool = makeSpool(0);
    spools.pop();
    await spool.expect(bytes.length, ['sha256'], fingerprint);
    for (let at = 0; at < 1_500_000; at += 100_000) await spool.append(bytes.subarray(at, at + 100_000));
    await spool.leave();
  }

  function laterSpool(): Spool {
    const spool = new Spool({ folder, owner: { jobId: OWNER.jobId, token: '3.42' }, memoryBytes: 0 });
    spools.push(spool);
    return spool;
  }

  test('is gone on with, and the digests are those of the whole', async () => {
    await leaveHalf(FINGERPRINT);
    const spool = laterSpool();
    expect(await spool.expect(bytes.length, ['sha256'], FINGERPRINT)).toBe(1_500_000);
    expect(readdirSync(folder)).toEqual([`job-7-3.42_${FINGERPRINT}.spool`]);
    const body = await fill(spool, bytes.subarray(1_500_000), 100_000);
    expect(body.knownDigests()).toEqual({ sha256: sha256(bytes) });
    expect((await readAll(body)).equals(bytes)).toBe(true);
  });

  test.each([
    ['of other bytes is removed', 'e'.repeat(32), bytes.length],
    ['that is longer than the whole is removed', FINGERPRINT, 1_000_000],
    ['is removed when nobody can tell what it holds', null, bytes.length],
  ])('%s', async (_, fingerprint, sizeBytes) => {
    await leaveHalf(FINGERPRINT);
    const spool = laterSpool();
    expect(await spool.expect(sizeBytes, [], fingerprint)).toBe(0);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(statSync(join(folder, readdirSync(folder)[0] ?? '')).size).toBe(0);
  });

  test('is gone on with up to the first byte that is damaged', async () => {
    await leaveHalf(FINGERPRINT);
    const path = join(folder, readdirSync(folder)[0] ?? '');
    const there = readFileSync(path);
    there[1_200_000] = (there[1_200_000] ?? 0) ^ 1;
    writeFileSync(path, there);
    const spool = laterSpool();
    const keptBytes = await spool.expect(bytes.length, ['sha256'], FINGERPRINT);
    expect(keptBytes).toBe(1024 * 1024);
    const body = await fill(spool, bytes.subarray(keptBytes), 100_000);
    expect(body.knownDigests()).toEqual({ sha256: sha256(bytes) });
    expect((await readAll(body)).equals(bytes)).toBe(true);
  });

  test('says that it is being looked through, however long that takes', async () => {
    await leaveHalf(FINGERPRINT);
    let signs = 0;
    await laterSpool().expect(bytes.length, ['sha256'], FINGERPRINT, () => {
      signs += 1;
    });
    expect(signs).toBe(2);
  });

  test('is not left where no later attempt could go on with it', async () => {
    await leaveHalf(null);
    expect(readdirSync(folder)).toEqual([]);
  });
});
