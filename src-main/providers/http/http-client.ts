/**
 * Owns one request to a web server: guard, sign-in, redirects. Must not know what an asset is. Called by this folder.
 */
import type { SecureContext } from 'node:tls';
import type { Agent } from 'undici';
import { fail } from '../../../src-shared/model/failure.ts';
import { openConnections } from '../wire/connections.ts';
import { type Answer, exchange } from '../wire/exchange.ts';
import { networkFailure } from '../wire/network-failure.ts';
import { headerOf } from '../wire/response-headers.ts';
import { type Address, addressText, parseAddress, shownAddress } from './address.ts';
import { assertAllowedHost, guardedLookup, type Resolve } from './guarded-lookup.ts';

/** More hops than a server in order needs; browsers stop at 20, but each hop here is judged anew and costs a request. */
const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface SignIn {
  /** Only this scheme, host and port gets the header. */
  readonly origin: string;
  readonly authorization: string;
}

export interface HttpSettings {
  readonly allowPrivate: boolean;
  readonly signIn: SignIn | null;
  /** What its connections trust; null: what Node trusts by itself. */
  readonly trust: SecureContext | null;
  readonly resolve: Resolve;
}

export interface HttpAnswer extends Answer {
  /** Where the answer came from, after redirects. */
  readonly address: Address;
}

export class HttpClient {
  readonly #agent: Agent;
  readonly #allowPrivate: boolean;
  readonly #signIn: SignIn | null;

  constructor({ allowPrivate, signIn, trust, resolve }: HttpSettings) {
    this.#allowPrivate = allowPrivate;
    this.#signIn = signIn;
    this.#agent = openConnections({ trust, lookup: guardedLookup(allowPrivate, resolve) });
  }

  /** Any final status is an answer. The caller reads the body or destroys it. Throws network and guard failures. */
  async request(
    method: 'GET' | 'HEAD',
    start: Address,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    let address = start;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const answer = await this.#send(method, address, headers, signal);
      const target = REDIRECTS.has(answer.status) ? headerOf(answer.headers, 'location') : undefined;
      if (target === undefined) return answer;
      answer.body.destroy();
      address = redirectTarget(address, target);
    }
    return fail('network', `${shownAddress(start)} redirects more than ${MAX_REDIRECTS} times.`, { retryable: false });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(
    method: 'GET' | 'HEAD',
    address: Address,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    assertAllowedHost(address.host, this.#allowPrivate);
    const signIn = this.#signIn?.origin === address.origin ? { authorization: this.#signIn.authorization } : {};
    try {
      const request = {
        origin: address.origin,
        path: address.path,
        method,
        // Servers would otherwise be free to compress, and the bytes would not be those that they store.
        headers: { 'accept-encoding': 'identity', ...headers, ...signIn },
        // undici would close the connection after every HEAD, in case a server sends a body that it must not send.
        reset: false,
      };
      return { address, ...(await exchange(this.#agent, request, signal)) };
    } catch (thrown) {
      throw networkFailure(thrown, address.origin, signal);
    }
  }
}

function redirectTarget(from: Address, location: string): Address {
  const url = URL.parse(location, addressText(from));
  if (url === null) return fail('network', `${shownAddress(from)} redirects to something that is no address.`);
  if (from.origin.startsWith('https:') && url.protocol === 'http:') {
    fail('network', `${shownAddress(from)} redirects from https to http, which gives up its protection.`, {
      retryable: false,
      hint: 'Enter the http:// address yourself if that is what you want.',
    });
  }
  return parseAddress(url.href, 'key');
}
