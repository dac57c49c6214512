/**
 * Owns HTTP Digest (RFC 7616, and RFC 2617 for older servers): reading challenges and answering one. Knows MD5 and
 * SHA-256, with and without session, and the protection "auth". Pure: the client nonce is given. Called by sign-in.ts.
 */
import { hash } from 'node:crypto';

/** One way in which a server lets people in, as it says in WWW-Authenticate. Names in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** What a Digest answer is about. */
export interface DigestQuestion {
  readonly method: string;
  /** Exactly as in the request line. */
  readonly path: string;
  readonly user: string;
  readonly password: string;
  /** Ours; never used twice with one count. */
  readonly clientNonce: string;
  /** How often the server's nonce was used, this time included. */
  readonly count: number;
}

/** Strongest first. */
const HASHES = [
  ['SHA-256', 'sha256'],
  ['MD5', 'md5'],
] as const;

/** A name alone is a scheme, a name with "=" a parameter of the scheme before it (RFC 9110, section 11.6.1). */
const PART = /[\s,]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/y;

/** Reads a header that may hold several challenges. What cannot be read is left out. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  PART.lastIndex = 0;
  for (let part = PART.exec(header); part !== null; part = PART.exec(header)) {
    const [, name = '', quoted, bare] = part;
    const value = quoted === undefined ? bare : quoted.replace(/\\(.)/g, '$1');
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
    else challenges.at(-1)?.parameters.set(name.toLowerCase(), value);
  }
  return challenges;
}

/** The strongest Digest challenge that can be answered; null when there is none. */
export function strongestDigest(challenges: readonly Challenge[]): Challenge | null {
  const digests = challenges.filter(({ scheme, parameters }) => {
    const qop = parameters.get('qop');
    return scheme === 'digest' && parameters.has('nonce') && (qop === undefined || offersAuth(qop));
  });
  for (const [name] of HASHES) {
    const found = digests.find((challenge) => algorithmOf(challenge).base === name);
    if (found !== undefined) return found;
  }
  return null;
}

/** The value of the Authorization header. */
export function answerDigest(challenge: Challenge, question: DigestQuestion): string {
  const { method, path, user, password, clientNonce } = question;
  const realm = challenge.parameters.get('realm') ?? '';
  const nonce = challenge.parameters.get('nonce') ?? '';
  const opaque = challenge.parameters.get('opaque');
  const { base, isSession, named } = algorithmOf(challenge);
  const digest = (text: string): string => hash(HASHES.find(([name]) => name === base)?.[1] ?? 'md5', text);
  const own = digest(`${user}:${realm}:${password}`);
  const secret = isSession ? digest(`${own}:${nonce}:${clientNonce}`) : own;
  const request = digest(`${method}:${path}`);
  const count = question.count.toString(16).padStart(8, '0');
  const isProtected = challenge.parameters.has('qop');
  const proof = isProtected ? `${nonce}:${count}:${clientNonce}:auth:${request}` : `${nonce}:${request}`;
  const fields = [
    `username=${quoted(user)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(path)}`,
    ...(named === undefined ? [] : [`algorithm=${named}`]),
    ...(isProtected ? ['qop=auth', `nc=${count}`] : []),
    ...(isProtected || isSession ? [`cnonce=${quoted(clientNonce)}`] : []),
    `response="${digest(`${secret}:${proof}`)}"`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
  ];
  return `Digest ${fields.join(', ')}`;
}

function offersAuth(qop: string): boolean {
  return qop.split(',').some((offer) => offer.trim().toLowerCase() === 'auth');
}

function algorithmOf(challenge: Challenge) {
  const named = challenge.parameters.get('algorithm');
  const upper = (named ?? 'MD5').toUpperCase();
  const isSession = upper.endsWith('-SESS');
  return { base: isSession ? upper.slice(0, -'-SESS'.length) : upper, isSession, named };
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
