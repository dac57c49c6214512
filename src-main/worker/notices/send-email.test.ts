/** Proves the sending of mail against a real SMTP server in this process. */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { noticeRule } from '../../../src-shared/contract/schemas.ts';
import { type Failure, toFailure } from '../../../src-shared/model/failure.ts';
import type { Notice } from '../../../src-shared/model/notice.ts';
import { AttemptAborted } from '../abort.ts';
import { type EmailTarget, sendEmail } from './send-email.ts';

const NOTICE: Notice = {
  kind: 'test',
  title: 'Media is complete',
  text: '3 of 3 moved.\n.\nQUIT',
  atMs: 1_800_000_000_000,
  migration: null,
};
const TARGET: EmailTarget = {
  channel: 'email',
  host: '127.0.0.1',
  port: 0,
  security: 'none',
  user: '',
  from: 'transship@example.com',
  to: ['one@example.com', 'two@example.com'],
};
const ENVELOPE = { noticeId: '7/test:1', password: null, signal: new AbortController().signal };

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(options: SMTPServerOptions = {}): Promise<{ readonly port: number; readonly mails: Mail[] }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    closeTimeout: 100,
    async onData(stream, session, done) {
      const parts: Buffer[] = [];
      for await (const part of stream) parts.push(part as Buffer);
      const { mailFrom, rcptTo } = session.envelope;
      mails.push({
        from: mailFrom === false ? '' : mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        text: Buffer.concat(parts).toString(),
      });
      done();
    },
    ...options,
  });
  // Clients that hang up in the middle are what some of these tests are about.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return { port: (server.server.address() as AddressInfo).port, mails };
}

const refuse = (responseCode: number): Error => Object.assign(new Error('no'), { responseCode });

async function failureOf(target: Partial<EmailTarget>, password: string | null = null): Promise<Failure> {
  try {
    await sendEmail({ ...TARGET, ...target }, NOTICE, { ...ENVELOPE, password });
  } catch (thrown) {
    return toFailure(thrown);
  }
  throw new Error('The server took it.');
}

describe('a mail', () => {
  it('reaches everybody once, with its words whole', async () => {
    const { port, mails } = await serve();
    await sendEmail({ ...TARGET, port }, NOTICE, ENVELOPE);
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ from: TARGET.from, to: TARGET.to });
    expect(mails[0]?.text).toContain('Subject: Media is complete\r\n');
    expect(mails[0]?.text).toContain('X-Transship-Notice: 7/test:1\r\n');
    expect(mails[0]?.text).toContain('3 of 3 moved.\r\n.\r\nQUIT\r\n');
  });

  it.each([421, 450, 451, 452])('that the server puts off with %i is tried again', async (code) => {
    const { port } = await serve({ onMailFrom: (_, __, done) => done(refuse(code)) });
    expect(await failureOf({ port })).toMatchObject({ code: 'network', retryable: true });
  });

  it.each([550, 552, 554])('that the server refuses with %i is not tried again', async (code) => {
    const { port } = await serve({ onMailFrom: (_, __, done) => done(refuse(code)) });
    expect(await failureOf({ port })).toMatchObject({ code: 'invalid-input', retryable: false });
  });

  it.each([
    [451, true],
    [554, false],
  ])('that is answered with %i after its last word is tried again: %s', async (code, retryable) => {
    const { port } = await serve({
      onData(stream, _, done) {
        stream.on('end', () => done(refuse(code))).resume();
      },
    });
    expect(await failureOf({ port })).toMatchObject({ retryable });
  });

  it('that one of its receivers refuses for good says so, and is not sent to the others again', async () => {
    const { port, mails } = await serve({
      onRcptTo: ({ address }, _, done) => done(address === 'two@example.com' ? refuse(550) : null),
    });
    const found = await failureOf({ port });
    expect(found).toMatchObject({ retryable: false });
    expect(found.message).toContain('two@example.com');
    expect(mails.map(({ to }) => to)).toEqual([['one@example.com']]);
  });

  it.each([
    [535, false],
    [454, true],
  ])('whose user is answered with %i is tried again: %s', async (code, retryable) => {
    const { port, mails } = await serve({ onAuth: (_, __, done) => done(refuse(code)) });
    const found = await failureOf({ port, user: 'me' }, 'wrong secret');
    expect(found).toMatchObject({ code: retryable ? 'network' : 'permission-denied', retryable });
    expect(JSON.stringify(found)).not.toContain('wrong secret');
    expect(mails).toEqual([]);
  });

  it('is sent by the right user', async () => {
    const { port, mails } = await serve({
      authOptional: false,
      onAuth: ({ username, password }, _, done) =>
        username === 'me' && password === 'secret' ? done(null, { user: 'me' }) : done(refuse(535)),
    });
    await sendEmail({ ...TARGET, port, user: 'me' }, NOTICE, { ...ENVELOPE, password: 'secret' });
    expect(mails).toHaveLength(1);
  });

  it('never leaves its password with a server that offers no encryption, when that was asked for', async () => {
    const asked: string[] = [];
    const { port } = await serve({
      onAuth({ password }, _, done) {
        asked.push(`${password}`);
        done(null, { user: 'me' });
      },
    });
    const found = await failureOf({ port, user: 'me', security: 'starttls' }, 'secret');
    expect(found.retryable).toBe(false);
    expect(asked).toEqual([]);
  });

  it('to a server that never says a word ends as a timeout', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => silent.close(() => resolve())));
    const { port } = silent.address() as AddressInfo;
    await expect(
      sendEmail({ ...TARGET, port }, NOTICE, ENVELOPE, { connectMs: 200, silenceMs: 200 }),
    ).rejects.toMatchObject({
      failure: { code: 'timeout', retryable: true },
    });
  });

  it('to a server that is not there is tried again', async () => {
    const { port } = await serve();
    await closers.pop()?.();
    expect(await failureOf({ port })).toMatchObject({ code: 'network', retryable: true });
  });

  it('is given up the moment somebody ends the attempt', async () => {
    const ending = new AbortController();
    const { port, mails } = await serve({ onMailFrom: () => ending.abort(new AttemptAborted('shutdown')) });
    const sending = sendEmail({ ...TARGET, port }, NOTICE, { ...ENVELOPE, signal: ending.signal });
    await expect(sending).rejects.toBeInstanceOf(AttemptAborted);
    expect(mails).toEqual([]);
  });

  it('is not even begun when the attempt has ended before', async () => {
    const { port, mails } = await serve();
    const signal = AbortSignal.abort(new AttemptAborted('cancel'));
    await expect(sendEmail({ ...TARGET, port }, NOTICE, { ...ENVELOPE, signal })).rejects.toBeInstanceOf(
      AttemptAborted,
    );
    expect(mails).toEqual([]);
  });
});

describe('a line break', () => {
  it('in a subject or an id makes no header of its own', async () => {
    const { port, mails } = await serve();
    const title = 'Media\r\nBcc: spy@example.com\r\n\r\nand a body';
    await sendEmail({ ...TARGET, port }, { ...NOTICE, title }, { ...ENVELOPE, noticeId: '7/a\r\nX-Evil: 1' });
    const [headers = ''] = (mails[0]?.text ?? '').split('\r\n\r\n');
    expect(headers).not.toMatch(/^(Bcc|X-Evil):/m);
    expect(headers).toContain('Media Bcc: spy@example.com and a body');
    expect(mails[0]?.to).toEqual(TARGET.to);
  });

  const rule = { name: 'n', events: ['migration-finished'] };
  it.each([
    ['from', { from: 'me@example.com\r\nBcc: spy@example.com' }],
    ['to', { to: ['you@example.com\nRCPT TO:<spy@example.com>'] }],
    ['to', { to: ['"you\r\n"@example.com'] }],
    ['to', { to: ['you@example.com, spy@example.com'] }],
  ])('in an address is refused where it is typed: %s', (field, change) => {
    const found = noticeRule.safeParse({ ...rule, target: { ...TARGET, port: 25, ...change } });
    expect(found.error?.issues[0]?.path.slice(0, 2)).toEqual(['target', field]);
  });

  it('in an address that came in another way is not sent', async () => {
    const { port, mails } = await serve();
    for (const change of [
      { to: ['you@example.com>\r\nRCPT TO:<spy@example.com'] },
      { from: 'me@example.com>\r\nRCPT TO:<spy@example.com' },
      { to: ['you@example.com, spy@example.com'] },
    ]) {
      expect(await failureOf({ port, ...change })).toMatchObject({ code: 'invalid-input', retryable: false });
    }
    expect(mails).toEqual([]);
  });
});
