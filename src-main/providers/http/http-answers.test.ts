/**
 * Owns the proof that web servers which misbehave, redirect or ask for a sign-in are dealt with as promised.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Failure } from '../../../src-shared/model/failure.ts';
import { bytesOf, codeOf, listKeys, md5, NEVER_ABORTED, readAll } from '../conformance/fixture.ts';
import type { ByteRange, Provider } from '../provider.ts';
import { createHttp } from './http-provider.ts';
import { HttpTestServer } from './http-test-server.ts';

const account = { options: { allowPrivateAddresses: 'true' }, secrets: {} };
const bytes = bytesOf(200_000);
let server: HttpTestServer;
let other: HttpTestServer;
let provider: Provider;

beforeEach(async () => {
  server = await HttpTestServer.start();
  other = await HttpTestServer.start();
  server.put('x.bin', bytes, 'image/png');
  other.put('x.bin', bytes);
  provider = createHttp(account);
});
afterEach(async () => {
  await provider.close();
  await server.stop();
  await other.stop();
});

const open = (url = `${server.origin}/x.bin`, range?: ByteRange) =>
  provider.open('', url, { signal: NEVER_ABORTED, ...(range === undefined ? {} : { range }) });
const read = async (url?: string, range?: ByteRange) => md5(await readAll((await open(url, range)).body));

describe('bodies', () => {
  test.each([0, 1, 100_000, 199_999])('cut after %i bytes is a network failure', async (cutsAfterBytes) => {
    server.quirks = { cutsAfterBytes };
    expect(await codeOf(read())).toBe('network');
  });

  test('without a length: size unknown, bytes whole, and a cut is found out', async () => {
    server.quirks = { sendsNoLength: true };
    const opened = await open();
    expect(opened.head.sizeBytes).toBe(-1);
    expect(md5(await readAll(opened.body))).toBe(md5(bytes));
    server.quirks = { sendsNoLength: true, cutsAfterBytes: 1_000 };
    expect(await codeOf(read())).toBe('network');
  });

  test('compressed bytes stay compressed and keep their header', async () => {
    server.quirks = { contentEncoding: 'gzip' };
    const opened = await open();
    expect(md5(await readAll(opened.body))).toBe(md5(bytes));
    expect(opened.head.headers).toEqual({ contentType: 'image/png', contentEncoding: 'gzip' });
    expect(server.seen.at(-1)?.headers['accept-encoding']).toBe('identity');
  });

  test('ranges from a server that knows none', async () => {
    server.quirks = { ignoresRanges: true };
    expect(await read(undefined, { first: 100, last: 150_000 })).toBe(md5(bytes.subarray(100, 150_001)));
  });

  test('another range than asked for is a network failure', async () => {
    server.quirks = { shiftsRanges: true };
    expect(await codeOf(read(undefined, { first: 100, last: 200 }))).toBe('network');
  });
});

test('a server without HEAD answers through GET', async () => {
  server.quirks = { refusesHead: true };
  expect((await provider.head('', `${server.origin}/x.bin`, NEVER_ABORTED))?.sizeBytes).toBe(bytes.byteLength);
});

test('without an ETag, time and size tell versions apart', async () => {
  server.quirks = { sendsNoETag: true };
  const head = await provider.head('', `${server.origin}/x.bin`, NEVER_ABORTED);
  const ifVersion = head?.versionToken ?? '';
  expect(ifVersion).toContain('200000 bytes');
  const again = () => provider.open('', `${server.origin}/x.bin`, { ifVersion, signal: NEVER_ABORTED });
  (await again()).close();
  server.put('x.bin', bytesOf(5));
  expect(await codeOf(again())).toBe('source-changed');
});

test('a server whose HEAD says less than its GET has one version of an asset all the same', async () => {
  server.quirks = { sendsNoETag: true, headsWithoutLength: true };
  const opened = await open();
  opened.close();
  const head = await provider.head('', `${server.origin}/x.bin`, NEVER_ABORTED);
  expect(head?.versionToken).toBe(opened.head.versionToken);
});

describe('refusals', () => {
  test.each([
    [400, 'unexpected'],
    [401, 'auth-expired'],
    [403, 'permission-denied'],
    [404, 'not-found'],
    [408, 'timeout'],
    [410, 'not-found'],
    [416, 'source-changed'],
    [429, 'rate-limited'],
    [500, 'network'],
    [502, 'network'],
    [503, 'rate-limited'],
  ])('%i is %s', async (status, code) => {
    server.quirks = { status, retryAfter: '7' };
    const failed = await open().catch((thrown: unknown) => thrown);
    expect(failed).toMatchObject({ failure: { code } });
    expect(failed).toHaveProperty('failure.retryAfterMs', 7_000);
    if (code === 'not-found') expect(await provider.head('', `${server.origin}/x.bin`, NEVER_ABORTED)).toBeNull();
  });
});

describe('a signed address', () => {
  const ask = (query: string, status: number, date?: string) => {
    const headers: Record<string, string> = date === undefined ? {} : { date };
    server.pages.set(`/x.bin?${query}`, { status, headers, body: '' });
    return open(`${server.origin}/x.bin?${query}`).then(
      () => null,
      (thrown: { readonly failure: Failure }) => thrown.failure,
    );
  };
  const permit = 'X-Amz-Date=20261121T080000Z&X-Amz-Expires=3600&X-Amz-Signature=c0ffee';

  test.each([400, 401, 403])('whose permit ended, refused by %i, says when and what to do', async (status) => {
    const failed = await ask(permit, status, 'Sat, 21 Nov 2026 09:00:01 GMT');
    expect(failed).toMatchObject({ code: 'auth-expired', retryable: false, hint: expect.stringContaining('new') });
    expect(failed?.message).toContain('ended at 2026-11-21T09:00:00.000Z');
    expect(JSON.stringify(failed)).not.toContain('c0ffee');
  });

  test('whose permit still holds, by the clock of the server, is refused for another reason', async () => {
    expect(await ask(permit, 403, 'Sat, 21 Nov 2026 08:59:59 GMT')).toMatchObject({ code: 'permission-denied' });
    expect(await ask(permit, 400, 'Sat, 21 Nov 2026 08:59:59 GMT')).toMatchObject({ code: 'unexpected' });
  });

  test('that does not say when its permit ends', async () => {
    expect(await ask('token=c0ffee', 403)).toMatchObject({ code: 'auth-expired' });
    expect(await ask('token=c0ffee', 400)).toMatchObject({ code: 'unexpected' });
    expect(await ask('v=2', 403)).toMatchObject({ code: 'permission-denied' });
  });

  test.each([404, 500, 503])('is shown without its permit in every other failure (%i)', async (status) => {
    const failed = await ask(permit, status);
    expect(failed?.message).toContain('/x.bin?…');
    expect(JSON.stringify(failed)).not.toContain('c0ffee');
  });

  test('is shown without it when the server goes round in circles, or is none', async () => {
    server.pages.set(`/loop?${permit}`, { status: 302, headers: { location: `/loop?${permit}` }, body: '' });
    for (const url of [`${server.origin}/loop?${permit}`, `http://127.0.0.1:9/x?${permit}`, `ftp://h/x?${permit}`]) {
      const failed = await open(url).catch((thrown: unknown) => thrown);
      expect(failed).toHaveProperty('failure.code');
      expect(String(failed)).not.toContain('c0ffee');
    }
  });
});

describe('redirects', () => {
  const redirect = (from: string, location: string, status = 302) =>
    server.pages.set(from, { status, headers: { location }, body: '' });

  test('are followed, relative ones too', async () => {
    redirect('/a', '/b', 301);
    redirect('/b', 'x.bin', 307);
    expect(await read(`${server.origin}/a`)).toBe(md5(bytes));
    redirect('/c', `${other.origin}/x.bin`, 308);
    expect(await read(`${server.origin}/c`)).toBe(md5(bytes));
  });

  test('five of them, not six', async () => {
    for (let at = 1; at <= 6; at += 1) redirect(`/r${at}`, at === 1 ? '/x.bin' : `/r${at - 1}`);
    expect(await read(`${server.origin}/r5`)).toBe(md5(bytes));
    expect(await codeOf(read(`${server.origin}/r6`))).toBe('network');
  });

  test('a loop ends', async () => {
    redirect('/loop', '/loop');
    expect(await codeOf(read(`${server.origin}/loop`))).toBe('network');
    expect(server.seen.length).toBeLessThanOrEqual(6);
  });

  test.each(['file:///etc/passwd', 'ftp://h/x', 'http://', 'http://u:p@127.0.0.1/'])(
    'to %s are refused',
    async (location) => {
      redirect('/bad', location);
      expect(['invalid-input', 'network']).toContain(await codeOf(read(`${server.origin}/bad`)));
    },
  );
});

describe('a sign-in goes to one server only', () => {
  const signedIn = (signInAddress: string) =>
    createHttp({
      options: { ...account.options, user: 'me', signInAddress },
      secrets: { password: 'geheim' },
    });
  const basic = `Basic ${Buffer.from('me:geheim').toString('base64')}`;

  test('which gets it', async () => {
    server.quirks = { wants: basic };
    const signed = signedIn(server.origin);
    const opened = await signed.open('', `${server.origin}/x.bin`, { signal: NEVER_ABORTED });
    expect(md5(await readAll(opened.body))).toBe(md5(bytes));
    await signed.close();
  });

  test('and nobody else: not by address, not by redirect, and back again only at home', async () => {
    const signed = signedIn(server.origin);
    server.pages.set('/away', { status: 302, headers: { location: `${other.origin}/back` }, body: '' });
    other.pages.set('/back', { status: 302, headers: { location: `${server.origin}/x.bin` }, body: '' });
    const opened = await signed.open('', `${server.origin}/away`, { signal: NEVER_ABORTED });
    opened.close();
    (await signed.open('', `${other.origin}/x.bin`, { signal: NEVER_ABORTED })).close();
    await signed.close();
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([basic, basic]);
    expect(other.seen.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });

  test('not to the same host on another port or scheme', async () => {
    const signed = signedIn(server.origin.replace('http:', 'https:'));
    (await signed.open('', `${server.origin}/x.bin`, { signal: NEVER_ABORTED })).close();
    await signed.close();
    expect(server.seen.at(-1)?.headers.authorization).toBeUndefined();
  });

  test('a token instead', async () => {
    server.quirks = { wants: 'Bearer abc.def' };
    const signed = createHttp({
      options: { ...account.options, signInAddress: `${server.origin}/anything` },
      secrets: { token: 'abc.def' },
    });
    (await signed.open('', `${server.origin}/x.bin`, { signal: NEVER_ABORTED })).close();
    await signed.close();
  });
});

describe('index pages', () => {
  const html = (body: string) => ({ status: 200, headers: { 'content-type': 'text/html' }, body });
  const list = (container: string) => listKeys(provider, container, '');

  test('made by hand: deeper links, doubles, and links elsewhere', async () => {
    for (const path of ['site/a.png', 'site/img/b.png', 'site/img/c.png', 'site/img/deep/d.png'])
      server.put(path, bytes);
    server.pages.set(
      '/site/',
      html(`<a href="a.png">a</a><a href="./a.png?v=2">again</a><a href="a.png#top">and again</a>
        <a href="img/c.png">c</a><a href="/site/img/deep/d.png">d</a><a href="img/">images</a>
        <a href="${other.origin}/x.bin">elsewhere</a><a href="//example.com/y">elsewhere</a><a href="../up.png">up</a>
        <a href="/outside.png">outside</a><a href="/site/">self</a><a href="mailto:a@b">mail</a>
        <a href="javascript:void(0)">script</a><a href="img/../../evil.png">evil</a><a href="%2e%2e/evil2.png">evil</a>
        <a name="x">no link</a>`),
    );
    server.pages.set('/site/img/', html('<a href="b.png">b</a>'));
    const keys = ['a.png', 'img/b.png', 'img/c.png', 'img/deep/d.png'];
    expect(await list(`${server.origin}/site/`)).toEqual(keys);
    expect(await list(`${server.origin}/site/index.html`)).toEqual(keys);
    for (const key of keys) {
      const opened = await provider.open(`${server.origin}/site/`, key, { signal: NEVER_ABORTED });
      expect(md5(await readAll(opened.body))).toBe(md5(bytes));
    }
  });

  test('a folder that contains itself ends with a failure, not never', async () => {
    server.pages.set('/turn/', html('<a href="again/">again</a>'));
    const container = `${server.origin}/turn/`;
    for (let depth = 1; depth < 80; depth += 1) {
      server.pages.set(`/turn/${'again/'.repeat(depth)}`, html('<a href="again/">again</a>'));
    }
    expect(await codeOf(list(container))).toBe('unsupported');
  });

  test.each([
    ['a picture', { status: 200, headers: { 'content-type': 'image/png' }, body: 'x' }, 'unsupported'],
    [
      'JSON of another kind',
      { status: 200, headers: { 'content-type': 'application/json' }, body: '{"a":1}' },
      'unsupported',
    ],
    ['broken JSON', { status: 200, headers: { 'content-type': 'application/json' }, body: '[{' }, 'unsupported'],
    [
      'JSON with a name that climbs',
      { status: 200, headers: { 'content-type': 'application/json' }, body: '[{"name":"../x","type":"file"}]' },
      'unsupported',
    ],
    ['a redirect elsewhere', { status: 302, headers: { location: '/login' }, body: '' }, 'invalid-input'],
    ['a missing right', { status: 403, headers: {}, body: '' }, 'permission-denied'],
    [
      'a name that is no text',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<a href="%ff">x</a>' },
      'name-invalid',
    ],
    [
      'a name with a hidden slash',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<a href="a%2Fb">x</a>' },
      'name-invalid',
    ],
  ])('%s is a failure', async (_, page, code) => {
    server.pages.set('/page/', page);
    server.pages.set('/login', html('<a href="x">x</a>'));
    expect(await codeOf(list(`${server.origin}/page/`))).toBe(code);
  });

  test('an address without an index page cannot be listed', async () => {
    expect(await codeOf(list(''))).toBe('unsupported');
  });
});
