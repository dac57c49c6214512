/**
 * Owns what every verb of the coordinator works with. Must not do anything. A verb is a plain function of the desk and
 * its parameters; it runs inside a batch, refuses before it writes, and leaves processes to `onCommit`.
 */
import type { AbortReason } from '../../src-shared/contract/worker-messages.ts';
import type { Store } from '../store/store.ts';
import type { AccountBook } from './account-book.ts';
import type { RunningAttempts } from './running-attempts.ts';

export interface Desk {
  readonly store: Store;
  readonly accounts: AccountBook;
  readonly running: RunningAttempts;
  /** See Mailbox.onCommit. */
  onCommit(action: () => void): void;
  /** Tells the worker that the attempt is over; its berth is free at once and what it still says is ignored. */
  dismiss(token: string, reason: AbortReason): void;
}
