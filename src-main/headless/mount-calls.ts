/**
 * Owns the commands of the house over plain HTTP, for the command line: POST a command and its parameters, get its
 * result or its failure. Must not check parameters (the house does). Mounted by headless.ts.
 */
import { MAX_CLIENT_MESSAGE_BYTES } from '../../src-shared/contract/channel.ts';
import { isCommandName } from '../../src-shared/contract/commands.ts';
import { type Failure, failure, toFailure } from '../../src-shared/model/failure.ts';
import type { House } from '../api/house.ts';
import type { Mounted } from './http-door.ts';
import { readBody } from './read-body.ts';

/** What crosses: exactly one of the two. */
export type CallAnswer = { readonly result: unknown } | { readonly failure: Failure };

export function mountCalls(house: House): Mounted {
  return async (request, response) => {
    const answer = (status: number, body: CallAnswer): void => {
      response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      response.end(JSON.stringify(body));
    };
    if (request.method !== 'POST' || !/^application\/json(;|$)/i.test(request.headers['content-type'] ?? '')) {
      return answer(415, { failure: failure('invalid-input', 'POST application/json.') });
    }
    const text = await readBody(request, MAX_CLIENT_MESSAGE_BYTES);
    if (text === null) return answer(413, { failure: failure('too-large', 'The request is too large.') });
    try {
      const { command, params } = JSON.parse(text) as { command?: unknown; params?: unknown };
      if (typeof command !== 'string' || !isCommandName(command)) {
        return answer(404, { failure: failure('unsupported', `There is no command "${String(command)}".`) });
      }
      // The house checks the parameters against the command's schema.
      answer(200, { result: await house.call(command, (params ?? {}) as never) });
    } catch (thrown) {
      const reason =
        thrown instanceof SyntaxError ? failure('invalid-input', 'The body is no JSON.') : toFailure(thrown);
      answer(reason.code === 'unexpected' ? 500 : 400, { failure: reason });
    }
  };
}
