/**
 * Owns the proof that FTP keeps the contract of providers against a real server, which the environment names. Its files
 * must be on this computer, so that what is left behind can be seen. Run by `npm run test:servers`.
 */
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bufferBody, bytesOf, codeOf, listKeys, NEVER_ABORTED, readAll } from '../conformance/fixture.ts';
import { isTemporaryName } from '../local/local-key.ts';
import type { Provider } from '../provider.ts';
import { describeProvider } from '../provider-conformance.ts';
import { ftpDescriptor } from './descriptor.ts';
import { createFtp } from './ftp-provider.ts';

const {
  TRANSSHIP_TEST_FTP_PORT: port,
  TRANSSHIP_TEST_FTP_SECURITY: security = 'none',
  TRANSSHIP_TEST_FTP_USER: user = '',
  TRANSSHIP_TEST_FTP_PASSWORD: password = '',
  TRANSSHIP_TEST_FTP_AUTHORITY: authority = '',
  TRANSSHIP_TEST_FTP_HOME: home = '',
} = process.env;

/** Everything of one run below folders of its own, so that the modes do not meet. */
const place = `/${security}-${process.pid}`;

function make(changed: Record<string, string> = {}, secret = password): Provider {
  const trust = security === 'none' ? {} : { authority };
  const options = { host: '127.0.0.1', port: port ?? '', security, user, ...trust, ...changed };
  return createFtp({ options, secrets: { password: secret } });
}

if (port === undefined) test.skip('TRANSSHIP_TEST_FTP_PORT names no server');
else {
  describeProvider(`FTP (${security}) on port ${port}`, setUp, ftpDescriptor.capabilities);
  describe('FTP beyond the contract', testFtp);
}

async function setUp() {
  for (const name of ['full', 'empty', 'odd']) await makeFolder(`${place}/${name}`);
  const source = { container: `${place}/full`, role: 'source' } as const;
  const otherSecurity = security === 'implicit' ? 'none' : 'implicit';
  return {
    provider: make(),
    another: () => make(),
    container: `${place}/full`,
    emptyContainer: `${place}/empty`,
    missingContainer: `${place}/missing`,
    seed: null,
    leftovers: async () => filesBelow(join(home, place)).filter((file) => isTemporaryName(basename(file))),
    keepsNewKeysApart: false,
    broken: [
      {
        ...source,
        what: 'a wrong password',
        provider: make({}, 'wrong'),
        step: 'sign',
        code: 'auth-expired',
        field: 'secrets.password',
      },
      {
        ...source,
        what: 'a port where nobody listens',
        provider: make({ port: '9' }),
        step: 'connect',
        code: 'network',
        field: 'options.host',
      },
      {
        ...source,
        what: 'the other kind of TLS',
        provider: make({ security: otherSecurity }),
        step: 'connect',
        code: otherSecurity === 'implicit' ? 'network' : 'timeout',
        field: otherSecurity === 'implicit' ? 'options.security' : 'options.host',
      },
      {
        ...source,
        what: 'a container that is no path',
        provider: make(),
        container: 'media',
        step: 'name',
        code: 'invalid-input',
        field: 'container',
      },
    ] as const,
    close: async () => undefined,
  };
}

/** By the server, so that the folder is the user's. */
async function makeFolder(path: string): Promise<void> {
  const provider = make();
  const body = bufferBody(new Uint8Array());
  const options = {
    headers: {},
    metadata: {},
    modifiedAtMs: null,
    onlyIfAbsent: false,
    token: 'make',
    note: null,
    storageClass: null,
    tags: {},
    acl: null,
  };
  const key = `${path.slice(1)}/x`;
  await provider.write('/', key, body, { ...options, onProgress: () => undefined, signal: NEVER_ABORTED });
  await provider.remove('/', key, NEVER_ABORTED);
  await provider.close();
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function testFtp(): void {
  test('links are neither listed nor gone through, not even by a prefix', async () => {
    const container = `${place}/links`;
    mkdirSync(join(home, container, 'real'), { recursive: true });
    writeFileSync(join(home, container, 'real/file'), 'x');
    symlinkSync('real', join(home, container, 'link'));
    symlinkSync('real/file', join(home, container, 'link-to-file'));
    const provider = make();
    expect(await listKeys(provider, container, '')).toEqual(['real/file']);
    expect(await listKeys(provider, container, 'link/')).toEqual([]);
    await provider.close();
  });

  test.each([
    ['that is not UTF-8', Buffer.from([0x61, 0xe9])],
    ['with a line end in it', Buffer.from('two\nlines')],
  ])('a name %s is refused, not left out', async (what, name) => {
    const container = `${place}/odd-${what.length}`;
    mkdirSync(join(home, container), { recursive: true });
    writeFileSync(Buffer.concat([Buffer.from(join(home, container, '/')), name]), 'x');
    const provider = make();
    expect(await codeOf(listKeys(provider, container, ''))).toBe('name-invalid');
    await provider.close();
  });

  test('a folder that the user may not read is refused, not taken for empty', async () => {
    const container = `${place}/closed`;
    mkdirSync(join(home, container));
    for (const [folder, mode] of [
      ['unlisted', 0o711],
      ['shut', 0o700],
    ] as const) {
      mkdirSync(join(home, container, folder), { mode });
      const provider = make();
      expect(await codeOf(listKeys(provider, container, `${folder}/`))).toBe('permission-denied');
      await provider.close();
    }
  });

  test('a file that the user may not read is permission-denied when it is opened', async () => {
    const container = `${place}/closed-file`;
    mkdirSync(join(home, container), { recursive: true });
    writeFileSync(join(home, container, 'secret'), 'x', { mode: 0o600 });
    const provider = make();
    expect(await codeOf(provider.open(container, 'secret', { signal: NEVER_ABORTED }))).toBe('permission-denied');
    await provider.close();
  });

  test('the time of change is set where the server can', async () => {
    const provider = make();
    const bytes = bytesOf(10);
    const body = bufferBody(bytes);
    const modifiedAtMs = Date.UTC(2019, 4, 17, 8, 30, 15);
    const options = {
      headers: {},
      metadata: {},
      modifiedAtMs,
      onlyIfAbsent: false,
      token: 'time',
      note: null,
      storageClass: null,
      tags: {},
      acl: null,
    };
    await provider.write(`${place}/full`, 'dated', body, {
      ...options,
      onProgress: () => undefined,
      signal: NEVER_ABORTED,
    });
    expect(statSync(join(home, place, 'full/dated')).mtimeMs).toBe(modifiedAtMs);
    expect(readFileSync(join(home, place, 'full/dated'))).toEqual(bytes);
    await provider.close();
  });

  test.runIf(security !== 'none')('a certificate is believed by its fingerprint, and no other is', async () => {
    const right = new X509Certificate(authority).fingerprint256;
    const pinned = make({ authority: '', fingerprint: right.toLowerCase() });
    writeFileSync(join(home, place, 'full/pinned'), 'pinned');
    const opened = await pinned.open(`${place}/full`, 'pinned', { signal: NEVER_ABORTED });
    expect((await readAll(opened.body)).toString()).toBe('pinned');
    await pinned.close();
    const wrong = make({ authority: '', fingerprint: `00${right.slice(2)}` });
    const report = await wrong.check(`${place}/full`, '', 'source', NEVER_ABORTED);
    expect(report.failure).toMatchObject({ code: 'network', field: 'options.fingerprint', retryable: false });
    await wrong.close();
    const unknown = make({ authority: '' });
    const refused = await unknown.check(`${place}/full`, '', 'source', NEVER_ABORTED);
    expect(refused.failure).toMatchObject({ code: 'network', retryable: false });
    expect(refused.steps.at(-1)?.name).toBe('connect');
    await unknown.close();
  });

  test.runIf(security === 'none')('without encryption the connection test says so', async () => {
    const provider = make();
    const report = await provider.check(`${place}/full`, '', 'destination', NEVER_ABORTED);
    expect(report.remarks.join()).toContain('in the clear');
    await provider.close();
  });
}
