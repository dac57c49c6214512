/**
 * Owns GraphQL at the door, and what a request must be before it is read: POST, JSON, of bounded size. Must not know
 * the schema. Mounted by headless.ts.
 */
import type { IncomingMessage } from 'node:http';
import { createGraphql, type GraphqlOptions } from '../api/graphql/create-graphql.ts';
import type { House } from '../api/house.ts';
import type { Log } from '../ports.ts';
import type { Mounted } from './http-door.ts';

const MAX_BODY_BYTES = 1024 * 1024;

export function mountGraphql(house: House, log: Log, options: GraphqlOptions): Mounted {
  const handle = createGraphql(house, log, options);
  return async (request, response) => {
    const refusal = refusalOf(request);
    if (refusal === null) {
      await handle(request, response);
      return;
    }
    const [status, message] = refusal;
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ errors: [{ message, extensions: { code: 'invalid-input' } }] }));
  };
}

function refusalOf({ method, headers }: IncomingMessage): readonly [status: number, message: string] | null {
  if (method !== 'POST') return [405, 'POST only.'];
  if (!/^application\/json(;|$)/i.test(headers['content-type'] ?? '')) return [415, 'Send application/json.'];
  const length = Number(headers['content-length'] ?? Number.NaN);
  if (!Number.isSafeInteger(length)) return [411, 'Say how long the body is (Content-Length).'];
  if (length > MAX_BODY_BYTES) return [413, 'The body is larger than 1 MiB.'];
  return null;
}
