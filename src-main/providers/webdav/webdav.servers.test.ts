/**
 * Owns the proof that WebDAV keeps the contract of providers against a real server, which the environment names. Run by
 * `npm run test:servers`.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { describeProvider } from '../provider-conformance.ts';
import { webdavDescriptor } from './descriptor.ts';
import { createWebdav } from './webdav-provider.ts';

const {
  TRANSSHIP_TEST_WEBDAV_ADDRESS: address,
  TRANSSHIP_TEST_WEBDAV_LOGIN: login = '',
  TRANSSHIP_TEST_WEBDAV_USER: user = '',
  TRANSSHIP_TEST_WEBDAV_PASSWORD: password = '',
  TRANSSHIP_TEST_WEBDAV_FOLDER: folder = '',
  TRANSSHIP_TEST_WEBDAV_TRAITS: traits = '',
  /** Given where the server is behind a front with TLS, whose certificate this authority signed. */
  TRANSSHIP_TEST_WEBDAV_AUTHORITY: authority = '',
} = process.env;

if (address === undefined) test.skip('TRANSSHIP_TEST_WEBDAV_ADDRESS names no server');
else describeProvider(`WebDAV at ${address} by ${login}`, setUp, webdavDescriptor.capabilities);

/** What differs from server to server, as run-server-tests.ts says it. Apache looks before it moves, so two may pass. */
const keepsNewKeysApart = traits.includes('keeps new keys apart');
/** nginx leaves them out of every listing. */
const hidesDotFiles = traits.includes('hides dot files');

async function setUp() {
  const mark = randomBytes(6).toString('hex');
  // Names that must be encoded, because the container is a part of every address.
  const container = `ä set ${mark}/100% & more`;
  const emptyContainer = `empty-${mark}`;
  for (const made of [container, emptyContainer]) mkdirSync(join(folder, made), { recursive: true });
  // The server has a user of its own.
  for (const made of ['', container, join(container, '..'), emptyContainer]) chmodSync(join(folder, made), 0o777);
  writeFileSync(join(folder, `file-${mark}`), 'not a folder');
  const make = (changed: Record<string, string> = {}, secret = password) =>
    createWebdav({
      options: { address: address ?? '', login, user, authority, ...changed },
      secrets: { password: secret },
    });
  const source = { container, role: 'source' } as const;
  return {
    provider: make(),
    another: () => make(),
    container,
    emptyContainer,
    missingContainer: 'no-such-folder',
    seed: null,
    leftovers: async () => {
      const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      // Apache's own (.davfs.tmp…) are not ours to remove: it hides them, and removes them when a sender has gone away.
      return names.filter((name) => /\.partial$|transship-test/.test(name));
    },
    keepsNewKeysApart,
    ...(hidesDotFiles ? { hidesFromLists: (key: string) => /(^|\/)\./.test(key) } : {}),
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
        what: 'another way to sign in than the server wants',
        provider: make({ login: login === 'basic' ? 'digest' : 'basic' }),
        step: 'sign',
        code: 'auth-expired',
        field: 'options.login',
      },
      {
        ...source,
        what: 'no sign-in at all',
        provider: make({ login: 'none' }),
        step: 'sign',
        code: 'auth-expired',
        field: 'options.login',
      },
      {
        ...source,
        what: 'a port where nobody listens',
        provider: make({ address: 'http://127.0.0.1:9' }),
        step: 'connect',
        code: 'network',
        field: 'options.address',
      },
      {
        what: 'a missing folder to write to',
        provider: make(),
        container: 'no-such-folder',
        role: 'destination',
        step: 'sign',
        code: 'not-found',
        field: 'container',
      },
      {
        ...source,
        what: 'a file instead of a folder',
        provider: make(),
        container: `file-${mark}`,
        step: 'sign',
        code: 'invalid-input',
        field: 'container',
      },
      ...(authority === ''
        ? []
        : [
            {
              ...source,
              what: 'a certificate of an authority that the account does not name',
              provider: make({ authority: '' }),
              step: 'connect',
              code: 'network',
              field: 'options.authority',
            } as const,
          ]),
    ] as const,
    close: async () => undefined,
  };
}
