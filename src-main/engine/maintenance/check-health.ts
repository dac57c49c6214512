/**
 * Owns the health check: the database, the disk, the accounts in use. Must not mend anything. Run by a schedule; the
 * report is kept by the coordinator.
 */

import type { Location } from '../../../src-shared/model/asset.ts';
import { type Failure, FailureError, failure, toFailure } from '../../../src-shared/model/failure.ts';
import type { HealthCheck, HealthReport } from '../../../src-shared/model/health.ts';
import type { Clock, Disk } from '../../ports.ts';
import type { Store } from '../../store/store.ts';
import type { AccountBook } from '../account-book.ts';
import type { Supervisor } from '../supervisor.ts';

export interface HealthSources {
  readonly store: Store;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly accounts: AccountBook;
  readonly supervisor: Supervisor;
  readonly folder: string;
  readonly storeTrouble: () => Failure | null;
}

/** Below this much room a person should know, long before work stops. */
const LOW_BYTES = 1024 ** 3;
/** Asking costs the other side something: the accounts of so many locations at most. */
const MAX_LOCATIONS = 10;
const ASK_LIMIT_MS = 20_000;

export async function checkHealth(sources: HealthSources): Promise<HealthReport> {
  const checks = [checkStore(sources), await checkDisk(sources), ...(await checkAccounts(sources))];
  return { atMs: sources.clock.wallMs(), checks };
}

function checkStore({ storeTrouble, store }: HealthSources): HealthCheck {
  const trouble = storeTrouble();
  const subject = 'database';
  if (trouble !== null) return { subject, ok: false, detail: trouble.message, failure: trouble };
  return { subject, ok: true, detail: `Highest job: ${store.highestJobId()}.`, failure: null };
}

async function checkDisk({ disk, folder }: HealthSources): Promise<HealthCheck> {
  const subject = 'disk';
  try {
    const freeBytes = await disk.freeBytes(folder);
    const detail = `${(freeBytes / LOW_BYTES).toFixed(1)} GiB are free for the spool and the database.`;
    if (freeBytes >= LOW_BYTES) return { subject, ok: true, detail, failure: null };
    return { subject, ok: false, detail, failure: failure('disk-full', detail, { hint: 'Make some room.' }) };
  } catch (error) {
    const reason = toFailure(error);
    return { subject, ok: false, detail: reason.message, failure: reason };
  }
}

/**
 * One source of each account that open migrations read from. Destinations are left alone: they may not be there before
 * the first asset is, and trying to write every minute costs.
 */
async function checkAccounts({ store, accounts, supervisor, clock }: HealthSources): Promise<HealthCheck[]> {
  const used = new Map<string, Location>();
  for (const { kind, intent, source } of store.openMigrations()) {
    if (kind !== 'transfer' || intent !== 'run' || source.container === '') continue;
    if (used.size < MAX_LOCATIONS) used.set(source.accountId, source);
  }
  return Promise.all([...used.values()].map((location) => checkLocation(location)));

  async function checkLocation({ accountId, container, prefix }: Location): Promise<HealthCheck> {
    const subject = `account ${accounts.find(accountId)?.record.name ?? accountId}`;
    let stopWaiting: () => void = () => undefined;
    try {
      const account = await accounts.forWorker(accountId);
      const late = new Promise<never>((_, reject) => {
        stopWaiting = clock.after(ASK_LIMIT_MS, () => {
          reject(new FailureError(failure('timeout', `It did not answer within ${ASK_LIMIT_MS / 1000} s.`)));
        });
      });
      const asked = supervisor.check(account, { container, prefix, role: 'source' });
      const { report } = await Promise.race([asked, late]);
      if (report.ok) return { subject, ok: true, detail: 'It answers.', failure: null };
      const reason = report.failure ?? failure('unexpected', 'Its check failed.');
      return { subject, ok: false, detail: reason.message, failure: reason };
    } catch (error) {
      const reason = toFailure(error);
      return { subject, ok: false, detail: reason.message, failure: reason };
    } finally {
      stopWaiting();
    }
  }
}
