/**
 * Owns the proof that a finished write survives a power cut, that a full disk is told and harms nothing, and that a file
 * which changes while it is read is found out.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bufferBody, bytesOf, codeOf, listKeys, NEVER_ABORTED, readAll, writeOptions } from '../conformance/fixture.ts';
import type * as FsCalls from './fs-calls.ts';
import { createLocal } from './local-provider.ts';

/** What reached the system, in order: "fsync /path". */
const calls = vi.hoisted((): string[] => []);
/** Done just before a new file is created. */
const meanwhile = vi.hoisted(() => ({ create: async () => {} }));

vi.mock('./fs-calls.ts', async (original) => {
  const real = await original<typeof FsCalls>();
  const { realpathSync } = await import('node:fs');
  const paths = new Map<number, string>();
  return {
    ...real,
    openFile: async (file: string, flags: number, mode?: number) => {
      if (mode !== undefined) await meanwhile.create();
      const descriptor = await real.openFile(file, flags, mode);
      paths.set(descriptor, realpathSync(file));
      return descriptor;
    },
    syncFile: async (descriptor: number) => {
      await real.syncFile(descriptor);
      calls.push(`fsync ${paths.get(descriptor)}`);
    },
    rename: async (from: string, to: string) => {
      await real.rename(from, to);
      calls.push(`rename ${realpathSync(to)}`);
    },
    link: async (from: string, to: string) => {
      await real.link(from, to);
      calls.push(`link ${realpathSync(to)}`);
    },
  };
});

let root = '';
const provider = createLocal({ options: {}, secrets: {} });

beforeEach(async () => {
  root = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'transship-durability-')));
  calls.length = 0;
  meanwhile.create = async () => {};
});
afterEach(() => fs.rm(root, { recursive: true, force: true }));

test('bytes are on disk before the name is, and the name and its new folders before write returns', async () => {
  const fresh = createLocal({ options: {}, secrets: {} });
  await fresh.write(root, 'a/b/x', bufferBody(bytesOf(10)), writeOptions({ token: 't1' }));
  const at = (call: string) => calls.indexOf(call);
  const temporary = path.join(root, 'a/b/.transship-t1.partial');
  expect(calls).toContain(`fsync ${temporary}`);
  expect(at(`fsync ${temporary}`)).toBeLessThan(at(`rename ${path.join(root, 'a/b/x')}`));
  for (const folder of ['a/b', 'a', '']) {
    expect(at(`fsync ${path.join(root, folder)}`)).toBeGreaterThan(at(`rename ${path.join(root, 'a/b/x')}`));
  }
  calls.length = 0;
  await fresh.write(root, 'a/b/y', bufferBody(bytesOf(10)), writeOptions({ token: 't2', onlyIfAbsent: true }));
  expect(calls).toEqual([
    `fsync ${path.join(root, 'a/b/.transship-t2.partial')}`,
    `link ${path.join(root, 'a/b/y')}`,
    `fsync ${path.join(root, 'a/b')}`,
  ]);
});

test.runIf(process.platform === 'linux')(
  'a folder swapped for a link after it was judged leads nobody out',
  async () => {
    const outside = path.join(root, 'outside');
    const container = path.join(root, 'root');
    await fs.mkdir(outside);
    await fs.mkdir(path.join(container, 'folder'), { recursive: true });
    meanwhile.create = async () => {
      await fs.rename(path.join(container, 'folder'), path.join(container, 'parked'));
      await fs.symlink(outside, path.join(container, 'folder'));
    };
    await provider.write(container, 'folder/x', bufferBody(bytesOf(10)), writeOptions());
    expect(await fs.readdir(outside)).toEqual([]);
    expect(await fs.readdir(path.join(container, 'parked'))).toEqual(['x']);
  },
);

test('writers that finish together share the fsync of their folder, and each waits for one that began after it', async () => {
  const keys = Array.from({ length: 40 }, (_, at) => `f${at}`);
  const finished = await Promise.all(
    keys.map(async (key) => {
      await provider.write(root, key, bufferBody(bytesOf(10)), writeOptions());
      return { key, callsThen: calls.length };
    }),
  );
  const folderSyncs = calls.filter((call) => call === `fsync ${root}`).length;
  expect(folderSyncs).toBeLessThan(keys.length);
  for (const { key, callsThen } of finished) {
    const renamed = calls.indexOf(`rename ${path.join(root, key)}`);
    expect(calls.slice(renamed, callsThen)).toContain(`fsync ${root}`);
  }
});

test('what a killed process left beside a key is removed by its tokens, and nothing else', async () => {
  for (const name of ['.transship-1.7.1.partial', '.transship-1.8.1.partial', 'x'])
    await fs.writeFile(path.join(root, name), 'x');
  for (let round = 0; round < 2; round += 1) {
    await provider.removeStaging?.(root, 'x', ['1.7.1', '1.7.2'], NEVER_ABORTED);
    expect((await fs.readdir(root)).sort()).toEqual(['.transship-1.8.1.partial', 'x']);
  }
});

test('the time of change is kept to the millisecond, and rights of others are not', async () => {
  const modifiedAtMs = 1_700_000_000_123;
  await provider.write(root, 'x', bufferBody(bytesOf(1)), writeOptions({ modifiedAtMs }));
  expect((await provider.head(root, 'x', NEVER_ABORTED))?.modifiedAtMs).toBe(modifiedAtMs);
  const { mode } = await fs.stat(path.join(root, 'x'));
  expect(mode & 0o7111).toBe(0);
});

test('a file that is written to while it is read', async () => {
  await fs.writeFile(path.join(root, 'x'), bytesOf(3_000_000));
  const opened = await provider.open(root, 'x', { signal: NEVER_ABORTED });
  const reading = (async () => {
    for await (const _ of opened.body) await fs.appendFile(path.join(root, 'x'), 'more');
  })();
  expect(await codeOf(reading)).toBe('source-changed');
});

test('a file that is replaced while it is read', async () => {
  await fs.writeFile(path.join(root, 'x'), bytesOf(3_000_000));
  await fs.writeFile(path.join(root, 'y'), bytesOf(3_000_000));
  const opened = await provider.open(root, 'x', { signal: NEVER_ABORTED });
  await fs.rename(path.join(root, 'y'), path.join(root, 'x'));
  expect(await codeOf(readAll(opened.body))).toBe('source-changed');
});

test('a file that is cut while it is read', async () => {
  await fs.writeFile(path.join(root, 'x'), bytesOf(3_000_000));
  const opened = await provider.open(root, 'x', { signal: NEVER_ABORTED });
  const reading = (async () => {
    for await (const _ of opened.body) await fs.truncate(path.join(root, 'x'), 10);
  })();
  expect(await codeOf(reading)).toBe('source-changed');
});

test('a full disk is disk-full, keeps the old asset and gives its space back', async ({ skip }) => {
  const disk = path.join(root, 'disk');
  await fs.mkdir(disk);
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    skip('a small disk cannot be mounted here');
  }
  try {
    await provider.write(disk, 'x', bufferBody(bytesOf(100_000)), writeOptions());
    const writing = provider.write(disk, 'x', bufferBody(bytesOf(2_000_000)), writeOptions());
    expect(await codeOf(writing)).toBe('disk-full');
    expect((await provider.head(disk, 'x', NEVER_ABORTED))?.sizeBytes).toBe(100_000);
    expect(await fs.readdir(disk)).toEqual(['x']);
    await provider.write(disk, 'y', bufferBody(bytesOf(500_000)), writeOptions());
    expect(await listKeys(provider, disk, '')).toEqual(['x', 'y']);
  } finally {
    execFileSync('/bin/umount', [disk]);
  }
});
