/**
 * Owns one call of a webhook: signed, without redirects, judged by its status. Must not try again: the job does.
 * Called by run-notice.ts. Headers and signature: Standard Webhooks 1.0 (standardwebhooks.com).
 */
import { createHmac } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { FailureError, type FailureExtras, fail, failure } from '../../../src-shared/model/failure.ts';
import type { Notice } from '../../../src-shared/model/notice.ts';
import { AUTHORITY_FIELD } from '../../providers/certificate-authority.ts';
import { guardedLookup, type Resolve, resolveBySystem } from '../../providers/http/guarded-lookup.ts';
import { networkFailure } from '../../providers/wire/network-failure.ts';
import { headerOf } from '../../providers/wire/response-headers.ts';
import { retryAfterMs } from '../../providers/wire/retry-after.ts';
import { acceptWebhook, closedAddress, type WebhookAddress } from './accept-webhook.ts';

/** A receiver only takes note; who needs longer should answer first and work later. */
const SURROUNDINGS = { answerMs: 10_000, resolve: resolveBySystem };
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 425, 500, 502, 504]);
const THROTTLED_STATUSES: ReadonlySet<number> = new Set([429, 503]);

export interface WebhookCall {
  /** The same over all attempts: receivers know a repetition by it. */
  readonly noticeId: string;
  readonly secret: string | null;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** Resolves when the receiver took it (2xx). Rejects with FailureError. A test brings its own resolver and patience. */
export async function sendWebhook(
  target: WebhookAddress,
  notice: Notice,
  call: WebhookCall,
  { answerMs, resolve }: { readonly answerMs: number; readonly resolve: Resolve } = SURROUNDINGS,
): Promise<void> {
  const url = acceptWebhook(target);
  const body = JSON.stringify({ type: notice.kind, timestamp: new Date(notice.atMs).toISOString(), data: notice });
  const agent = new Agent({
    headersTimeout: answerMs,
    bodyTimeout: answerMs,
    connect: { timeout: answerMs, lookup: lookupFor(target, resolve) },
  });
  try {
    const answer = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Transship', ...signedHeaders(body, call) },
      body,
      signal: call.signal,
    });
    // What a receiver says beside its status is of no use to us.
    answer.body.on('error', () => undefined).destroy();
    judge(url.host, answer.statusCode, headerOf(answer.headers, 'retry-after'), call.nowMs);
  } catch (thrown) {
    throw trustElsewhere(networkFailure(thrown, url.host, call.signal));
  } finally {
    await agent.destroy();
  }
}

/** The guard of all providers; its words are about accounts, a notice has none. */
function lookupFor({ allowPrivate }: WebhookAddress, resolve: Resolve): LookupFunction {
  const lookup = guardedLookup(allowPrivate, resolve);
  return (host, options, done) => {
    lookup(host, options, (error, address, family) => {
      done(error instanceof FailureError ? closedAddress(host) : error, address, family);
    });
  };
}

/** `webhook-signature` is there when the rule has a secret: HMAC-SHA256 of "id.timestamp.body" in base64. */
export function signedHeaders(
  body: string,
  { noticeId, secret, nowMs }: Omit<WebhookCall, 'signal'>,
): Record<string, string> {
  const timestamp = `${Math.floor(nowMs / 1000)}`;
  const headers = { 'webhook-id': noticeId, 'webhook-timestamp': timestamp };
  if (secret === null) return headers;
  const signature = createHmac('sha256', keyOf(secret)).update(`${noticeId}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

/** The words about trust are about accounts, too. */
function trustElsewhere(thrown: unknown): unknown {
  if (!(thrown instanceof FailureError) || thrown.failure.field !== AUTHORITY_FIELD) return thrown;
  const { code, message } = thrown.failure;
  const hint = 'Start Transship with the file of its certificate authority in NODE_EXTRA_CA_CERTS.';
  return new FailureError(failure(code, message, { hint, retryable: false }), { cause: thrown });
}

/** "whsec_" marks a key in base64; anything else is the key itself. */
function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
}

function judge(host: string, status: number, retryAfter: string | undefined, nowMs: number): void {
  if (status >= 200 && status < 300) return;
  const message = `${host} answered the notice with status ${status}.`;
  const waitMs = retryAfterMs(retryAfter, nowMs);
  const again: FailureExtras = {
    hint: 'It is tried again.',
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  };
  if (THROTTLED_STATUSES.has(status)) fail('rate-limited', message, again);
  if (RETRYABLE_STATUSES.has(status)) fail('network', message, again);
  if (status >= 300 && status < 400) {
    fail('invalid-input', `${message} Redirects are not followed.`, { hint: 'Enter the address it leads to.' });
  }
  fail(status === 401 || status === 403 ? 'permission-denied' : 'unsupported', message, {
    hint: 'Check the address and the secret of the notice.',
  });
}
