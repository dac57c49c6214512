/**
 * Owns the providers of this process: one for each account, so that its connections are shared by all attempts. Must
 * not know what they are used for. Used by worker.ts alone.
 */
import { isDeepStrictEqual } from 'node:util';
import type { WorkerAccount } from '../../src-shared/contract/worker-messages.ts';
import { fail } from '../../src-shared/model/failure.ts';
import type { Provider } from '../providers/provider.ts';

/** The registry's `createProvider`; tests bring their own kinds. */
export type CreateProviderFor = (
  kind: string,
  account: Pick<WorkerAccount, 'options' | 'secrets'>,
) => Promise<Provider>;

export interface ProviderPool {
  /** Remembers the account. The same again changes nothing; another under the same key closes the old one's provider. */
  put(account: WorkerAccount): Promise<void>;
  /** Rejects with FailureError when the account was never sent or its options are bad. */
  get(accountKey: string): Promise<Provider>;
  close(): Promise<void>;
}

export function createProviderPool(createProviderFor: CreateProviderFor): ProviderPool {
  const accounts = new Map<string, WorkerAccount>();
  const providers = new Map<string, Promise<Provider>>();

  async function closeOne(accountKey: string): Promise<void> {
    const made = providers.get(accountKey);
    providers.delete(accountKey);
    await (await made)?.close();
  }

  async function make(accountKey: string): Promise<Provider> {
    const account = accounts.get(accountKey);
    if (account === undefined) {
      return fail('unexpected', 'The worker was not told about the account of this job.', {
        hint: 'This is a fault of the app. Restarting it helps when it was updated while it ran.',
      });
    }
    try {
      return await createProviderFor(account.provider, account);
    } catch (thrown) {
      // The next attempt tries anew.
      providers.delete(accountKey);
      throw thrown;
    }
  }

  return {
    async put(account) {
      const known = accounts.get(account.accountKey);
      accounts.set(account.accountKey, account);
      if (known !== undefined && !isDeepStrictEqual(known, account)) await closeOne(account.accountKey);
    },
    get(accountKey) {
      let provider = providers.get(accountKey);
      if (provider === undefined) {
        provider = make(accountKey);
        providers.set(accountKey, provider);
      }
      return provider;
    },
    async close() {
      await Promise.all([...providers.keys()].map(closeOne));
    },
  };
}
