/**
 * Owns one mail through SMTP (nodemailer). Must not try again: the job does. Called by run-notice.ts.
 */
import { createTransport } from 'nodemailer';
import { type FailureCode, FailureError, failure } from '../../../src-shared/model/failure.ts';
import type { Notice } from '../../../src-shared/model/notice.ts';
import type { NoticeTarget } from '../../../src-shared/model/notice-rule.ts';

export type EmailTarget = Extract<NoticeTarget, { channel: 'email' }>;

const CONNECT_MS = 10_000;
const SILENCE_MS = 20_000;

/** Resolves when the server took the mail for every receiver. Rejects with FailureError. */
export async function sendEmail(
  target: EmailTarget,
  notice: Notice,
  {
    noticeId,
    password,
    signal,
  }: { readonly noticeId: string; readonly password: string | null; readonly signal: AbortSignal },
): Promise<void> {
  const { host, port, security, user, from, to } = target;
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user === '' ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const close = (): void => transport.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const { rejected } = await transport.sendMail({
      from,
      to: [...to],
      subject: oneLine(notice.title),
      text: `${notice.text}\n`,
      headers: { 'X-Transship-Notice': oneLine(noticeId) },
    });
    if (rejected.length > 0) {
      throw new FailureError(
        failure('invalid-input', `${host} did not take the mail for ${rejected.length} receivers.`),
      );
    }
  } catch (thrown) {
    throw signal.aborted ? signal.reason : mailFailure(thrown, host);
  } finally {
    signal.removeEventListener('abort', close);
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
  const meaning: FailureCode =
    code === 'EAUTH' ? 'permission-denied' : code === 'ETIMEDOUT' ? 'timeout' : isNever ? 'invalid-input' : 'network';
  const reply = responseCode === undefined ? thrown.message : `it answered ${responseCode}`;
  return new FailureError(
    failure(meaning, `The mail could not be given to ${host}: ${reply}.`, {
      hint:
        code === 'EAUTH' ? 'Check the user and the password of the notice.' : 'Check the mail server of the notice.',
      retryable: !isNever && (isLater || code !== 'EAUTH'),
    }),
    { cause: thrown },
  );
}
