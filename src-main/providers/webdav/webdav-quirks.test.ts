/**
 * Owns the proof that WebDAV servers which differ, refuse or stumble are survived: Digest, redirects, locks, folders in
 * the way, cut uploads, answers that leave things out.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toFailure } from '../../../src-shared/model/failure.ts';
import {
  bufferBody,
  bytesOf,
  codeOf,
  listKeys,
  NEVER_ABORTED,
  readAll,
  streamBody,
  writeOptions,
} from '../conformance/fixture.ts';
import type { Provider } from '../provider.ts';
import { walkFolders } from './walk-folders.ts';
import { WebdavClient } from './webdav-client.ts';
import { createWebdav } from './webdav-provider.ts';
import { webdavSettings } from './webdav-settings.ts';
import { type ScriptedAnswer, TEST_LOGIN, WebdavTestServer } from './webdav-test-server.ts';

const KEPT = Buffer.from('kept');
let server: WebdavTestServer;
let provider: Provider;

beforeEach(async () => {
  server = await WebdavTestServer.start();
  server.put('/set/a.bin', KEPT);
  provider = make();
});
afterEach(async () => {
  await provider.close();
  await server.stop();
});

function make(options: Record<string, string> = {}, secrets: Record<string, string> = {}): Provider {
  return createWebdav({ options: { address: server.address, login: 'none', ...options }, secrets });
}

const digest = (password: string = TEST_LOGIN.password) =>
  make({ login: 'digest', user: TEST_LOGIN.user }, { password });
const head = (key: string) => provider.head('set', key, NEVER_ABORTED);
const write = (key: string, bytes: Uint8Array) => provider.write('set', key, streamBody(bytes), writeOptions());
const asked = (method: string) => server.seen.filter((request) => request.method === method);
const failureOf = async (work: Promise<unknown>) => toFailure(await work.catch((thrown: unknown) => thrown));

function scripted(wanted: string, answer: ScriptedAnswer, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  server.quirks = {
    instead: (method) => {
      if (method !== wanted || left <= 0) return null;
      left -= 1;
      return answer;
    },
  };
}

describe('Digest', () => {
  test('a nonce that is used up is replaced, and the body is sent again', async () => {
    server.quirks = { digestUses: 1 };
    provider = digest();
    const bytes = bytesOf(300_000);
    for (const key of ['x/1', 'x/2', 'x/3']) await write(key, bytes);
    expect(server.files.get('/set/x/3')?.bytes).toEqual(bytes);
    expect(asked('PUT').length).toBeGreaterThan(3);
  });

  test('a wrong password is asked with once, not for ever, and does not show in the message', async () => {
    server.quirks = { digestUses: 100 };
    provider = digest('wrong-secret');
    const failed = await failureOf(head('a.bin'));
    expect(failed).toMatchObject({ code: 'auth-expired', field: 'secrets.password', retryable: false });
    expect(JSON.stringify(failed)).not.toContain('wrong-secret');
    expect(server.seen).toHaveLength(2);
  });

  test('a server that only offers Basic does not get the password', async () => {
    scripted('PROPFIND', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } });
    provider = digest();
    expect(await failureOf(head('a.bin'))).toMatchObject({ code: 'auth-expired', field: 'options.login' });
    expect(server.seen.every((request) => request.headers.authorization === undefined)).toBe(true);
  });
});

test('a bearer token is sent as it is, and a redirect does not carry it on', async () => {
  const other = await WebdavTestServer.start();
  provider = make({ login: 'bearer' }, { token: 'secret-token' });
  await head('a.bin');
  expect(server.seen[0]?.headers.authorization).toBe('Bearer secret-token');
  for (const method of ['PROPFIND', 'GET', 'PUT', 'MOVE']) {
    scripted(method, { status: 302, headers: { location: `${other.address}/set/a.bin` } });
    const doing = method === 'GET' ? provider.open('set', 'a.bin', { signal: NEVER_ABORTED }) : write('r.bin', KEPT);
    expect(await failureOf(doing)).toMatchObject({ code: 'unsupported', field: 'options.address', retryable: false });
  }
  expect(other.seen).toEqual([]);
  await other.stop();
});

test('a folder that sends us on to its name with a slash is a folder, not an asset', async () => {
  server.quirks = {
    instead: (method, target) =>
      method === 'PROPFIND' && target === '/set' ? { status: 301, headers: { location: '/set/' } } : null,
  };
  expect(await provider.head('/', 'set', NEVER_ABORTED)).toBeNull();
});

test('the address of the account is asked for with its slash, without which it may be no part of WebDAV', async () => {
  const below = make({ address: `${server.address}/set/` });
  server.quirks = {
    instead: (method, target) => (method === 'PROPFIND' && target === '/set' ? { status: 405 } : null),
  };
  expect(await below.check('/', '', 'destination', NEVER_ABORTED)).toMatchObject({ ok: true, failure: null });
  await below.close();
});

describe('a folder with the name of a key', () => {
  beforeEach(() => server.put('/set/folder/below.bin', KEPT));

  test('is neither read nor removed', async () => {
    expect(await head('folder')).toBeNull();
    expect(await codeOf(provider.open('set', 'folder', { signal: NEVER_ABORTED }))).toBe('not-found');
    await provider.remove('set', 'folder', NEVER_ABORTED);
    expect(server.files.has('/set/folder/below.bin')).toBe(true);
  });

  test('is not replaced, although the protocol would delete it with everything in it', async () => {
    expect(await codeOf(write('folder', KEPT))).toBe('already-exists');
    expect([...server.files.keys()].sort()).toEqual(['/set/a.bin', '/set/folder/below.bin']);
  });
});

test('a file where a folder is needed is refused', async () => {
  expect(await codeOf(write('a.bin/below', KEPT))).toBe('name-invalid');
  expect(server.files.get('/set/a.bin')?.bytes).toEqual(KEPT);
});

test('a lock that goes away soon is waited for; one that stays is a failure of its own', async () => {
  scripted('MOVE', { status: 423 }, 2);
  await write('b.bin', KEPT);
  expect(server.files.has('/set/b.bin')).toBe(true);
  scripted('MOVE', { status: 423 });
  expect(await failureOf(write('c.bin', KEPT))).toMatchObject({ code: 'permission-denied', retryable: true });
});

test('a gateway that is bad without TLS is asked once', async () => {
  scripted('MOVE', { status: 502 });
  expect(await failureOf(write('b.bin', KEPT))).toMatchObject({ code: 'network', retryable: true });
  expect(asked('MOVE')).toHaveLength(1);
});

test.each([
  [507, 'quota-exceeded'],
  [413, 'too-large'],
  [503, 'rate-limited'],
])('a PUT that is refused with %i is %s, and nothing is published', async (status, code) => {
  scripted('PUT', { status });
  expect(await codeOf(write('b.bin', KEPT))).toBe(code);
  expect([...server.files.keys()]).toEqual(['/set/a.bin']);
});

test('an upload that the server cut is not published', async () => {
  server.quirks = { keepsBytes: 10 };
  expect(await codeOf(write('a.bin', bytesOf(1_000)))).toBe('checksum-mismatch');
  expect(server.files.get('/set/a.bin')?.bytes).toEqual(KEPT);
  expect(server.files.size).toBe(1);
});

test('a part of a move that failed is a failure', async () => {
  scripted('MOVE', { status: 207, body: '<multistatus xmlns="DAV:"/>' });
  expect(await codeOf(write('b.bin', KEPT))).not.toBe('none');
  expect(server.files.has('/set/b.bin')).toBe(false);
});

test('what is published is not taken for failed because a later question is', async () => {
  let isMoved = false;
  server.quirks = {
    instead: (method) => {
      if (method === 'PROPFIND' && isMoved) return { status: 500 };
      isMoved ||= method === 'MOVE';
      return null;
    },
  };
  const { versionToken } = await write('b.bin', KEPT);
  server.quirks = {};
  expect((await head('b.bin'))?.versionToken).toBe(versionToken);
});

test('who moves first where a server lets two pass finds that the other won', async () => {
  await write('b.bin', KEPT);
  const winner = Buffer.from('won!');
  server.quirks = {
    instead: (method) => {
      if (method !== 'MOVE') return null;
      server.put('/set/new.bin', winner);
      return { status: 201 };
    },
  };
  const options = writeOptions({ onlyIfAbsent: true });
  expect(await codeOf(provider.write('set', 'new.bin', bufferBody(KEPT), options))).toBe('already-exists');
  expect(server.files.get('/set/new.bin')?.bytes).toEqual(winner);
});

describe('a server that passes over "Overwrite: F" without a word', () => {
  const bytes = bytesOf(100);
  const writeNew = (key: string) => provider.write('set', key, bufferBody(bytes), writeOptions({ onlyIfAbsent: true }));
  beforeEach(() => {
    server.put('/set/folder/kept.bin', KEPT);
    server.quirks = { ignoresOverwrite: true };
  });

  test('loses nothing that is there, from the first write on', async () => {
    const keys = ['a.bin', 'folder', 'new.bin', 'a.bin', 'folder'];
    const codes: string[] = [];
    for (const key of keys) codes.push(await codeOf(writeNew(key)));
    expect(codes).toEqual(['already-exists', 'already-exists', 'none', 'already-exists', 'already-exists']);
    expect(await codeOf(write('folder', bytes))).toBe('already-exists');
    expect(server.files.get('/set/a.bin')?.bytes).toEqual(KEPT);
    expect(server.files.get('/set/folder/kept.bin')?.bytes).toEqual(KEPT);
    expect([...server.files.keys()].filter((path) => path.includes('transship'))).toEqual([]);
  });

  test('is asked before each write; one that heeds it is tried once and then trusted', async () => {
    const looksAt = (path: string) => asked('PROPFIND').filter(({ target }) => target === path).length;
    for (const key of ['1', '2', '3']) await writeNew(key);
    expect(looksAt('/set/3')).toBe(2);
    await provider.close();
    provider = make();
    server.quirks = {};
    for (const key of ['4', '5', '6']) await writeNew(key);
    expect([looksAt('/set/4'), looksAt('/set/6')]).toEqual([2, 1]);
    expect([...server.files.keys()].filter((path) => path.includes('transship'))).toEqual([]);
  });
});

test('an abort before publishing leaves nothing, one while publishing comes too late', async () => {
  const stop = new AbortController();
  const reason = new Error('enough');
  server.quirks = {
    instead: (method) => {
      if (method === 'MOVE') stop.abort(reason);
      return null;
    },
  };
  await provider.write('set', 'b.bin', bufferBody(KEPT), writeOptions({ signal: stop.signal }));
  expect(server.files.has('/set/b.bin')).toBe(true);
  await expect(provider.write('set', 'c.bin', bufferBody(KEPT), writeOptions({ signal: stop.signal }))).rejects.toBe(
    reason,
  );
  expect([...server.files.keys()].sort()).toEqual(['/set/a.bin', '/set/b.bin']);
});

test('folders that many writers need at once are made once and then remembered', async () => {
  const keys = Array.from({ length: 12 }, (_, at) => `deep/er/${at}.bin`);
  await Promise.all(keys.map((key) => provider.write('set', key, bufferBody(KEPT), writeOptions())));
  expect((await listKeys(provider, 'set', 'deep/')).length).toBe(12);
  const before = asked('MKCOL').length;
  await write('deep/er/more.bin', KEPT);
  expect(asked('MKCOL')).toHaveLength(before);
});

test('a folder that is removed meanwhile is made again by the next attempt', async () => {
  await write('gone/1.bin', KEPT);
  server.folders.delete('/set/gone/');
  expect(await failureOf(write('gone/2.bin', KEPT))).toMatchObject({ code: 'not-found', retryable: true });
  await write('gone/2.bin', KEPT);
  expect(server.files.has('/set/gone/2.bin')).toBe(true);
});

test('an asset that changes between the look and the read is source-changed', async () => {
  const before = await head('a.bin');
  server.put('/set/a.bin', Buffer.from('edit'));
  const options = { ifVersion: before?.versionToken ?? '', signal: NEVER_ABORTED };
  expect(await codeOf(provider.open('set', 'a.bin', options))).toBe('source-changed');
});

test('bytes are asked for as they are stored, and their count is known from PROPFIND when GET does not say', async () => {
  server.quirks = {
    instead: (method) =>
      method === 'GET' ? { status: 200, headers: { 'transfer-encoding': 'chunked' }, body: 'kep' } : null,
  };
  const opened = await provider.open('set', 'a.bin', { signal: NEVER_ABORTED });
  expect(opened.head.sizeBytes).toBe(KEPT.byteLength);
  expect(await codeOf(readAll(opened.body))).toBe('network');
  expect(asked('GET')[0]?.headers['accept-encoding']).toBe('identity');
});

describe('listings', () => {
  test('unfinished assets do not show', async () => {
    server.put('/set/.transship-7.partial', KEPT);
    expect(await listKeys(provider, 'set', '')).toEqual(['a.bin']);
  });

  test('a child that may not be looked at ends the listing instead of going missing', async () => {
    const body =
      '<multistatus xmlns="DAV:"><response><href>/set/</href><propstat><prop><resourcetype><collection/></resourcetype>' +
      '</prop><status>HTTP/1.1 200 OK</status></propstat></response>' +
      '<response><href>/set/secret</href><status>HTTP/1.1 403 Forbidden</status></response></multistatus>';
    scripted('PROPFIND', { status: 207, body });
    expect(await codeOf(listKeys(provider, 'set', ''))).toBe('permission-denied');
  });

  test('a container that vanishes while it is walked is a failure, not an end', async () => {
    for (const key of ['b/1', 'c/1', 'd/1']) server.put(`/set/${key}`, KEPT);
    const options = { limit: 2, signal: NEVER_ABORTED };
    const { position } = await provider.list('set', '', { position: null, ...options });
    server.folders.clear();
    expect(await codeOf(provider.list('set', '', { position, ...options }))).toBe('not-found');
  });

  test('a folder with more children than are held at once is listed whole, in order', async () => {
    const names = Array.from({ length: 23 }, (_, at) => `many/${String((at * 7) % 23).padStart(2, '0')}`);
    for (const name of names) server.put(`/set/${name}${name.endsWith('5') ? '/x' : ''}`, KEPT);
    const client = new WebdavClient(
      webdavSettings({ options: { address: server.address, login: 'none' }, secrets: {} }),
    );
    const walk = { prefix: 'many/', after: null, maxHeldChildren: 4, signal: () => NEVER_ABORTED };
    const keys: string[] = [];
    for await (const batch of walkFolders(client, '/set/', walk)) keys.push(...batch.map(({ key }) => key));
    await client.close();
    expect(keys).toEqual(names.map((name) => `${name}${name.endsWith('5') ? '/x' : ''}`).sort());
  });

  test('a folder that holds itself ends with a failure', async () => {
    server.quirks = {
      instead: (method, target) => {
        const folder = (href: string) =>
          `<response><href>${href}</href><propstat><prop><resourcetype><collection/></resourcetype></prop>` +
          '<status>HTTP/1.1 200 OK</status></propstat></response>';
        const body = `<multistatus xmlns="DAV:">${folder(target)}${folder(`${target}again/`)}</multistatus>`;
        return method === 'PROPFIND' ? { status: 207, body } : null;
      },
    };
    expect(await codeOf(listKeys(provider, 'set', ''))).toBe('unsupported');
  });
});
