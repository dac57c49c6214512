/** Proves the call of a webhook against real servers on the loopback, which answer well, badly or not at all. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Failure, toFailure } from '../../../src-shared/model/failure.ts';
import type { Notice } from '../../../src-shared/model/notice.ts';
import { resolveBySystem } from '../../providers/http/guarded-lookup.ts';
import { makeTestCertificate } from '../../providers/wire/test-certificates.ts';
import { AttemptAborted } from '../abort.ts';
import { runNotice } from './run-notice.ts';
import { sendWebhook, signedHeaders, type WebhookCall } from './send-webhook.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 12, 0, 0, 250);
const NOTICE: Notice = {
  kind: 'test',
  title: 'Grüße: "a" is complete',
  text: '3 of 3 moved.\nWith a second line.',
  atMs: NOW_MS,
  migration: null,
};
const CALL: WebhookCall = { noticeId: '7/test:1', secret: null, nowMs: NOW_MS, signal: new AbortController().signal };

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** The server reads the whole request, writes it down, then answers as it is told. */
async function serve(answer: RequestListener): Promise<{ readonly url: string; readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method, url, headers } = request;
    seen.push({ method, url, headers, body: Buffer.concat(parts).toString() });
    answer(request, response);
  });
  servers.push(server);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?to=me`, seen };
}

async function failureOf(
  url: string,
  allowPrivate = true,
  surroundings?: Parameters<typeof sendWebhook>[3],
): Promise<Failure> {
  try {
    await sendWebhook({ url, allowPrivate }, NOTICE, CALL, surroundings);
  } catch (thrown) {
    return toFailure(thrown);
  }
  throw new Error('The receiver took it.');
}

const statusServer = (status: number, headers: Record<string, string> = {}) =>
  serve((_, response) => response.writeHead(status, headers).end('words that nobody reads'));

describe('a webhook', () => {
  it.each([200, 202, 204, 299])('that answers %i took the notice, which it got once and whole', async (status) => {
    const { url, seen } = await statusServer(status);
    await sendWebhook({ url, allowPrivate: true }, NOTICE, CALL);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/hooks?to=me' });
    expect(seen[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      type: 'test',
      timestamp: '2026-11-21T12:00:00.250Z',
      data: NOTICE,
    });
  });

  it.each([
    [400, 'unsupported', false],
    [401, 'permission-denied', false],
    [403, 'permission-denied', false],
    [404, 'unsupported', false],
    [410, 'unsupported', false],
    [408, 'network', true],
    [425, 'network', true],
    [429, 'rate-limited', true],
    [500, 'network', true],
    [502, 'network', true],
    [503, 'rate-limited', true],
    [504, 'network', true],
  ])('that answers %i did not take it: %s, tried again: %s', async (status, code, retryable) => {
    const { url } = await statusServer(status);
    const found = await failureOf(url);
    expect(found).toMatchObject({ code, retryable });
    expect(found.message).toContain(`${status}`);
    expect(found.hint).not.toBe('');
  });

  it.each([
    [429, '120', 120_000],
    [503, '7200', 7_200_000],
    [500, '30', 30_000],
    [429, 'Sat, 21 Nov 2026 12:01:00 GMT', 59_750],
    [429, 'soon', undefined],
  ])('that answers %i with Retry-After "%s" is left alone for all of it', async (status, retryAfter, waitMs) => {
    const { url } = await statusServer(status, { 'retry-after': retryAfter });
    expect((await failureOf(url)).retryAfterMs).toBe(waitMs);
  });

  it.each([301, 302, 303, 307, 308])('that answers %i is not followed', async (status) => {
    const elsewhere = await statusServer(200);
    const { url } = await statusServer(status, { location: elsewhere.url });
    expect(await failureOf(url)).toMatchObject({ code: 'invalid-input', retryable: false });
    expect(elsewhere.seen).toEqual([]);
  });

  it('that never answers ends as a timeout', async () => {
    const { url } = await serve(() => undefined);
    expect(await failureOf(url, true, { answerMs: 200, resolve: resolveBySystem })).toMatchObject({
      code: 'timeout',
      retryable: true,
    });
  });

  it('that drips its headers for ever ends as a timeout all the same', async () => {
    const { url } = await serve((request) => {
      request.socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => request.socket.write(`x-${Date.now()}: 1\r\n`), 50);
      request.socket.on('error', () => undefined).on('close', () => clearInterval(drip));
    });
    expect(await failureOf(url, true, { answerMs: 300, resolve: resolveBySystem })).toMatchObject({
      code: 'timeout',
      retryable: true,
    });
  });

  it('that sends a body without end is hung up on: its status is all that counts', async () => {
    let sentBytes = 0;
    let whenHungUp: () => void = () => undefined;
    const hungUp = new Promise<void>((resolve) => {
      whenHungUp = resolve;
    });
    const { url } = await serve((_, response) => {
      response.on('close', whenHungUp);
      response.writeHead(200);
      const part = Buffer.alloc(65_536);
      const pour = (): void => {
        while (!response.destroyed && response.write(part)) sentBytes += part.length;
        if (!response.destroyed) response.once('drain', pour);
      };
      pour();
    });
    await sendWebhook({ url, allowPrivate: true }, NOTICE, CALL);
    await hungUp;
    expect(sentBytes).toBeLessThan(64 * 1024 * 1024);
  });

  it('that breaks the connection, speaks no HTTP or is not there is tried again', async () => {
    const broken = await serve((request) => request.socket.destroy());
    expect(await failureOf(broken.url)).toMatchObject({ code: 'network', retryable: true });
    const noise = await serve((request) => request.socket.end('220 mail.example ESMTP\r\n'));
    expect(await failureOf(noise.url)).toMatchObject({ code: 'network', retryable: true });
    const { url } = await serve(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await failureOf(url)).toMatchObject({ code: 'network', retryable: true });
  });

  it('whose certificate is not trusted is not told anything, and the hint is none about accounts', async () => {
    const { certificate, key } = makeTestCertificate({ name: 'receiver', by: null, hosts: ['127.0.0.1'] });
    let calls = 0;
    const server = createSecureServer({ cert: certificate, key }, () => (calls += 1));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const failed = await failureOf(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(failed).toMatchObject({
      code: 'network',
      retryable: false,
      hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
    expect([failed.field, calls]).toEqual([undefined, 0]);
  });

  it('is given up the moment somebody ends the attempt', async () => {
    const ending = new AbortController();
    const { url } = await serve(() => ending.abort(new AttemptAborted('pause')));
    const order = { jobId: 1, token: 't', attempt: 1, noticeId: 'n', secret: null, notice: NOTICE };
    const target = { channel: 'webhook', url, allowPrivate: true } as const;
    expect(await runNotice({ ...order, target }, NOW_MS, ending.signal)).toEqual({ kind: 'aborted', reason: 'pause' });
  });
});

describe('the signature', () => {
  /** As a receiver does it, from the words of the specification alone. */
  function verifies({ headers, body }: Seen, key: Buffer): boolean {
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const wanted = createHmac('sha256', key).update(signed, 'utf8').digest();
    const [version, given = ''] = `${headers['webhook-signature']}`.split(',');
    const found = Buffer.from(given, 'base64');
    return version === 'v1' && found.length === wanted.length && timingSafeEqual(found, wanted);
  }

  const key = Buffer.from('0123456789abcdef0123456789abcdef');
  it.each([
    ['a plain secret', 'pässword', Buffer.from('pässword')],
    ['a secret of Standard Webhooks', `whsec_${key.toString('base64')}`, key],
  ])('by %s is verified over the very bytes that were sent', async (_, secret, expectedKey) => {
    const { url, seen } = await statusServer(200);
    await sendWebhook({ url, allowPrivate: true }, NOTICE, { ...CALL, secret });
    const [request] = seen;
    if (request === undefined) throw new Error('Nothing came.');
    expect(request.headers['webhook-id']).toBe('7/test:1');
    expect(request.headers['webhook-timestamp']).toBe(`${Math.floor(NOW_MS / 1000)}`);
    expect(verifies(request, expectedKey)).toBe(true);
    expect(verifies({ ...request, body: `${request.body} ` }, expectedKey)).toBe(false);
    expect(verifies(request, Buffer.from('another'))).toBe(false);
  });

  it('agrees with the example that Standard Webhooks publishes', () => {
    // From the specification's own libraries: id, time, secret and body with their known signature.
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const body = '{"test": 2432232314}';
    const headers = signedHeaders(body, { noticeId: 'msg_p5jXN8AQM9LWM0D4loKWxJek', secret, nowMs: 1_614_265_330_000 });
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('is left out without a secret', async () => {
    const { url, seen } = await statusServer(200);
    await sendWebhook({ url, allowPrivate: true }, NOTICE, CALL);
    expect(seen[0]?.headers).not.toHaveProperty('webhook-signature');
  });
});

describe('an address that must not be called', () => {
  it('is not called: private without permission, metadata always, credentials never', async () => {
    const { url, seen } = await statusServer(200);
    expect(await failureOf(url, false)).toMatchObject({ code: 'permission-denied', retryable: false });
    const metadata = 'http://169.254.169.254/latest/meta-data/';
    expect(await failureOf(metadata)).toMatchObject({ code: 'permission-denied', field: 'target.url' });
    expect(await failureOf(url.replace('http://', 'http://me:secret@'))).toMatchObject({ code: 'invalid-input' });
    expect(seen).toEqual([]);
  });

  it.each([
    ['127.0.0.1', false],
    ['10.0.0.8', false],
    ['169.254.169.254', true],
  ])('is not called when a public name leads to %s', async (address, allowPrivate) => {
    const { url, seen } = await statusServer(200);
    const named = url.replace('127.0.0.1', 'hooks.example');
    const resolve = async () => [{ address, family: 4 }];
    const found = await failureOf(named, allowPrivate, { answerMs: 1_000, resolve });
    expect(found).toMatchObject({ code: 'permission-denied', field: 'target.url', retryable: false });
    expect(`${found.message} ${found.hint}`).not.toMatch(/account|read from/);
    expect(seen).toEqual([]);
  });

  it('is called by its name when private addresses are allowed', async () => {
    const { url, seen } = await statusServer(200);
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const target = { url: url.replace('127.0.0.1', 'hooks.example'), allowPrivate: true };
    await sendWebhook(target, NOTICE, CALL, { answerMs: 1_000, resolve });
    expect(seen[0]?.headers.host).toMatch(/^hooks\.example:/);
  });
});
