/**
 * Owns how connections to servers are made and kept: numbers, time limits, protocol. Must not know what is asked over
 * them. Called by the providers that speak HTTP, one set of connections for each account.
 */
import type { LookupFunction } from 'node:net';
import type { SecureContext } from 'node:tls';
import { Agent } from 'undici';

/**
 * Connections to one host. As many attempts as one worker runs at once never wait for each other, and it is half of
 * what the strictest known endpoint grants one address (Hetzner object storage: 256 sessions for each).
 */
const CONNECTIONS_PER_HOST = 128;
/** A host that does not even accept within this is not there. */
const CONNECT_TIMEOUT_MS = 10_000;
/** First byte of an answer. Object stores answer late when they are busy, so this is longer than the stall limit. */
const HEADERS_TIMEOUT_MS = 60_000;
/** Silence in the middle of a body. */
const BODY_TIMEOUT_MS = 30_000;
/** Idle connections are given up before common servers close them: nginx after 75 s, S3 after about 20 s. */
const KEEP_ALIVE_MS = 10_000;

export interface ConnectionChoices {
  /** What is trusted (certificate-authority.ts); null: what Node trusts by itself. */
  readonly trust: SecureContext | null;
  /** Replaces name resolution, for those who must judge addresses. */
  readonly lookup?: LookupFunction;
}

/**
 * HTTP/2 stays off: one TCP connection for all
 * objects would bind them to one congestion window, and pipelining stays off so that one slow answer holds up nobody.
 */
export function openConnections({ trust, lookup }: ConnectionChoices): Agent {
  return new Agent({
    connections: CONNECTIONS_PER_HOST,
    pipelining: 1,
    allowH2: false,
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect: {
      timeout: CONNECT_TIMEOUT_MS,
      ...(trust === null ? {} : { secureContext: trust }),
      ...(lookup === undefined ? {} : { lookup }),
    },
  });
}
