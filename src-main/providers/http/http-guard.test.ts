/**
 * Owns the proof that web addresses lead to no place that they must not: by number, by name, by redirect, by a name
 * that changes its mind. A canary server counts the connections that got through.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { codeOf, NEVER_ABORTED, readAll } from '../conformance/fixture.ts';
import { classOfAddress, isMetadataHost } from './blocked-addresses.ts';
import type { Resolve } from './guarded-lookup.ts';
import { createHttpWith } from './http-provider.ts';
import { HttpTestServer } from './http-test-server.ts';

const CLOSED = [
  '0.0.0.0',
  '0.1.2.3',
  '169.254.169.254',
  '169.254.1.1',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  'fe80::1',
  'fe80::1%eth0',
  'febf::1',
  'ff02::1',
  'fd00:ec2::254',
  'fd20:ce::254',
  '::ffff:169.254.169.254',
  '::169.254.169.254',
  '::ffff:0:169.254.169.254',
  '64:ff9b::169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '2002:a9fe:a9fe::1',
  '2001:0:1:2:3:4:5601:5601',
  'nonsense',
];
const PRIVATE = [
  '127.0.0.1',
  '127.255.255.254',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '198.18.0.1',
  '192.0.0.1',
  '::1',
  'fc00::1',
  'fdff::1',
  'fec0::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '2002:7f00:1::',
  '2001:db8::1',
];
const PUBLIC = [
  '1.1.1.1',
  '172.32.0.1',
  '169.253.0.1',
  '100.128.0.1',
  '2606:4700::1111',
  '64:ff9b::101:101',
  '2002:101:101::',
];

describe('classes of addresses', () => {
  test.each(CLOSED.map((address) => [address]))('%s is closed', (address) =>
    expect(classOfAddress(address)).toBe('closed'),
  );
  test.each(PRIVATE.map((address) => [address]))('%s is private', (address) =>
    expect(classOfAddress(address)).toBe('private'),
  );
  test.each(PUBLIC.map((address) => [address]))('%s is public', (address) =>
    expect(classOfAddress(address)).toBe('public'),
  );
  test('names of metadata services in every spelling', () => {
    expect(isMetadataHost('Metadata.Google.Internal.')).toBe(true);
    expect(isMetadataHost('metadata.example.com')).toBe(false);
  });
});

let canary: HttpTestServer;
beforeAll(async () => {
  canary = await HttpTestServer.start();
  canary.put('x', Buffer.from('reached'));
});
afterAll(() => canary.stop());
beforeEach(() => {
  canary.seen.length = 0;
  canary.pages.clear();
});

/** Resolves every name to the same addresses. */
const names =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

async function read(url: string, allowPrivate: boolean, resolve: Resolve) {
  const options = { allowPrivateAddresses: String(allowPrivate) };
  const provider = createHttpWith({ options, secrets: {} }, resolve);
  try {
    return (await readAll((await provider.open('', url, { signal: NEVER_ABORTED })).body)).toString();
  } finally {
    await provider.close();
  }
}

describe('without leave for private addresses, nothing reaches this computer', () => {
  test.each([
    ['127.0.0.1', []],
    ['localhost', ['127.0.0.1']],
    ['localhost.', ['127.0.0.1']],
    ['innocent.example', ['127.0.0.1']],
    ['innocent.example', ['1.1.1.1', '127.0.0.1']],
    ['innocent.example', ['::1']],
    ['2130706433', []],
    ['0x7f000001', []],
    ['127.1', []],
    ['[::1]', []],
    ['[::ffff:127.0.0.1]', []],
    ['[64:ff9b::7f00:1]', []],
    ['①②⑦.0.0.1', []],
  ])('%s resolving to %j', async (host, addresses) => {
    expect(await codeOf(read(`http://${host}:${canary.port}/x`, false, names(...addresses)))).toBe('permission-denied');
    expect(canary.seen).toEqual([]);
  });
});

test('with leave, private addresses open', async () => {
  expect(await read(`${canary.origin}/x`, true, names())).toBe('reached');
  expect(await read(`http://nas.local:${canary.port}/x`, true, names('127.0.0.1'))).toBe('reached');
});

describe('even with leave, these stay closed', () => {
  test.each([
    ['http://169.254.169.254/latest/meta-data/', []],
    ['http://2852039166/', []],
    ['http://[fd00:ec2::254]/', []],
    ['http://metadata.google.internal/', ['127.0.0.1']],
    ['http://innocent.example/', ['169.254.169.254']],
    ['http://innocent.example/', ['127.0.0.1', 'fe80::1']],
    ['http://0/', []],
  ])('%s', async (url, addresses) => {
    expect(await codeOf(read(url, true, names(...addresses)))).toBe('permission-denied');
  });

  test('a redirect to metadata', async () => {
    const location = 'http://169.254.169.254/latest/';
    canary.pages.set('/jump', { status: 302, headers: { location }, body: '' });
    expect(await codeOf(read(`${canary.origin}/jump`, true, names()))).toBe('permission-denied');
  });
});

test('a name that changes its mind between two connections is judged both times', async () => {
  let asked = 0;
  const flips: Resolve = async () => {
    asked += 1;
    return [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }];
  };
  const provider = createHttpWith({ options: { allowPrivateAddresses: 'true' }, secrets: {} }, flips);
  const open = () => provider.open('', `http://flip.example:${canary.port}/x`, { signal: NEVER_ABORTED });
  const [first, second] = await Promise.allSettled([open(), open()]);
  expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected']);
  expect(canary.seen).toHaveLength(1);
  await provider.close();
});
