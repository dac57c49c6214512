/**
 * Owns the proof that FTP keeps the contract of providers on servers that list for machines and on those that list in
 * text, that rename over files and that refuse to, and that nothing stays open.
 */
import { afterEach, expect, test } from 'vitest';
import { bufferBody, bytesOf, codeOf, NEVER_ABORTED, readAll, writeOptions } from '../conformance/fixture.ts';
import { isTemporaryName } from '../local/local-key.ts';
import type { Provider } from '../provider.ts';
import { describeProvider } from '../provider-conformance.ts';
import { ftpDescriptor } from './descriptor.ts';
import { createFtp } from './ftp-provider.ts';
import { type FtpTestServer, PASSWORD, startFtpTestServer, type TestServerWays } from './ftp-test-server.ts';

const TEXT: TestServerWays = { isModern: false, keepsFiles: false, trims: false };
const MODERN: TestServerWays = { isModern: true, keepsFiles: true, trims: false };

for (const [name, ways] of [
  ['FTP that lists in text and replaces files', TEXT],
  ['FTP that lists facts and keeps files', MODERN],
] as const) {
  describeProvider(name, () => setUp(ways), ftpDescriptor.capabilities);
}

function make(port: number, secret = PASSWORD): Provider {
  const options = { host: '127.0.0.1', port: String(port), security: 'none', user: 'mover' };
  return createFtp({ options, secrets: { password: secret } });
}

async function setUp(ways: TestServerWays) {
  const server = await startFtpTestServer(ways);
  for (const folder of ['/full', '/empty']) server.folders.add(folder);
  const source = { container: '/full', role: 'source' } as const;
  const login = { step: 'sign', code: 'auth-expired', field: 'secrets.password' } as const;
  return {
    provider: make(server.port),
    another: () => make(server.port),
    container: '/full',
    emptyContainer: '/empty',
    missingContainer: '/missing',
    seed: null,
    leftovers: async () => [...server.files.keys()].filter((path) => isTemporaryName(path.split('/').at(-1) ?? '')),
    keepsNewKeysApart: false,
    broken: [{ ...source, ...login, what: 'a wrong password', provider: make(server.port, 'wrong') }],
    close: server.close,
  };
}

let running: { readonly server: FtpTestServer; readonly provider: Provider } | null = null;

async function start(ways: TestServerWays = TEXT) {
  const server = await startFtpTestServer(ways);
  server.folders.add('/full');
  running = { server, provider: make(server.port) };
  return running;
}

afterEach(async () => {
  await running?.provider.close();
  await running?.server.close();
  running = null;
});

test('a server that cuts white space off is found out, and what it stored is removed', async () => {
  const { provider, server } = await start({ ...TEXT, trims: true });
  expect(await codeOf(provider.write('/full', 'a ', bufferBody(bytesOf(3)), writeOptions()))).toBe('name-invalid');
  expect([...server.files.keys()]).toEqual([]);
});

test('where files are kept, a new one takes the place of the old, and nothing else stays', async () => {
  const { provider, server } = await start(MODERN);
  const before = bytesOf(5);
  await provider.write('/full', 'a', bufferBody(before), writeOptions());
  await provider.write('/full', 'a', bufferBody(bytesOf(6)), writeOptions());
  expect([...server.files.keys()]).toEqual(['/full/a']);
  expect(server.files.get('/full/a')?.bytes.byteLength).toBe(6);
});

test('the old file comes back when the new one cannot have its name', async () => {
  const { provider, server } = await start(MODERN);
  const before = bytesOf(5);
  await provider.write('/full', 'a', bufferBody(before), writeOptions());
  let refusals = 0;
  server.answer = (line) => {
    if (line !== 'RNTO /full/a' || refusals === 2) return null;
    refusals += 1;
    return '550 Rename failed.';
  };
  const writing = provider.write('/full', 'a', bufferBody(bytesOf(6)), writeOptions());
  expect(await codeOf(writing)).toBe('permission-denied');
  expect([...server.files].map(([path, { bytes }]) => [path, bytes])).toEqual([['/full/a', before]]);
});

test('another number of bytes than were sent is not published', async () => {
  const { provider, server } = await start();
  server.answer = (line) => (line.startsWith('SIZE') && line.endsWith('.partial') ? '213 4' : null);
  const writing = provider.write('/full', 'a', bufferBody(bytesOf(5)), writeOptions());
  expect(await codeOf(writing)).toBe('checksum-mismatch');
  expect([...server.files.keys()]).toEqual([]);
});

test('a file that changed while it was read is source-changed at its end', async () => {
  const { provider, server } = await start();
  await provider.write('/full', 'a', bufferBody(bytesOf(5)), writeOptions());
  const opened = await provider.open('/full', 'a', { signal: NEVER_ABORTED });
  server.answer = (line) => (line.startsWith('MDTM') ? '213 20300101000000' : null);
  expect(await codeOf(readAll(opened.body))).toBe('source-changed');
});

test.each([
  ['USER', '421 Too many connections.', 'rate-limited'],
  ['PASS', '530 Use TLS.', 'invalid-input'],
  ['SIZE', '550 Could not get file size.', 'not-found'],
  ['SIZE', '550 Permission denied.', 'permission-denied'],
  ['RETR', '550 Permission denied.', 'permission-denied'],
  ['RETR', '451 Read error.', 'network'],
] as const)('%s answered by "%s" is %s when a file is opened', async (verb, reply, code) => {
  const { provider, server } = await start();
  server.files.set('/full/a', { bytes: bytesOf(5), mtimeMs: 0 });
  server.answer = (line) => (line.startsWith(verb) ? reply : null);
  expect(await codeOf(provider.open('/full', 'a', { signal: NEVER_ABORTED }))).toBe(code);
});

test('a few connections are used again, and closing leaves none', async () => {
  const { provider, server } = await start();
  await provider.write('/full', 'a', bufferBody(bytesOf(100_000)), writeOptions());
  for (let round = 0; round < 5; round += 1) {
    const opened = await provider.open('/full', 'a', { signal: NEVER_ABORTED });
    expect((await readAll(opened.body)).byteLength).toBe(100_000);
  }
  expect(server.open()).toBe(1);
  const reading = Array.from({ length: 12 }, async () => {
    const opened = await provider.open('/full', 'a', { signal: NEVER_ABORTED });
    return readAll(opened.body);
  });
  await Promise.all(reading);
  expect(server.open()).toBeLessThanOrEqual(8);
  await provider.close();
  await expect.poll(() => server.open()).toBe(0);
});

test('a connection that the server dropped is replaced', async () => {
  const { provider, server } = await start();
  await provider.write('/full', 'a', bufferBody(bytesOf(3)), writeOptions());
  await server.dropAll();
  expect((await provider.head('/full', 'a', NEVER_ABORTED))?.sizeBytes).toBe(3);
});

test('no command holds more than one line, whatever the key', async () => {
  const { provider, server } = await start();
  const key = 'a\r\nDELE /full/b';
  expect(await codeOf(provider.write('/full', key, bufferBody(bytesOf(3)), writeOptions()))).toBe('name-invalid');
  expect(await codeOf(provider.head('/full', key, NEVER_ABORTED))).toBe('name-invalid');
  expect(server.commands).toEqual([]);
});
