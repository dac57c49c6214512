/**
 * Owns the proof that local disk never reads or writes outside its root, never follows a link, never waits for a pipe,
 * and never leaves out what it cannot read.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bufferBody, bytesOf, codeOf, listKeys, NEVER_ABORTED, readAll, writeOptions } from '../conformance/fixture.ts';
import { createLocal } from './local-provider.ts';
import { walkLocal } from './walk-local.ts';

const provider = createLocal({ options: {}, secrets: {} });
let root = '';
let outside = '';

beforeEach(async () => {
  const base = await fs.mkdtemp(path.join(os.tmpdir(), 'transship-safety-'));
  await fs.chmod(base, 0o755);
  root = path.join(base, 'root');
  outside = path.join(base, 'outside');
  await fs.mkdir(root);
  await fs.mkdir(outside);
  await fs.writeFile(path.join(outside, 'secret'), 'secret');
});

afterEach(() => fs.rm(path.dirname(root), { recursive: true, force: true }));

const write = (key: string, onlyIfAbsent = false) =>
  provider.write(root, key, bufferBody(Buffer.from('new')), writeOptions({ onlyIfAbsent }));
const open = async (key: string) => readAll((await provider.open(root, key, { signal: NEVER_ABORTED })).body);

describe('a link to a folder outside', () => {
  beforeEach(() => fs.symlink(outside, path.join(root, 'link')));

  test('is not written through, at any depth', async () => {
    expect(await codeOf(write('link/x'))).toBe('permission-denied');
    expect(await codeOf(write('link/deep/er/x'))).toBe('permission-denied');
    expect(await fs.readdir(outside)).toEqual(['secret']);
  });

  test('is not read through, listed through or removed through', async () => {
    expect(await codeOf(open('link/secret'))).toBe('permission-denied');
    expect(await codeOf(provider.head(root, 'link/secret', NEVER_ABORTED))).toBe('permission-denied');
    expect(await codeOf(provider.remove(root, 'link/secret', NEVER_ABORTED))).toBe('permission-denied');
    expect(await listKeys(provider, root, '')).toEqual([]);
    expect(await listKeys(provider, root, 'link/')).toEqual([]);
    expect(await fs.readdir(outside)).toEqual(['secret']);
  });
});

test('a link inside the root may be gone through', async () => {
  await fs.mkdir(path.join(root, 'real'));
  await fs.symlink(path.join(root, 'real'), path.join(root, 'link'));
  await write('link/x');
  expect(await fs.readFile(path.join(root, 'real', 'x'), 'utf8')).toBe('new');
});

test('a root that is itself a link works', async () => {
  const linked = path.join(path.dirname(root), 'linked-root');
  await fs.symlink(root, linked);
  await provider.write(linked, 'a/x', bufferBody(Buffer.from('new')), writeOptions());
  expect(await listKeys(provider, linked, '')).toEqual(['a/x']);
});

test('a root that is a link is the folder to which the link points now', async () => {
  const [linked, first, second] = ['current', 'release-1', 'release-2'].map((name) =>
    path.join(path.dirname(root), name),
  );
  if (linked === undefined || first === undefined || second === undefined)
    throw new Error('three names are made above');
  await Promise.all([fs.mkdir(first), fs.mkdir(second)]);
  await fs.symlink(first, linked);
  await provider.write(linked, 'a/x', bufferBody(Buffer.from('old')), writeOptions());
  await fs.unlink(linked);
  await fs.symlink(second, linked);
  await provider.write(linked, 'a/y', bufferBody(Buffer.from('new')), writeOptions());
  expect(await fs.readFile(path.join(second, 'a', 'y'), 'utf8')).toBe('new');
  expect(await provider.head(linked, 'a/x', NEVER_ABORTED)).toBeNull();
  expect(await listKeys(provider, linked, '')).toEqual(['a/y']);
  expect(await fs.readdir(path.join(first, 'a'))).toEqual(['x']);
});

test('a link in the place of the asset is neither read nor written through', async () => {
  const secret = path.join(outside, 'secret');
  await fs.symlink(secret, path.join(root, 'x'));
  expect(await codeOf(open('x'))).toBe('unsupported');
  expect(await provider.head(root, 'x', NEVER_ABORTED)).toBeNull();
  expect(await codeOf(write('x', true))).toBe('already-exists');
  await write('x');
  expect(await fs.readFile(secret, 'utf8')).toBe('secret');
  expect((await fs.lstat(path.join(root, 'x'))).isFile()).toBe(true);
});

test('a link planted under the temporary name is not written through', async () => {
  const secret = path.join(outside, 'secret');
  await fs.symlink(secret, path.join(root, '.transship-planted.partial'));
  const writing = provider.write(root, 'x', bufferBody(bytesOf(3)), writeOptions({ token: 'planted' }));
  await expect(writing).rejects.toThrow();
  expect(await fs.readFile(secret, 'utf8')).toBe('secret');
});

test('a folder that turns into a link while writing never lets a byte out', async () => {
  const inside = path.join(root, 'swap');
  const parked = path.join(root, 'parked');
  for (let round = 0; round < 100; round += 1) {
    await fs.mkdir(inside, { recursive: true });
    const swapping = fs.rename(inside, parked).then(() => fs.symlink(outside, inside));
    await Promise.allSettled([write('swap/x'), swapping]);
    await fs.rm(inside, { recursive: true, force: true });
    await fs.rm(parked, { recursive: true, force: true });
  }
  expect(await fs.readdir(outside)).toEqual(['secret']);
});

test('pipes, sockets and links are not listed, and a pipe is not waited for', async () => {
  execFileSync('/usr/bin/mkfifo', [path.join(root, 'pipe')]);
  await fs.symlink(path.join(outside, 'secret'), path.join(root, 'link'));
  await write('file');
  expect(await listKeys(provider, root, '')).toEqual(['file']);
  expect(await codeOf(open('pipe'))).toBe('not-found');
});

test('unfinished files are not listed', async () => {
  await fs.writeFile(path.join(root, '.transship-1.partial'), 'half');
  await write('whole');
  expect(await listKeys(provider, root, '')).toEqual(['whole']);
});

test.runIf(process.platform === 'linux')('a folder that cannot be read ends the listing with its name', async () => {
  await write('open/1');
  await write('shut/1');
  await fs.chmod(root, 0o755);
  await fs.chmod(path.join(root, 'shut'), 0o000);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    const listing = listKeys(provider, root, '');
    await expect(listing).rejects.toThrow(`Could not list the folder ${path.join(root, 'shut')}`);
    expect(await codeOf(listing)).toBe('permission-denied');
  } finally {
    if (isRoot) process.seteuid?.(0);
    await fs.chmod(path.join(root, 'shut'), 0o755);
  }
});

test.runIf(process.platform === 'linux')('a name that is not UTF-8 ends the listing with a hint', async () => {
  await fs.writeFile(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]), 'latin1');
  expect(await codeOf(listKeys(provider, root, ''))).toBe('name-invalid');
});

test('a file where a folder is needed, and a folder where a file is needed', async () => {
  await write('a');
  await write('b/c');
  expect(await codeOf(write('a/x'))).toBe('name-invalid');
  expect(await codeOf(write('a/x/y'))).toBe('name-invalid');
  expect(await codeOf(write('b'))).toBe('already-exists');
  expect(await codeOf(write('b', true))).toBe('already-exists');
  expect(await codeOf(open('b'))).toBe('not-found');
  await provider.remove(root, 'b', NEVER_ABORTED);
  expect(await listKeys(provider, root, '')).toEqual(['a', 'b/c']);
});

test.each([
  ['vanishes', async () => undefined],
  // As when a disk is taken off the system: the folder that it was mounted on is there, and empty.
  ['is another folder then', () => fs.mkdir(root)],
])('a root that %s while it is listed ends the listing with a failure, not early', async (_, afterwards) => {
  for (const key of ['a/1', 'b/2', 'c/3']) await write(key);
  const walk = walkLocal(root, { prefix: '', after: null, maxHeldNames: 100 });
  expect((await walk.next()).value).toHaveLength(1);
  await fs.rename(root, `${root}-away`);
  await afterwards();
  expect(await codeOf(walk.next())).toBe('not-found');
});

test('a folder that vanishes while its root is listed is left out', async () => {
  for (const key of ['a/1', 'b/2', 'c/3']) await write(key);
  const walk = walkLocal(root, { prefix: '', after: null, maxHeldNames: 100 });
  await walk.next();
  await fs.rm(path.join(root, 'b'), { recursive: true });
  expect((await walk.next()).value).toMatchObject([{ key: 'c/3' }]);
});

test('a root that vanishes is not-found at the container, not a missing key', async () => {
  await write('a/x');
  await fs.rm(root, { recursive: true });
  const works = [
    () => write('y'),
    () => write('b/y'),
    () => open('x'),
    () => open('a/x'),
    () => provider.head(root, 'a/x', NEVER_ABORTED),
  ];
  for (const work of works) {
    await expect(work()).rejects.toMatchObject({ failure: { code: 'not-found', field: 'container' } });
  }
});

test('removing one version leaves another', async () => {
  await write('x');
  const before = (await provider.head(root, 'x', NEVER_ABORTED))?.versionToken;
  await fs.writeFile(path.join(root, 'x'), 'changed');
  expect(await codeOf(provider.remove(root, 'x', NEVER_ABORTED, before))).toBe('source-changed');
  expect(await fs.readFile(path.join(root, 'x'), 'utf8')).toBe('changed');
});
