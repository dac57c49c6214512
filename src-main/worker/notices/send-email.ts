/**
 * Owns one mail through SMTP (nodemailer). Must not try again: the job does. Called by run-notice.ts.
 */
import { createTransport } from 'nodemailer';
import { type FailureCode, FailureError, fail, failure } from '../../../src-shared/model/failure.ts';
import type { Notice } from '../../../src-shared/model/notice.ts';
import type { NoticeTarget } from '../../../src-shared/model/notice-rule.ts';

export type EmailTarget = Extract<NoticeTarget, { channel: 'email' }>;

const PATIENCE = { connectMs: 10_000, silenceMs: 20_000 };
/** What would end an address in a header or a command, or make two of it. */
const NOT_IN_ADDRESS = /[\p{Cc}\s<>,;]/u;

/** Resolves when the server took the mail for every receiver. Rejects with FailureError. A test is less patient. */
export async function sendEmail(
  target: EmailTarget,
  notice: Notice,
  {
    noticeId,
    password,
    signal,
  }: { readonly noticeId: string; readonly password: string | null; readonly signal: AbortSignal },
  { connectMs, silenceMs } = PATIENCE,
): Promise<void> {
  const { host, port, security, user, from, to } = target;
  signal.throwIfAborted();
  if ([from, ...to].some((address) => NOT_IN_ADDRESS.test(address))) {
    fail('invalid-input', 'The notice has an e-mail address that is none.', { field: 'target.to' });
  }
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user === '' ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  let giveUp: () => void = () => undefined;
  // nodemailer cannot be told to stop: it is left behind, and its silence ends it.
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason);
  });
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const sending = transport.sendMail({
      from,
      to: [...to],
      subject: oneLine(notice.title),
      text: `${notice.text}\n`,
      headers: { 'X-Transship-Notice': oneLine(noticeId) },
    });
    const { rejected } = await Promise.race([sending, aborted]);
    // Not again: those who have it would get it twice.
    if (rejected.length > 0) fail('invalid-input', `${host} did not take the mail for ${rejected.join(', ')}.`);
  } catch (thrown) {
    throw signal.aborted ? signal.reason : mailFailure(thrown, host);
  } finally {
    signal.removeEventListener('abort', giveUp);
    transport.close();
  }
}

/** Names of assets and migrations may hold anything; a header may not. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 200);
}

/** nodemailer's codes: EAUTH, ECONNECTION, ETIMEDOUT, ESOCKET, EENVELOPE, EMESSAGE, EDNS, ETLS. Replies: RFC 5321, 4.2.1. */
function mailFailure(thrown: unknown, host: string): unknown {
  if (thrown instanceof FailureError || !(thrown instanceof Error)) return thrown;
  const { code, responseCode } = thrown as Error & { code?: string; responseCode?: number };
  const isLater = responseCode !== undefined && responseCode >= 400 && responseCode < 500;
  const isNever = responseCode !== undefined && responseCode >= 500;
  const isRefusedUser = code === 'EAUTH' && !isLater;
  const meaning: FailureCode = isRefusedUser
    ? 'permission-denied'
    : code === 'ETIMEDOUT'
      ? 'timeout'
      : isNever
        ? 'invalid-input'
        : 'network';
  const reply = responseCode === undefined ? thrown.message : `it answered ${responseCode}`;
  return new FailureError(
    failure(meaning, `The mail could not be given to ${host}: ${reply}.`, {
      hint: isRefusedUser ? 'Check the user and the password of the notice.' : 'Check the mail server of the notice.',
      retryable: !isNever && !isRefusedUser,
    }),
    { cause: thrown },
  );
}
