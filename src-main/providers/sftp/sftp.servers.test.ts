/**
 * Owns the proof that SFTP keeps the contract of providers against a real OpenSSH, which the environment names: a folder
 * of this computer that the server shows. Run by `npm run test:servers`.
 */
import * as fs from 'node:fs/promises';
import { test } from 'vitest';
import { describeProvider } from '../provider-conformance.ts';
import { sftpDescriptor } from './descriptor.ts';
import { leftovers, makeFolder, serverAddress, withKey, withPassword } from './server-under-test.ts';

const OTHER_KEY = `SHA256:${'A'.repeat(43)}`;

if (serverAddress === undefined) test.skip('TRANSSHIP_TEST_SFTP_HOST names no server');
else describeProvider(`SFTP at port ${serverAddress.port}`, setUp, sftpDescriptor.capabilities);

async function setUp() {
  const container = await makeFolder('conformance');
  await makeFolder('empty');
  const source = { container, role: 'source', field: 'options.hostKey', step: 'host key' } as const;
  return {
    provider: withPassword(),
    another: () => withKey(),
    container,
    // Below the folder in which a login begins.
    emptyContainer: 'empty',
    missingContainer: 'no-such-folder',
    seed: null,
    leftovers,
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
