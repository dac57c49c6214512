/**
 * Owns how an account proves who it is: nothing, Basic, Digest or a bearer token. Must not fall back to a weaker way
 * than the one chosen. Made by webdav-settings.ts; asked by webdav-client.ts before each request.
 */
import { randomBytes } from 'node:crypto';
import { fail } from '../../../src-shared/model/failure.ts';
import { answerDigest, type Challenge, parseChallenges, strongestDigest } from './digest-answer.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly token: string;
}

export interface SignIn {
  /** The Authorization header of a request; null: none is known yet, or none is needed. */
  authorization(method: string, path: string): string | null;
  /** Takes what a 401 answer asks for. True when the same request may pass now. */
  learn(asked: string): boolean;
  /** Throws `auth-expired`: the server does not accept what the account has. */
  refused(asked: string, host: string): never;
}

type MakeSignIn = (credentials: Credentials) => SignIn;

/** By the value of the option `login`. */
export const SIGN_INS: Readonly<Record<string, MakeSignIn>> = {
  none: () => fixedSignIn('none', null, 'options.login'),
  basic: ({ user, password }) =>
    fixedSignIn('basic', `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`, 'secrets.password'),
  bearer: ({ token }) => fixedSignIn('bearer', `Bearer ${token}`, 'secrets.token'),
  digest: (credentials) => new DigestSignIn(credentials),
};

function fixedSignIn(login: string, header: string | null, field: string): SignIn {
  return {
    authorization: () => header,
    learn: () => false,
    refused: (asked, host) => throwRefused(login, field, asked, host),
  };
}

/** Answers the latest challenge of the server, and counts how often it did. */
class DigestSignIn implements SignIn {
  readonly #credentials: Credentials;
  #challenge: Challenge | null = null;
  #count = 0;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  authorization(method: string, path: string): string | null {
    if (this.#challenge === null) return null;
    this.#count += 1;
    const { user, password } = this.#credentials;
    const clientNonce = randomBytes(16).toString('hex');
    const header = answerDigest(this.#challenge, { method, path, user, password, clientNonce, count: this.#count });
    // Headers go out byte by byte, and servers compare the bytes of UTF-8.
    return Buffer.from(header).toString('latin1');
  }

  learn(asked: string): boolean {
    const challenge = strongestDigest(parseChallenges(asked));
    if (challenge === null) return false;
    this.#challenge = challenge;
    this.#count = 0;
    return true;
  }

  refused(asked: string, host: string): never {
    return throwRefused('digest', 'secrets.password', asked, host);
  }
}

const NAMES: Readonly<Record<string, string>> = { basic: 'Basic', digest: 'Digest', bearer: 'a bearer token' };

function throwRefused(login: string, field: string, asked: string, host: string): never {
  const offered = parseChallenges(asked).flatMap(({ scheme }) => NAMES[scheme] ?? []);
  const chosen = NAMES[login];
  const isOffered = chosen !== undefined && (offered.length === 0 || offered.includes(chosen));
  if (isOffered) {
    return fail('auth-expired', `${host} does not accept the user name and password, or the token, of this account.`, {
      field,
      hint: 'Enter them again. Where sign-in needs a second factor, make an app password in the settings of the service.',
    });
  }
  const wants = offered.length === 0 ? 'something else' : [...new Set(offered)].join(' or ');
  return fail('auth-expired', `${host} does not let this account sign in by ${chosen ?? 'nothing'}.`, {
    field: 'options.login',
    hint: `It asks for ${wants}. Change how the account signs in.`,
  });
}
