/**
 * Owns the proof of what an account's options mean: keys however they were pasted, fingerprints, and the field of what
 * is wrong.
 */
import ssh2 from 'ssh2';
import { describe, expect, test } from 'vitest';
import { toFailure } from '../../../src-shared/model/failure.ts';
import { sftpSettings } from './sftp-settings.ts';

const FINGERPRINT = `SHA256:${'aB3/'.repeat(10)}xyZ`;
const options = { host: 'files.example.com', user: 'ada', hostKey: FINGERPRINT };
const key = ssh2.utils.generateKeyPairSync('ed25519');
const locked = ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'open', cipher: 'aes256-cbc', rounds: 2 });
const rsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });

const read = (changed: Record<string, string>, secrets: Record<string, string> = { password: 'secret' }, env = {}) =>
  sftpSettings({ options: { ...options, ...changed }, secrets }, env);

function failureOf(work: () => unknown) {
  try {
    work();
  } catch (thrown) {
    return toFailure(thrown);
  }
  throw new Error('Nothing was refused.');
}

test('an ordinary account', () => {
  expect(read({})).toEqual({
    host: 'files.example.com',
    port: 22,
    user: 'ada',
    hostKey: FINGERPRINT,
    password: 'secret',
    privateKey: null,
    agent: null,
    keepsTimes: true,
  });
});

test.each([
  FINGERPRINT,
  `${FINGERPRINT}=`,
  `  ${FINGERPRINT}\n`,
  `256 ${FINGERPRINT} root@files.example.com (ED25519)`,
])('the fingerprint in %j', (hostKey) => {
  expect(read({ hostKey }).hostKey).toBe(FINGERPRINT);
});

test.each([
  ['options.hostKey', { hostKey: 'MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48' }],
  ['options.hostKey', { hostKey: FINGERPRINT.slice(0, -1) }],
  ['options.host', { host: 'sftp://files.example.com' }],
  ['options.host', { host: 'ada@files.example.com' }],
  ['options.port', { port: '0' }],
  ['options.port', { port: '65536' }],
  ['options.port', { port: '22a' }],
  ['options.useAgent', { useAgent: 'true' }],
])('what is wrong is told at %s: %j', (field, changed) => {
  expect(failureOf(() => read(changed))).toMatchObject({ code: 'invalid-input', field });
});

test('an address of IPv6, with its brackets or without', () => {
  expect(read({ host: '[::1]' }).host).toBe('::1');
  expect(read({ host: '::1' }).host).toBe('::1');
});

test('the agent that the environment names', () => {
  expect(read({ useAgent: 'true' }, {}, { SSH_AUTH_SOCK: '/run/agent' }).agent).toBe('/run/agent');
});

test('nothing to sign in with', () => {
  expect(failureOf(() => read({}, {}))).toMatchObject({ code: 'invalid-input', field: 'secrets.password' });
});

describe('a private key', () => {
  test.each([
    ['as it is', key.private],
    ['with the line ends of Windows', key.private.replaceAll('\n', '\r\n')],
    ['in one line, with spaces for its line ends', key.private.replaceAll('\n', ' ')],
    ['in one line, with nothing for its line ends', key.private.replaceAll('\n', '')],
    ['of RSA, in one line', rsa.private.replaceAll('\n', '')],
  ])('%s', (_, privateKey) => {
    expect(read({}, { privateKey }).privateKey?.isPrivateKey()).toBe(true);
  });

  test('that is locked opens with its passphrase only', () => {
    const privateKey = locked.private;
    expect(read({}, { privateKey, passphrase: 'open' }).privateKey?.isPrivateKey()).toBe(true);
    for (const secrets of [{ privateKey }, { privateKey, passphrase: 'wrong' }]) {
      expect(failureOf(() => read({}, secrets))).toMatchObject({ code: 'invalid-input', field: 'secrets.passphrase' });
    }
  });

  test.each([key.public, 'no key', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----'])(
    'that is none is refused, and not shown: %j',
    (privateKey) => {
      const failure = failureOf(() => read({}, { privateKey }));
      expect(failure).toMatchObject({ code: 'invalid-input', field: 'secrets.privateKey' });
      expect(`${failure.message}${failure.hint}`).not.toContain(privateKey);
    },
  );
});
