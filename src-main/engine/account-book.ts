/**
 * Owns finding an account and its provider's description: the built-in ones and the saved ones under one roof, and
 * an account with its secrets for a worker. Must not keep secrets longer than the account's revision lives.
 * Used by submit, planner, coordinator and the check of an account.
 */
import type { WorkerAccount } from '../../src-shared/contract/worker-messages.ts';
import { fail } from '../../src-shared/model/failure.ts';
import type { AccountView, ProviderDescriptor } from '../../src-shared/model/provider.ts';
import type { Secrets } from '../ports.ts';
import type { AccountRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

export interface KnownAccount {
  readonly record: AccountRecord;
  readonly descriptor: ProviderDescriptor;
  readonly isBuiltIn: boolean;
}

export class AccountBook {
  private readonly store: Pick<Store, 'accounts'>;
  private readonly secrets: Secrets;
  private readonly catalogue: readonly ProviderDescriptor[];
  private known: ReadonlyMap<string, KnownAccount> | null = null;
  private readonly ready = new Map<string, WorkerAccount>();

  constructor(store: Pick<Store, 'accounts'>, secrets: Secrets, catalogue: readonly ProviderDescriptor[]) {
    this.store = store;
    this.secrets = secrets;
    this.catalogue = catalogue;
  }

  descriptors(): readonly ProviderDescriptor[] {
    return this.catalogue;
  }

  descriptor(kind: string): ProviderDescriptor | null {
    return this.catalogue.find((descriptor) => descriptor.kind === kind) ?? null;
  }

  find(accountId: string): KnownAccount | null {
    return this.all().get(accountId) ?? null;
  }

  ids(): Iterable<string> {
    return this.all().keys();
  }

  /** The saved accounts changed: read them anew. */
  forget(): void {
    this.known = null;
    this.ready.clear();
  }

  /** Built-in accounts first, then the saved ones in the order they were made; internal kinds are left out. */
  views(): AccountView[] {
    return [...this.all().values()]
      .filter(({ descriptor }) => !descriptor.internal)
      .map(({ record, isBuiltIn }) => ({
        id: record.id,
        provider: record.provider,
        name: record.name,
        options: record.options,
        secretNames: record.secretNames,
        builtIn: isBuiltIn,
        maxAttempts: record.maxAttempts,
        lastCheck: record.lastCheck,
        createdAtMs: record.createdAtMs,
      }));
  }

  /** The account for a worker, when its secrets were read before. */
  whenReady(accountId: string): WorkerAccount | null {
    return this.ready.get(accountId) ?? null;
  }

  /** Reads the secrets too. Throws FailureError `not-found`, or what the secret store says. */
  async forWorker(accountId: string): Promise<WorkerAccount> {
    const ready = this.whenReady(accountId);
    if (ready !== null) return ready;
    const account = this.find(accountId);
    if (account === null) {
      fail('not-found', `There is no account "${accountId}" any more.`, { hint: 'Add the account again, then retry.' });
    }
    const { record, isBuiltIn } = account;
    // Asked for also when none are saved: the environment may give some.
    const secrets = isBuiltIn ? {} : await this.secrets.read(accountId);
    const made = {
      accountKey: `${record.id}@${record.revision}`,
      provider: record.provider,
      options: record.options,
      secrets,
    };
    // The account may have changed while its secrets were read.
    if (this.find(accountId)?.record.revision === record.revision) this.ready.set(accountId, made);
    return made;
  }

  private all(): ReadonlyMap<string, KnownAccount> {
    if (this.known !== null) return this.known;
    const known = new Map<string, KnownAccount>();
    for (const descriptor of this.catalogue) {
      const builtIn = descriptor.builtInAccount;
      if (builtIn === null) continue;
      const record: AccountRecord = {
        id: builtIn.id,
        provider: descriptor.kind,
        name: builtIn.name,
        options: {},
        secretNames: [],
        revision: 0,
        lastCheck: null,
        maxAttempts: null,
        createdAtMs: 0,
      };
      known.set(builtIn.id, { record, descriptor, isBuiltIn: true });
    }
    for (const record of this.store.accounts()) {
      const descriptor = this.descriptor(record.provider);
      // An account of a kind that this version does not have stays in the database, out of reach.
      if (descriptor !== null) known.set(record.id, { record, descriptor, isBuiltIn: false });
    }
    this.known = known;
    return known;
  }
}
