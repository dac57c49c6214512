/**
 * Owns the one client of this window and its tie to the mirror. Must not know screens. Started by main.tsx; screens
 * call the house through `call`.
 */
import type { CommandName, Params, Result } from '../../src-shared/contract/commands.ts';
import { createClient } from '../channel/client.ts';
import { wayIn } from '../channel/connect.ts';
import { receiveUpdate, setConnection } from './house-store.ts';

const door = wayIn();

const client = createClient(door.open, {
  onConnection: setConnection,
  onUpdate(message) {
    if (!receiveUpdate(message)) client.subscribe();
  },
});

/** Runs a command of the house. Rejects with FailureError. */
export function call<Name extends CommandName>(name: Name, params: Params<Name>): Promise<Result<Name>> {
  return client.call(name, params);
}

export function connect(): Promise<void> {
  return client.connect();
}

/** Only in a browser: lets a person in with a code from the terminal. */
export function connectWithCode(code: string): Promise<void> {
  door.useCode(code);
  setConnection('connecting');
  return client.connect();
}
