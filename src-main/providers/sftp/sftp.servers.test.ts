/**
 * Owns the proof that SFTP keeps the contract of providers against a real OpenSSH, which the environment names: a folder
 * of this computer that the server shows. Run by `npm run test:servers`.
 */
import { readFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bufferBody, bytesOf, codeOf, listKeys, NEVER_ABORTED, readAll, writeOptions } from '../conformance/fixture.ts';
import { isTemporaryName } from '../local/local-key.ts';
import type { Provider } from '../provider.ts';
import { describeProvider } from '../provider-conformance.ts';
import { sftpDescriptor } from './descriptor.ts';
import { createSftp } from './sftp-provider.ts';

const {
  TRANSSHIP_TEST_SFTP_HOST: host,
  TRANSSHIP_TEST_SFTP_PORT: port = '',
  TRANSSHIP_TEST_SFTP_USER: user = '',
  TRANSSHIP_TEST_SFTP_PASSWORD: password = '',
  TRANSSHIP_TEST_SFTP_KEY_FILE: keyFile = '',
  TRANSSHIP_TEST_SFTP_HOST_KEY: hostKey = '',
  TRANSSHIP_TEST_SFTP_FOLDER: base = '',
} = process.env;

const options = { host: host ?? '', port, user, hostKey };
const OTHER_KEY = `SHA256:${'A'.repeat(43)}`;

const withPassword = (changed: Record<string, string> = {}, secret = password): Provider =>
  createSftp({ options: { ...options, ...changed }, secrets: { password: secret } });
const withKey = (): Provider => createSftp({ options, secrets: { privateKey: readFileSync(keyFile, 'utf8') } });

if (host === undefined) {
  test.skip('TRANSSHIP_TEST_SFTP_HOST names no server');
} else {
  describeProvider(`SFTP at ${host}:${port}`, setUp, sftpDescriptor.capabilities);
  describe('links and names', testLinksAndNames);
}

async function makeFolder(name: string): Promise<string> {
  const folder = path.join(base, name);
  const { uid, gid } = await fs.stat(base);
  await fs.mkdir(folder, { recursive: true });
  await fs.chown(folder, uid, gid);
  return folder;
}

async function setUp() {
  const container = await makeFolder('conformance');
  await makeFolder('empty');
  const source = { container, role: 'source', field: 'options.hostKey', step: 'host key' } as const;
  return {
    provider: withPassword(),
    another: withKey,
    container,
    // Below the folder in which a login begins.
    emptyContainer: 'empty',
    missingContainer: 'no-such-folder',
    seed: null,
    leftovers: async () =>
      (await fs.readdir(base, { recursive: true })).filter((name) => isTemporaryName(path.basename(name))),
    keepsNewKeysApart: true,
    broken: [
      {
        ...source,
        what: 'a host key that is not pinned',
        provider: withPassword({ hostKey: '' }),
        code: 'invalid-input',
      },
      {
        ...source,
        what: 'another host key',
        provider: withPassword({ hostKey: OTHER_KEY }),
        code: 'permission-denied',
      },
      {
        ...source,
        what: 'a wrong password',
        provider: withPassword({}, 'wrong'),
        step: 'sign in',
        code: 'auth-expired',
        field: 'secrets.password',
      },
      {
        ...source,
        what: 'a port where nobody listens',
        provider: withPassword({ port: '9' }),
        step: 'connect',
        code: 'network',
        field: 'options.host',
      },
      {
        what: 'a missing folder to write to',
        provider: withPassword(),
        container: 'no-such-folder',
        role: 'destination',
        step: 'folder',
        code: 'not-found',
        field: 'container',
      },
      {
        what: 'a folder of somebody else to write to',
        provider: withPassword(),
        container: '/usr',
        role: 'destination',
        step: 'write',
        code: 'permission-denied',
        field: 'container',
      },
    ] as const,
    close: () => fs.rm(container, { recursive: true }),
  };
}

function testLinksAndNames(): void {
  const provider = withPassword();
  let root = '';
  let outside = '';
  beforeAll(async () => {
    root = await makeFolder('links');
    outside = await makeFolder('outside');
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
    await makeFolder('links/real');
    await fs.symlink('real', path.join(root, 'inside'));
    await write('inside/x');
    expect(await fs.readFile(path.join(root, 'real/x'), 'utf8')).toBe('new');
    await fs.symlink(root, path.join(base, 'linked-root'));
    expect(await listKeys(provider, 'linked-root', '')).toEqual(['real/x']);
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
    const { execFileSync } = await import('node:child_process');
    execFileSync('mkfifo', [path.join(root, 'pipe')]);
    expect(await codeOf(open('pipe'))).toBe('not-found');
    expect(await listKeys(provider, root, '')).toEqual([]);
  });

  test('a file where a folder is needed', async () => {
    await write('plain');
    expect(await codeOf(write('plain/x'))).toBe('name-invalid');
    expect(await provider.head(root, 'plain/x', NEVER_ABORTED)).toBeNull();
    await makeFolder('links/folder');
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
}
