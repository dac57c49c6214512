/**
 * Owns calling a running house from another process of the same user. Must not start one. Used by cli.ts.
 */
import type { CommandName, Params, Result } from '../../src-shared/contract/commands.ts';
import { type Failure, FailureError, fail } from '../../src-shared/model/failure.ts';
import type { DoorFile } from './door-file.ts';

export type Call = <Name extends CommandName>(name: Name, params: Params<Name>) => Promise<Result<Name>>;

/** Rejects with FailureError: what the house said, or `network` when it is not there any more. */
export function callHouse(door: DoorFile): Call {
  return async (command, params) => {
    const answer = await post(door, '/api/call', { command, params });
    if ('failure' in answer) throw new FailureError(answer.failure as Failure);
    return answer.result as never;
  };
}

/** A fresh address that opens the page once. */
export async function freshAddress(door: DoorFile): Promise<string> {
  const { code } = await post(door, '/api/code', {});
  return `${door.address}/#code=${String(code)}`;
}

async function post(door: DoorFile, path: string, body: object): Promise<Record<string, unknown>> {
  let response: Response;
  try {
    response = await fetch(`${door.address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${door.token}` },
      body: JSON.stringify(body),
    });
  } catch {
    return fail('network', `Transship does not answer at ${door.address}.`, {
      hint: 'It may have ended. Start it again with `npm start -- --headless`.',
    });
  }
  return (await response.json()) as Record<string, unknown>;
}
