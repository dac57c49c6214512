/**
 * Owns the proof that SFTP keeps the contract of providers on a server without any extension, and that broken
 * connections, refused times and idle sessions are met as promised. A real OpenSSH is tried in sftp.servers.test.ts.
 */
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { toFailure } from '../../../src-shared/model/failure.ts';
import {
  bufferBody,
  bytesOf,
  codeOf,
  NEVER_ABORTED,
  pieces,
  readAll,
  streamBody,
  writeOptions,
} from '../conformance/fixture.ts';
import { isTemporaryName } from '../local/local-key.ts';
import type { Provider } from '../provider.ts';
import { describeProvider } from '../provider-conformance.ts';
import { sftpDescriptor } from './descriptor.ts';
import { createSftp } from './sftp-provider.ts';
import { type SftpTestServer, startSftpTestServer, TEST_PASSWORD, TEST_USER } from './sftp-test-server.ts';

function providerOf(server: SftpTestServer, changed: Record<string, string> = {}): Provider {
  const options = { host: '127.0.0.1', port: String(server.port), user: TEST_USER, hostKey: server.fingerprint };
  return createSftp({ options: { ...options, ...changed }, secrets: { password: TEST_PASSWORD } });
}

async function makeHome(): Promise<string> {
  return fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'transship-sftp-test-')));
}

async function leftoversIn(home: string): Promise<readonly string[]> {
  return (await fs.readdir(home, { recursive: true })).filter((name) => isTemporaryName(path.basename(name)));
}

describeProvider('SFTP without extensions', setUp, sftpDescriptor.capabilities);

async function setUp() {
  const home = await makeHome();
  for (const name of ['container', 'empty']) await fs.mkdir(path.join(home, name));
  const server = await startSftpTestServer(home);
  const source = { container: 'container', role: 'source', field: 'options.hostKey', step: 'host key' } as const;
  return {
    provider: providerOf(server),
    another: () => providerOf(server),
    container: 'container',
    emptyContainer: 'empty',
    missingContainer: path.join(home, 'missing'),
    seed: null,
    leftovers: () => leftoversIn(home),
    keepsNewKeysApart: true,
    broken: [
      {
        ...source,
        what: 'a host key that is not pinned',
        provider: providerOf(server, { hostKey: '' }),
        code: 'invalid-input',
      },
      {
        ...source,
        what: 'another user',
        provider: providerOf(server, { user: 'eve' }),
        step: 'sign in',
        code: 'auth-expired',
        field: 'secrets.password',
      },
    ] as const,
    close: async () => {
      await server.close();
      await fs.rm(home, { recursive: true });
    },
  };
}

describe('a server that is difficult', () => {
  let home = '';
  let server: SftpTestServer;
  beforeAll(async () => {
    home = await makeHome();
    server = await startSftpTestServer(home, { refusesTimes: true });
  });
  afterAll(async () => {
    await server.close();
    await fs.rm(home, { recursive: true });
  });

  test('says which fingerprint to paste, and pasting it helps', async () => {
    const unpinned = providerOf(server, { hostKey: '' });
    const refused = await unpinned.check('.', '', 'source', NEVER_ABORTED);
    expect(refused.failure?.hint).toContain(server.fingerprint);
    const [pasted] = /SHA256:\S+/.exec(refused.failure?.hint ?? '') ?? [''];
    const pinned = providerOf(server, { hostKey: pasted });
    expect(await pinned.check('.', '', 'source', NEVER_ABORTED)).toMatchObject({ ok: true });
    await Promise.all([unpinned.close(), pinned.close()]);
  });

  test('says what the server does not offer', async () => {
    const provider = providerOf(server);
    const { remarks } = await provider.check('.', '', 'destination', NEVER_ABORTED);
    expect(remarks.join('\n')).toContain('posix-rename@openssh.com');
    expect(remarks.join('\n')).toContain('fsync@openssh.com');
    await provider.close();
  });

  test('a server that refuses times refuses the write, until the account gives times up', async () => {
    const options = { modifiedAtMs: Date.UTC(2020, 1, 1) };
    const strict = providerOf(server);
    const writing = strict.write('.', 'timed', bufferBody(bytesOf(3)), writeOptions(options));
    const failure = await writing.then(() => null, toFailure);
    expect(failure).toMatchObject({ code: 'permission-denied', hint: expect.stringContaining('Keep times') });
    expect(await leftoversIn(home)).toEqual([]);
    const lax = providerOf(server, { keepTimes: 'false' });
    await lax.write('.', 'timed', bufferBody(bytesOf(3)), writeOptions(options));
    expect((await lax.head('.', 'timed', NEVER_ABORTED))?.sizeBytes).toBe(3);
    await Promise.all([strict.close(), lax.close()]);
  });

  test('a connection that breaks in the middle of a write fails it, and leaves nothing', async () => {
    const provider = providerOf(server);
    const bytes = bytesOf(4_000_000);
    const body = streamBody(bytes, async function* (range) {
      let count = 0;
      for await (const piece of pieces(bytes, range)) {
        yield piece;
        count += piece.byteLength;
        if (count > 2_000_000) server.cut();
      }
    });
    const failure = await provider.write('.', 'cut', body, writeOptions()).then(() => null, toFailure);
    expect(failure).toMatchObject({ code: 'network', retryable: true });
    expect(await leftoversIn(home)).toEqual([]);
    await provider.write('.', 'cut', bufferBody(bytes), writeOptions());
    const opened = await provider.open('.', 'cut', { signal: NEVER_ABORTED });
    expect((await readAll(opened.body)).equals(bytes)).toBe(true);
    await provider.close();
  });

  test('a connection that breaks in the middle of a read fails it', async () => {
    const provider = providerOf(server);
    await provider.write('.', 'long', bufferBody(bytesOf(8_000_000)), writeOptions());
    const opened = await provider.open('.', 'long', { signal: NEVER_ABORTED });
    const reading = async () => {
      for await (const chunk of opened.body) if (chunk.byteLength > 0) server.cut();
    };
    expect(await codeOf(reading())).toBe('network');
    await provider.close();
  });

  test('what was noted and broke off is kept, and given up when asked', async () => {
    const provider = providerOf(server);
    const marks: string[] = [];
    const note = { unfinished: null, begun: async (mark: string) => void marks.push(mark) };
    const bytes = bytesOf(10_000_000);
    const body = streamBody(bytes, async function* (range) {
      yield* pieces(bytes.subarray(0, 5_000_000), range);
      throw new Error('the spool is gone');
    });
    await expect(provider.write('.', 'noted', body, writeOptions({ note }))).rejects.toThrow('the spool is gone');
    expect(await leftoversIn(home)).toEqual(marks);
    await provider.giveUp?.('.', 'noted', '../../outside', NEVER_ABORTED);
    await provider.giveUp?.('.', 'noted', marks[0] ?? '', NEVER_ABORTED);
    expect(await leftoversIn(home)).toEqual([]);
    await provider.close();
  });

  test('closing leaves no connection, whoever still reads', async () => {
    const provider = providerOf(server);
    await provider.write('.', 'read', bufferBody(bytesOf(8_000_000)), writeOptions());
    const opened = await provider.open('.', 'read', { signal: NEVER_ABORTED });
    const reading = codeOf(readAll(opened.body));
    await provider.close();
    expect(await reading).toBe('network');
    await vi.waitUntil(() => server.connections() === 0, 15_000);
  });

  test('a server that takes the old file away and does not give the new one its name gives the old one back', async () => {
    const renames: string[] = [];
    const moody = await startSftpTestServer(home, {
      refusesRename: (from, to) => {
        renames.push(from);
        return to === 'kept' && !from.includes('old-');
      },
    });
    const provider = providerOf(moody);
    await fs.writeFile(path.join(home, 'kept'), 'old');
    expect(await codeOf(provider.write('.', 'kept', bufferBody(bytesOf(3)), writeOptions()))).toBe('unexpected');
    expect(await fs.readFile(path.join(home, 'kept'), 'utf8')).toBe('old');
    expect(await leftoversIn(home)).toEqual([]);
    expect(renames).toHaveLength(3);
    await provider.close();
    await moody.close();
  });

  test('a container that is a link is the folder to which it points now', async () => {
    const provider = providerOf(server);
    for (const name of ['release-1', 'release-2']) await fs.mkdir(path.join(home, name));
    await fs.symlink('release-1', path.join(home, 'current'));
    await provider.write('current', 'x', bufferBody(bytesOf(3)), writeOptions());
    await fs.unlink(path.join(home, 'current'));
    await fs.symlink('release-2', path.join(home, 'current'));
    const nowMs = performance.now();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(nowMs + 6_000);
    await provider.write('current', 'y', bufferBody(bytesOf(3)), writeOptions());
    clock.mockRestore();
    expect(await fs.readdir(path.join(home, 'release-2'))).toEqual(['y']);
    await provider.close();
  });

  test('a server that lets few connections in is used with those', async () => {
    const narrow = await startSftpTestServer(home, { mostConnections: 1 });
    const provider = providerOf(narrow);
    await provider.head('.', 'any', NEVER_ABORTED);
    const keys = Array.from({ length: 20 }, (_, at) => `narrow/${at}`);
    await Promise.all(
      keys.map((key) => provider.write('.', key, bufferBody(bytesOf(50_000)), writeOptions({ token: key.slice(7) }))),
    );
    expect(narrow.connections()).toBe(1);
    await provider.close();
    await narrow.close();
  });
});
