/**
 * Owns the type of the one map from command to handler: a command without a handler does not compile. Must not hold
 * code. Used by handlers.ts, account-handlers.ts and create-house.ts.
 */
import type { CommandName, ParsedParams, Result } from '../../src-shared/contract/commands.ts';
import type { UpdateFeed } from '../engine/updates.ts';

/** `feed`: the update stream of the window that asks; null for programs that only call. */
export interface CallContext {
  readonly feed: UpdateFeed | null;
}

export type Handlers = {
  readonly [Name in CommandName]: (
    params: ParsedParams<Name>,
    context: CallContext,
  ) => Result<Name> | Promise<Result<Name>>;
};
