/**
 * Owns the commands about accounts that touch secrets: saving, and testing a connection before or after that. Must not
 * give a secret back to anyone but a worker. Part of handlers.ts.
 */
import type { WorkerAccount } from '../../src-shared/contract/worker-messages.ts';
import { fail, toFailure } from '../../src-shared/model/failure.ts';
import type { AccountView, CheckReport } from '../../src-shared/model/provider.ts';
import type { Coordinator } from '../engine/coordinator.ts';
import { acceptAccount, limitAccount, recordCheck, saveAccount } from '../engine/verbs/keep-account.ts';
import type { Ports } from '../ports.ts';
import type { Handlers } from './handler-map.ts';

type AccountHandlers = Pick<Handlers, 'account.list' | 'account.save' | 'account.limit' | 'account.check'>;
/** An account without its secrets. */
type NewAccount = Parameters<typeof saveAccount>[1];
type Draft = Parameters<Handlers['account.save']>[0];

export function accountHandlers(coordinator: Coordinator, ports: Ports): AccountHandlers {
  const { accounts } = coordinator;

  /** The secrets as they will be: those saved before, changed by those given; an empty one is removed. */
  async function mergedSecrets(draft: Draft): Promise<Record<string, string>> {
    const known = draft.id === undefined ? null : accounts.find(draft.id);
    const saved =
      known === null || known.record.secretNames.length === 0 ? {} : await ports.secrets.read(known.record.id);
    const merged: Record<string, string> = { ...saved };
    for (const [name, value] of Object.entries(draft.secrets)) {
      if (value === '') delete merged[name];
      else merged[name] = value;
    }
    return merged;
  }

  function accountOf(draft: Draft, id: string, secrets: Readonly<Record<string, string>>): NewAccount {
    const options = Object.fromEntries(Object.entries(draft.options).filter(([, value]) => value !== ''));
    return { id, provider: draft.provider, name: draft.name, options, secretNames: Object.keys(secrets).sort() };
  }

  async function forCheck(account: Draft | string): Promise<WorkerAccount> {
    if (typeof account === 'string') return accounts.forWorker(account);
    const secrets = await mergedSecrets(account);
    const { provider, options, id } = accountOf(account, account.id ?? newId(ports), secrets);
    return { accountKey: `${id}@draft.${newId(ports)}`, provider, options, secrets };
  }

  return {
    'account.list': () => ({ accounts: accounts.views() }),

    async 'account.save'(draft) {
      if (draft.id !== undefined && accounts.find(draft.id) === null) {
        fail('not-found', `There is no account "${draft.id}".`, { field: 'id' });
      }
      const id = draft.id ?? newId(ports);
      const secrets = await mergedSecrets(draft);
      const account = accountOf(draft, id, secrets);
      // Refused before a secret is written, saved after: an account never promises a secret that is not there.
      await coordinator.call((desk) => acceptAccount(desk, account));
      if (Object.keys(draft.secrets).length > 0) await ports.secrets.write(id, secrets);
      await coordinator.call((desk) => saveAccount(desk, account));
      return viewOf(accounts.views(), id);
    },

    async 'account.limit'({ accountId, maxAttempts }) {
      await coordinator.call((desk) => limitAccount(desk, accountId, maxAttempts));
      return viewOf(accounts.views(), accountId);
    },

    async 'account.check'({ account, container, prefix, role }): Promise<CheckReport> {
      const descriptor = accounts.descriptor(
        typeof account === 'string' ? (accounts.find(account)?.record.provider ?? '') : account.provider,
      );
      if (descriptor === null) fail('not-found', 'There is no such account or provider.', { field: 'accountId' });
      if (container.trim() === '' && descriptor.container.keysAreUrlsWhenEmpty !== true) {
        fail('invalid-input', `${descriptor.container.label} is missing.`, {
          field: 'container',
          hint: descriptor.container.help,
        });
      }
      let report: CheckReport;
      try {
        report = (await coordinator.supervisor.check(await forCheck(account), { container, prefix, role })).report;
      } catch (error) {
        const reason = toFailure(error);
        report = { ok: false, steps: [], remarks: [], sampleKeys: [], failure: reason };
      }
      if (typeof account === 'string') {
        const check = { atMs: coordinator.nowMs(), report };
        await coordinator.call((desk) => recordCheck(desk, account, check));
      }
      return report;
    },
  };
}

function viewOf(views: readonly AccountView[], id: string): AccountView {
  const view = views.find((account) => account.id === id);
  if (view === undefined) throw new Error(`Account ${id} was saved and is not there.`);
  return view;
}

/** Eight letters and digits: short enough for an environment variable's name, and there are 2.8 × 10^12 of them. */
function newId(ports: Ports): string {
  let id = '';
  while (id.length < 8) id += Math.floor(ports.rng.fraction() * 36).toString(36);
  return id;
}
