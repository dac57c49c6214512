/**
 * Owns access tokens: a statement signed by the service account's key is exchanged for one, which is kept until shortly
 * before its end. Must not let key or token into a message. Called by gcs-client.ts.
 */
import { sign } from 'node:crypto';
import type { Agent } from 'undici';
import { z } from 'zod';
import { fail } from '../../../src-shared/model/failure.ts';
import { networkFailure } from '../wire/network-failure.ts';
import { receivedText } from '../wire/received-text.ts';
import { headerOf } from '../wire/response-headers.ts';
import { retryAfterMs } from '../wire/retry-after.ts';
import { untilAborted } from '../wire/until-aborted.ts';
import type { ServiceAccount } from './service-account.ts';

/** Reading, writing and deleting objects, nothing about access rights. */
const SCOPE = 'https://www.googleapis.com/auth/devstorage.read_write';
/** The longest that Google allows. */
const STATEMENT_SECONDS = 3_600;
/** As Google's own libraries: a request that starts now must not meet the end of its token. */
const RENEW_BEFORE_MS = 5 * 60 * 1_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const NEVER_ABORTED = new AbortController().signal;
const KEY_FIELD = { field: 'secrets.serviceAccountKey' };

const TOKEN = z.object({ access_token: z.string().regex(/^[\x21-\x7e]+$/), expires_in: z.number().positive() });
const REFUSAL = z.object({ error: z.string(), error_description: z.string().default('') });

interface Token {
  readonly authorization: string;
  /** By the clock of `performance.now`, which nobody sets. */
  readonly renewAtMs: number;
}

export class AccessTokens {
  readonly #account: ServiceAccount;
  readonly #agent: Agent;
  #token: Token | null = null;
  /** One request serves everybody who waits. */
  #asking: Promise<Token> | null = null;

  constructor(account: ServiceAccount, agent: Agent) {
    this.#account = account;
    this.#agent = agent;
  }

  /** The value of an Authorization header. */
  async authorization(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    if (this.#token !== null && performance.now() < this.#token.renewAtMs) return this.#token.authorization;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return (await untilAborted(this.#asking, signal)).authorization;
  }

  /** The service refused it; the next request asks for another. */
  forget(authorization: string): void {
    if (this.#token?.authorization === authorization) this.#token = null;
  }

  async #ask(): Promise<Token> {
    const { tokenUri } = this.#account;
    const { host, origin, pathname, search } = tokenUri;
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: statement(this.#account) };
    const answer = await this.#agent
      .request({
        origin,
        path: pathname + search,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
      })
      .catch((thrown: unknown) => {
        throw networkFailure(thrown, host, NEVER_ABORTED, KEY_FIELD);
      });
    const text = await receivedText(answer, { host, maxBytes: MAX_ANSWER_BYTES }, NEVER_ABORTED);
    if (answer.statusCode !== 200) {
      const wait = retryAfterMs(headerOf(answer.headers, 'retry-after'), Date.now());
      return throwRefused(answer.statusCode, text, host, wait);
    }
    const given = TOKEN.safeParse(parse(text));
    if (!given.success) return fail('unexpected', `${host} answers without an access token.`, KEY_FIELD);
    const lifeMs = given.data.expires_in * 1_000;
    this.#token = {
      authorization: `Bearer ${given.data.access_token}`,
      renewAtMs: performance.now() + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 2),
    };
    return this.#token;
  }
}

/** A JSON Web Token (RFC 7523) that says who asks for what, good for one hour. */
function statement({ email, keyId, privateKey, tokenUri }: ServiceAccount): string {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: email,
    scope: SCOPE,
    aud: tokenUri.href,
    iat: nowSeconds,
    exp: nowSeconds + STATEMENT_SECONDS,
  };
  const signed = [{ alg: 'RS256', typ: 'JWT', kid: keyId }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

function throwRefused(status: number, text: string, host: string, wait: number | undefined): never {
  const later = wait === undefined ? {} : { retryAfterMs: wait };
  if (status === 429 || status === 503) {
    fail('rate-limited', `${host} gives no access token now: it asks to go slower (${status}).`, later);
  }
  if (status >= 500) fail('network', `${host} gives no access token: it has an error of its own (${status}).`);
  const said = REFUSAL.safeParse(parse(text)).data;
  const words = said === undefined ? String(status) : `${said.error} ${said.error_description}`.trim().slice(0, 300);
  return fail('auth-expired', `${host} gives no access token for this key: ${words}.`, {
    ...KEY_FIELD,
    hint: 'Check that the key was not deleted, that its account is enabled, and that the clock of this computer is right.',
  });
}

/** undefined where a page or nothing came instead of JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
