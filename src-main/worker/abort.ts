/**
 * Owns the one exception that says "somebody wants this attempt to end", so that it is never taken for a failure.
 * Thrown by watch-call.ts and the steps through the attempt's signal; read by run-attempt.ts.
 */
import type { AbortReason } from '../../src-shared/contract/worker-messages.ts';

export class AttemptAborted extends Error {
  readonly abortReason: AbortReason;

  constructor(abortReason: AbortReason) {
    super(`the attempt was ended: ${abortReason}`);
    this.name = 'AttemptAborted';
    this.abortReason = abortReason;
  }
}
