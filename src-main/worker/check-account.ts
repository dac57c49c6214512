/**
 * Owns the test of an account before it is used or saved: a provider made for the test alone, bounded in time, closed
 * afterwards. Called by worker.ts.
 */
import type { WorkerAccount } from '../../src-shared/contract/worker-messages.ts';
import type { CheckReport, LocationRole } from '../../src-shared/model/provider.ts';
import type { CreateProviderFor } from './provider-pool.ts';
import { watchCall } from './watch-call.ts';

/** A person waits for it. A minute holds a slow connection with all steps of a check, not a black hole. */
const PATIENCE = { answerMs: 60_000, graceMs: 1_000 };

export interface CheckRequest {
  readonly account: WorkerAccount;
  readonly container: string;
  readonly prefix: string;
  readonly role: LocationRole;
}

/** Rejects with FailureError when no check could be made: bad options, `timeout`. What a check finds is in its report. */
export async function checkAccount(
  createProviderFor: CreateProviderFor,
  { account, container, prefix, role }: CheckRequest,
  stop: AbortSignal,
): Promise<CheckReport> {
  const provider = await createProviderFor(account.provider, account);
  try {
    return await watchCall({ signal: stop, patience: PATIENCE }, 'The other side', (signal) =>
      provider.check(container, prefix, role, signal),
    );
  } finally {
    await provider.close();
  }
}
