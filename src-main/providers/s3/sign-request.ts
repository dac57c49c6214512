/**
 * Owns the signature of a request: AWS Signature Version 4, in the Authorization header or in a URL that is given away.
 * Pure but for the cached key.
 * Called by s3-client.ts, and by s3-test-server.ts to check what it gets.
 * Source: AWS documentation, "Create a signed AWS API request" (the path of S3 is encoded once, not twice).
 */
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { encodeQueryPart } from '../wire/encode-path.ts';
import type { Credentials } from './credentials.ts';

export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
/** SHA-256 of nothing. */
export const EMPTY_PAYLOAD = hash('sha256', '');

const ALGORITHM = 'AWS4-HMAC-SHA256';

export interface RequestToSign {
  readonly method: string;
  /** Encoded, as it goes on the wire. */
  readonly path: string;
  /** Encoded and sorted by name, as it goes on the wire; empty without a query. */
  readonly query: string;
  /** Lower-case names. All of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body in hex, or UNSIGNED-PAYLOAD. */
  readonly payload: string;
  /** 20261120T215900Z */
  readonly timestamp: string;
}

/** A reading of one object, to be signed in its URL. */
export type ReadToSign = Pick<RequestToSign, 'path' | 'timestamp'> & {
  readonly host: string;
  readonly lifetimeS: number;
};

/** Signs with one pair of keys in one region. */
export class Signer {
  readonly credentials: Credentials;
  readonly #region: string;
  #day = '';
  #key: KeyObject | null = null;

  constructor(credentials: Credentials, region: string) {
    this.credentials = credentials;
    this.#region = region;
  }

  /** The value of the Authorization header. */
  authorization(request: RequestToSign): string {
    const { names, signature } = this.#sign(request);
    const credential = `${this.credentials.accessKeyId}/${this.#scope(request.timestamp)}`;
    return `${ALGORITHM} Credential=${credential},SignedHeaders=${names},Signature=${signature}`;
  }

  /** The query of a URL with which anybody may read the object for a while, as long as these keys are valid. */
  readQuery({ path, host, lifetimeS, timestamp }: ReadToSign): string {
    const { accessKeyId, sessionToken } = this.credentials;
    // In the order of their names, as the signature wants them.
    const values: readonly (readonly [string, string])[] = [
      ['X-Amz-Algorithm', ALGORITHM],
      ['X-Amz-Credential', `${accessKeyId}/${this.#scope(timestamp)}`],
      ['X-Amz-Date', timestamp],
      ['X-Amz-Expires', String(lifetimeS)],
      ...(sessionToken === null ? [] : [['X-Amz-Security-Token', sessionToken] as const]),
      ['X-Amz-SignedHeaders', 'host'],
    ];
    const query = values.map(([name, value]) => `${name}=${encodeQueryPart(value)}`).join('&');
    const request = { method: 'GET', path, query, headers: { host }, payload: UNSIGNED_PAYLOAD, timestamp };
    return `${query}&X-Amz-Signature=${this.#sign(request).signature}`;
  }

  #sign(request: RequestToSign): { readonly names: string; readonly signature: string } {
    const sorted = Object.keys(request.headers).sort();
    const names = sorted.join(';');
    const canonical = [
      request.method,
      request.path,
      request.query,
      ...sorted.map((name) => `${name}:${canonicalValue(request.headers[name] ?? '')}`),
      '',
      names,
      request.payload,
    ].join('\n');
    const { timestamp } = request;
    const toSign = `${ALGORITHM}\n${timestamp}\n${this.#scope(timestamp)}\n${hash('sha256', canonical)}`;
    return {
      names,
      signature: createHmac('sha256', this.#keyOf(dayOf(timestamp)))
        .update(toSign)
        .digest('hex'),
    };
  }

  #scope(timestamp: string): string {
    return `${dayOf(timestamp)}/${this.#region}/s3/aws4_request`;
  }

  /** As a key object: Node makes one of any other key at every use, which took six times as long as the digest (9 µs). */
  #keyOf(day: string): KeyObject {
    if (this.#key !== null && day === this.#day) return this.#key;
    const chain = [day, this.#region, 's3', 'aws4_request'];
    const start = Buffer.from(`AWS4${this.credentials.secretAccessKey}`);
    this.#key = createSecretKey(chain.reduce((key, part) => createHmac('sha256', key).update(part).digest(), start));
    this.#day = day;
    return this.#key;
  }
}

/** The time as a signature writes it. */
export function signatureTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/[:-]|\.\d{3}/g, '');
}

function dayOf(timestamp: string): string {
  return timestamp.slice(0, 8);
}

function canonicalValue(value: string): string {
  return value.trim().replace(/ {2,}/g, ' ');
}
