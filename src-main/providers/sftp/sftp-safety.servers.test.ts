/**
 * Owns the proof, on a real OpenSSH, that SFTP never reads or writes outside of its folder, never follows a link, never
 * waits for a pipe, and never leaves out what it cannot read. Run by `npm run test:servers`.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bufferBody, bytesOf, codeOf, listKeys, NEVER_ABORTED, readAll, writeOptions } from '../conformance/fixture.ts';
import type { Provider } from '../provider.ts';
import { homeFolder, makeFolder, serverAddress, withPassword } from './server-under-test.ts';

describe.skipIf(serverAddress === undefined)(
  'links and names on the server that TRANSSHIP_TEST_SFTP_HOST names',
  () => {
    let provider: Provider;
    let root = '';
    let outside = '';
    beforeAll(async () => {
      provider = withPassword();
      root = await makeFolder(`links-${process.pid}`);
      outside = await makeFolder(`outside-${process.pid}`);
      await fs.writeFile(path.join(outside, 'secret'), 'secret');
      await fs.symlink(outside, path.join(root, 'link'));
      await fs.symlink(path.join(outside, 'secret'), path.join(root, 'file-link'));
    });
    afterAll(() => provider.close());

    const write = (key: string, onlyIfAbsent = false, token = 'links') =>
      provider.write(root, key, bufferBody(Buffer.from('new')), writeOptions({ onlyIfAbsent, token }));
    const open = async (key: string) => readAll((await provider.open(root, key, { signal: NEVER_ABORTED })).body);

    test('a link to a folder outside is not gone through', async () => {
      expect(await codeOf(write('link/x'))).toBe('permission-denied');
      expect(await codeOf(write('link/deep/er/x'))).toBe('permission-denied');
      expect(await codeOf(open('link/secret'))).toBe('permission-denied');
      expect(await codeOf(provider.head(root, 'link/secret', NEVER_ABORTED))).toBe('permission-denied');
      expect(await codeOf(provider.remove(root, 'link/secret', NEVER_ABORTED))).toBe('permission-denied');
      expect(await listKeys(provider, root, '')).toEqual([]);
      expect(await listKeys(provider, root, 'link/')).toEqual([]);
      expect(await fs.readdir(outside)).toEqual(['secret']);
    });

    test('a link in the place of the asset is neither read nor written through', async () => {
      expect(await codeOf(open('file-link'))).toBe('unsupported');
      expect(await provider.head(root, 'file-link', NEVER_ABORTED)).toBeNull();
      expect(await codeOf(write('file-link', true))).toBe('already-exists');
      await write('file-link');
      expect(await fs.readFile(path.join(outside, 'secret'), 'utf8')).toBe('secret');
      expect((await fs.lstat(path.join(root, 'file-link'))).isFile()).toBe(true);
      await provider.remove(root, 'file-link', NEVER_ABORTED);
    });

    test('a link planted under a temporary name is neither written through nor taken for an unfinished file', async () => {
      const planted = '.transship-planted.partial';
      await fs.symlink(path.join(outside, 'secret'), path.join(root, planted));
      expect(await codeOf(write('x', false, 'planted'))).toBe('unexpected');
      const note = { unfinished: planted, begun: async () => undefined };
      const resuming = provider.write(root, 'x', bufferBody(bytesOf(3)), writeOptions({ note }));
      expect(await codeOf(resuming)).toBe('unexpected');
      expect(await fs.readFile(path.join(outside, 'secret'), 'utf8')).toBe('secret');
      await fs.rm(path.join(root, planted));
    });

    test('a link inside of the folder may be gone through, and a folder that is itself a link works', async () => {
      await makeFolder(`links-${process.pid}/real`);
      await fs.symlink('real', path.join(root, 'inside'));
      await write('inside/x');
      expect(await fs.readFile(path.join(root, 'real/x'), 'utf8')).toBe('new');
      const linked = `linked-root-${process.pid}`;
      await fs.symlink(root, path.join(homeFolder, linked));
      expect(await listKeys(provider, linked, '')).toEqual(['real/x']);
      await fs.rm(path.join(root, 'real'), { recursive: true });
    });

    test('a name that is not UTF-8 ends the listing and says so', async () => {
      const name = Buffer.concat([Buffer.from(path.join(root, 'bad-')), Buffer.from([0xff])]);
      await fs.writeFile(name, 'x');
      expect(await codeOf(listKeys(provider, root, ''))).toBe('name-invalid');
      expect(await listKeys(provider, root, 'good')).toEqual([]);
      await fs.rm(name);
    });

    test('a pipe in the place of the asset is not waited for', async () => {
      execFileSync('mkfifo', [path.join(root, 'pipe')]);
      expect(await codeOf(open('pipe'))).toBe('not-found');
      expect(await listKeys(provider, root, '')).toEqual([]);
    });

    test('a file where a folder is needed', async () => {
      await write('plain');
      expect(await codeOf(write('plain/x'))).toBe('name-invalid');
      expect(await provider.head(root, 'plain/x', NEVER_ABORTED)).toBeNull();
      await makeFolder(`links-${process.pid}/folder`);
      expect(await codeOf(write('folder'))).toBe('already-exists');
      expect(await codeOf(write('folder', true))).toBe('already-exists');
    });

    test('many writers make the same folders at once', async () => {
      const keys = Array.from({ length: 16 }, (_, at) => `deep/er/and/deeper/${at}`);
      await Promise.all(keys.map((key) => write(key, false, key.replaceAll('/', '.'))));
      expect((await listKeys(provider, root, 'deep/')).length).toBe(16);
    });

    test('a file that changes while it is read is told', async () => {
      await fs.writeFile(path.join(root, 'changing'), bytesOf(4_000_000));
      const opened = await provider.open(root, 'changing', { signal: NEVER_ABORTED });
      await fs.writeFile(path.join(root, 'changing'), bytesOf(4_000_001));
      expect(await codeOf(readAll(opened.body))).toBe('source-changed');
    });
  },
);
