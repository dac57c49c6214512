/**
 * Owns the questions that a worker answers once: their messages, and which answer belongs to which. Must not choose the
 * worker. Part of supervisor.ts.
 */
import type { RemovalOrder, ToWorker, WorkerAccount } from '../../src-shared/contract/worker-messages.ts';
import type { KeptReason } from '../../src-shared/model/source-removal.ts';
import type { WorkerAnswer } from './worker-handle.ts';

/** All reject with FailureError; `worker-lost` when the worker died over it. */
export interface WorkerRequests {
  /** One page of a source. */
  list(account: WorkerAccount, what: ListRequest): Promise<Answer<'page'>>;
  check(account: WorkerAccount, what: CheckRequest): Promise<Answer<'checked'>>;
  /** Has what an unfinished large write left removed at its destination. */
  giveUp(account: WorkerAccount, what: GiveUpRequest): Promise<void>;
  /** Why the source stays; null: it is gone. */
  removeSource(accounts: readonly WorkerAccount[], order: RemovalOrder): Promise<KeptReason | null>;
}

type Answer<Kind extends WorkerAnswer['type']> = Extract<WorkerAnswer, { type: Kind }>;
type ListRequest = Omit<Extract<ToWorker, { type: 'list' }>, 'type' | 'requestId' | 'accountKey'>;
type GiveUpRequest = Omit<Extract<ToWorker, { type: 'give-up' }>, 'type' | 'requestId' | 'accountKey'>;
type CheckRequest = Omit<Extract<ToWorker, { type: 'check' }>, 'type' | 'requestId' | 'account'>;

/**
 * Hands the message to a worker that was told of the accounts before; pages of one `place` to the same one as long as it
 * lives, which may have read ahead.
 */
type Ask = (
  accounts: readonly WorkerAccount[],
  message: (requestId: number) => ToWorker,
  place?: string,
) => Promise<WorkerAnswer>;

export function workerRequests(ask: Ask): WorkerRequests {
  return {
    async list(account, what) {
      const { accountKey } = account;
      const place = JSON.stringify([accountKey, what.container, what.prefix]);
      const answer = await ask([account], (requestId) => ({ type: 'list', requestId, accountKey, ...what }), place);
      return expected('page', answer);
    },

    async check(account, what) {
      return expected('checked', await ask([account], (requestId) => ({ type: 'check', requestId, account, ...what })));
    },

    async giveUp(account, what) {
      const { accountKey } = account;
      await ask([account], (requestId) => ({ type: 'give-up', requestId, accountKey, ...what }));
    },

    async removeSource(accounts, order) {
      const answer = await ask(accounts, (requestId) => ({ type: 'remove-source', requestId, order }));
      return expected('source-settled', answer).keptBecause;
    },
  };
}

function expected<Kind extends WorkerAnswer['type']>(kind: Kind, answer: WorkerAnswer): Answer<Kind> {
  if (answer.type !== kind) throw new Error('A worker answered another question.');
  return answer as Answer<Kind>;
}
