/**
 * Proves what an account trusts: an authority of one's own beside the public ones, by every provider that speaks HTTPS,
 * and that a certificate that is not right is told at the field where a person mends it. Real sockets, real TLS.
 */
import { createServer, type Server } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FailureError } from '../../src-shared/model/failure.ts';
import { trustOf } from './certificate-authority.ts';
import { NEVER_ABORTED } from './conformance/fixture.ts';
import { keyJson } from './gcs/gcs-test-tokens.ts';
import { createProvider, descriptors } from './registry.ts';
import { makeTestCertificate, type TestCertificate } from './wire/test-certificates.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const authority = makeTestCertificate({ name: 'Our authority', by: null, isAuthority: true });
const stranger = makeTestCertificate({ name: 'Another authority', by: null, isAuthority: true });
const impostor = makeTestCertificate({ name: 'Our authority', by: null, isAuthority: true });
const loopback = { name: 'server', by: authority, hosts: ['127.0.0.1'] };

const servers: Server[] = [];
afterAll(() => servers.map((server) => server.close()));

/** Answers every request that no provider likes; what counts is that it is asked. */
async function listen({ certificate, key }: TestCertificate): Promise<string> {
  const server = createServer({ cert: certificate, key }, (_, response) => response.writeHead(404).end());
  server.on('tlsClientError', () => undefined);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** An account of each kind at that address. */
const ACCOUNTS: Readonly<
  Record<string, (address: string) => { options: Record<string, string>; secrets: Record<string, string> }>
> = {
  s3: (endpoint) => ({ options: { endpoint, accessKeyId: 'id' }, secrets: { secretAccessKey: 'secret' } }),
  azure: (endpoint) => ({ options: { endpoint, accountName: 'account' }, secrets: { sasToken: 'sig=x' } }),
  gcs: (endpoint) => ({ options: { endpoint }, secrets: { serviceAccountKey: keyJson(`${endpoint}/token`) } }),
  webdav: (address) => ({ options: { address, login: 'none' }, secrets: {} }),
  http: () => ({ options: { allowPrivateAddresses: 'true' }, secrets: {} }),
};

async function connectStep(kind: string, address: string, authorityText: string) {
  const account = ACCOUNTS[kind]?.(address) ?? { options: {}, secrets: {} };
  const options = { ...account.options, ...(authorityText === '' ? {} : { authority: authorityText }) };
  const provider = await createProvider(kind, { ...account, options });
  try {
    const container = kind === 'http' ? `${address}/` : 'container';
    const { steps } = await provider.check(container, '', 'source', NEVER_ABORTED);
    return steps.find(({ name }) => name === 'connect');
  } finally {
    await provider.close();
  }
}

describe.each(Object.keys(ACCOUNTS))('%s', (kind) => {
  let address = '';
  beforeAll(async () => {
    address = await listen(makeTestCertificate(loopback));
  });

  test('reaches a server whose authority the account names, among others and with its lines run together', async () => {
    const text = `${stranger.certificate}${authority.certificate}`;
    expect(await connectStep(kind, address, text)).toMatchObject({ failure: null });
    expect(await connectStep(kind, address, text.replaceAll('\n', ' '))).toMatchObject({ failure: null });
  });

  test.each([
    ['no authority', ''],
    ['another authority', stranger.certificate],
    ['an authority that only has the name', impostor.certificate],
  ])('does not believe it with %s, and says where to mend that', async (_, text) => {
    const step = await connectStep(kind, address, text);
    expect(step?.failure).toMatchObject({
      code: 'network',
      message: expect.stringContaining('comes from an authority that is not trusted here'),
      hint: expect.stringContaining('"Certificate authority (PEM)"'),
      field: 'options.authority',
      retryable: false,
    });
  });
});

test.each([
  [
    'for another name',
    { hosts: ['files.example.com'] },
    'is for another name (DNS:files.example.com)',
    'options.address',
  ],
  ['that has expired', { toMs: Date.now() - 1_000 }, 'has expired', 'options.address'],
  ['that is not valid yet', { fromMs: Date.now() + DAY_MS / 2 }, 'is not valid yet', 'options.address'],
])('a certificate %s is not believed, whoever signed it', async (_, wish, words, field) => {
  const address = await listen(makeTestCertificate({ ...loopback, ...wish }));
  const step = await connectStep('webdav', address, authority.certificate);
  expect(step?.failure).toMatchObject({ code: 'network', field, retryable: false });
  expect(step?.failure?.message).toContain(words);
});

test('the certificate of the server itself is enough', async () => {
  const own = makeTestCertificate({ ...loopback, by: null });
  expect(await connectStep('s3', await listen(own), own.certificate)).toMatchObject({ failure: null });
});

test.each([
  ['no certificate at all', 'hello', 'no certificate in PEM form'],
  ['a certificate without its end', authority.certificate.replace('-----END', '-----'), 'no certificate in PEM form'],
  ['one that is cut', authority.certificate.replace(/\n.{64}\n/, '\n'), 'Certificate 1 in this text cannot be read'],
  [
    'a second one that is cut',
    stranger.certificate + authority.certificate.replace(/\n.{64}\n/, '\n'),
    'Certificate 2',
  ],
  ['a private key', authority.certificate + authority.key, 'private key'],
])('%s is refused at its field', (_, text, words) => {
  try {
    trustOf({ options: { authority: text }, secrets: {} });
    expect.unreachable();
  } catch (thrown) {
    if (!(thrown instanceof FailureError)) throw thrown;
    expect(thrown.failure).toMatchObject({ code: 'invalid-input', field: 'options.authority' });
    expect(thrown.failure.message).toContain(words);
    expect(thrown.failure.hint).not.toBe('');
  }
});

test('what is trusted everywhere stays trusted beside it', async () => {
  const address = await listen(makeTestCertificate(loopback));
  const before = getCACertificates();
  setDefaultCACertificates([...before, authority.certificate]);
  try {
    expect(await connectStep('http', address, stranger.certificate)).toMatchObject({ failure: null });
  } finally {
    setDefaultCACertificates(before);
  }
  expect(trustOf({ options: { authority: ' \n' }, secrets: {} })).toBeNull();
});

test('every provider that speaks TLS has the option, and no provider has one that passes over certificates', () => {
  const having = descriptors().filter(({ options }) => options.some(({ name }) => name === 'authority'));
  expect(having.map(({ kind }) => kind).sort()).toEqual([...Object.keys(ACCOUNTS), 'ftp'].sort());
  const names = descriptors().flatMap(({ options }) => options.map(({ name }) => name));
  expect(names.filter((name) => /insecure|verify|unauthorized|skip|ignore/i.test(name))).toEqual([]);
});
