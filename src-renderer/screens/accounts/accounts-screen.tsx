/**
 * Owns the accounts screen: every account with what it can be and how its last test went, and the chosen one beside
 * it. Must not hold secrets. Shown at `#/accounts`.
 */
import { Lock, Plus } from 'lucide-react';
import { useState } from 'react';
import type { AccountView } from '../../../src-shared/model/provider.ts';
import { formatNumberOf } from '../../format/count.ts';
import { Button } from '../../parts/button.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { useProviders } from '../../state/use-ends.ts';
import { useHouse } from '../../state/use-house.ts';
import { useAppInfo } from '../use-app-info.ts';
import { AccountDialog } from './account-dialog.tsx';
import { AccountPane } from './account-pane.tsx';
import { AccountRow } from './account-row.tsx';
import styles from './accounts-screen.module.css';
import { setUpProviders } from './set-up-providers.ts';

export function AccountsScreen() {
  const accounts = useHouse((house) => house.accounts);
  const providers = useProviders();
  const { info } = useAppInfo();
  const [currentId, setCurrentId] = useState<string | null>(null);
  const [editing, setEditing] = useState<AccountView | 'new' | null>(null);
  const current = accounts.find((account) => account.id === currentId) ?? null;
  const own = accounts.filter((account) => !account.builtIn).length;
  const canAdd = setUpProviders(providers);
  return (
    <>
      <PageHeader title="Accounts" note={own === 0 ? 'none of your own yet' : formatNumberOf(own, 'account')}>
        <Button icon={Plus} tone="primary" disabled={canAdd.length === 0} onClick={() => setEditing('new')}>
          Add account
        </Button>
      </PageHeader>
      <div className={styles.screen} data-has-pane={current !== null}>
        <div className={styles.main}>
          <div className={styles.head}>
            <span className={styles.accountHead}>Account</span>
            <span>Can be</span>
            <span>Best proof</span>
            <span>Last test</span>
          </div>
          <ul className={styles.body} aria-label="Accounts">
            {accounts.map((account) => (
              <AccountRow
                key={account.id}
                account={account}
                descriptor={providers.find(({ kind }) => kind === account.provider)}
                isCurrent={account.id === currentId}
                onOpen={() => setCurrentId(account.id)}
              />
            ))}
          </ul>
          <p className={styles.foot}>
            <Lock size={14} strokeWidth={1.8} aria-hidden />
            {info !== null &&
              `Secrets: ${info.secretStore.label}. This window never receives them; logs leave them out.`}
          </p>
        </div>
        {current !== null && (
          <AccountPane
            key={current.id}
            account={current}
            descriptor={providers.find(({ kind }) => kind === current.provider)}
            onEdit={() => setEditing(current)}
            onClose={() => setCurrentId(null)}
          />
        )}
      </div>
      {editing !== null && (
        <AccountDialog
          account={editing === 'new' ? null : editing}
          providers={editing === 'new' ? canAdd : providers}
          onClose={() => setEditing(null)}
          onSaved={(saved) => setCurrentId(saved.id)}
        />
      )}
    </>
  );
}

/** The label says for itself whether secrets outlive the app. */
