/**
 * Owns one end of a migration in the form: the account, the place in it, the test and what it found. Failures stand at
 * the field where they were typed. Must not hold the draft. Used twice by the new-migration screen.
 */
import { FolderOpen, Play, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { AccountView, LocationRole, ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { ProviderChip } from '../../parts/provider-chip.tsx';
import { Select } from '../../parts/select.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { showFailure } from '../../parts/toasts.tsx';
import { call } from '../../state/house-client.ts';
import { CheckReport } from '../check-report.tsx';
import type { ConnectionTest } from '../use-connection-test.ts';
import type { Complaints, EndDraft } from './form-state.ts';
import styles from './new-migration-screen.module.css';

export interface EndFormProps {
  readonly locationRole: LocationRole;
  readonly end: EndDraft;
  readonly accounts: readonly AccountView[];
  readonly providers: readonly ProviderDescriptor[];
  readonly complaints: Complaints;
  readonly test: ConnectionTest;
  readonly canChooseFolder: boolean;
  readonly onChange: (end: EndDraft) => void;
  readonly onTest: () => void;
  readonly onAddAccount: () => void;
  /** Below the account: another way to say what to take. */
  readonly switcher?: ReactNode;
  /** In place of container and prefix. */
  readonly instead?: ReactNode;
}

const TITLES: Readonly<Record<LocationRole, string>> = { source: 'Source', destination: 'Destination' };

export function EndForm(props: EndFormProps) {
  const {
    locationRole: role,
    end,
    accounts,
    providers,
    complaints,
    test,
    onChange,
    onAddAccount,
    switcher,
    instead,
  } = props;
  const descriptorOf = (account: AccountView) => providers.find(({ kind }) => kind === account.provider);
  const usable = accounts.filter((account) => {
    const can = descriptorOf(account)?.capabilities;
    return role === 'source' ? can?.canRead === true : can?.canWrite === true;
  });
  const account = usable.find(({ id }) => id === end.accountId);
  const descriptor = account === undefined ? undefined : descriptorOf(account);
  return (
    <section className={styles.port} aria-label={TITLES[role]}>
      <div className={styles.caption}>
        <span className={styles.node} />
        <h2>{TITLES[role]}</h2>
      </div>
      <div className={styles.account}>
        <Select
          label={`${TITLES[role]} account`}
          hideLabel
          value={account === undefined ? '' : end.accountId}
          choices={usable.map((candidate) => ({
            value: candidate.id,
            label: candidate.name,
            mark: <ProviderChip chip={descriptorOf(candidate)?.chip ?? '–'} />,
          }))}
          onChange={(accountId) => onChange({ ...end, accountId })}
          failure={complaints[`${role}.accountId`]}
        />
        <IconButton icon={Plus} label={`Add account for the ${role}`} tone="outlined" onClick={onAddAccount} />
      </div>
      {switcher}
      {instead ?? (descriptor === undefined ? null : <PlaceFields {...props} descriptor={descriptor} />)}
      {account !== undefined && instead === undefined && (
        <div className={styles.test}>
          <Button
            icon={Play}
            disabled={test.isRunning}
            label={`${test.isRunning ? 'Testing' : 'Test'} connection to the ${role}`}
            onClick={props.onTest}
          >
            {test.isRunning ? 'Testing' : 'Test connection'}
          </Button>
          {test.outcome?.kind === 'report' && <CheckReport report={test.outcome.report} hideFailure />}
        </div>
      )}
    </section>
  );
}

function PlaceFields(props: EndFormProps & { readonly descriptor: ProviderDescriptor }) {
  const { locationRole: role, end, complaints, canChooseFolder, onChange, descriptor } = props;
  const { container } = descriptor;
  const canBrowse = canChooseFolder && descriptor.kind === 'local';

  async function chooseFolder(): Promise<void> {
    try {
      const { path } = await call('folder.choose', {});
      if (path !== null) onChange({ ...end, container: path });
    } catch (thrown) {
      showFailure(thrown);
    }
  }

  return (
    <>
      <TextField
        label={container.label}
        value={end.container}
        onChange={(value) => onChange({ ...end, container: value })}
        help={container.help}
        placeholder={container.placeholder}
        failure={complaints[`${role}.container`]}
        mono
        action={
          canBrowse ? (
            <Button icon={FolderOpen} label={`Choose the folder of the ${role}`} onClick={() => void chooseFolder()}>
              Choose
            </Button>
          ) : undefined
        }
      />
      <TextField
        label="Prefix (optional)"
        value={end.prefix}
        onChange={(value) => onChange({ ...end, prefix: value })}
        help={
          role === 'source'
            ? 'Only assets whose key begins with this: a folder ends in a slash.'
            : 'Stands before every key, in place of the folder of the source’s prefix.'
        }
        placeholder={role === 'source' ? 'images/2024/' : 'archive/'}
        failure={complaints[`${role}.prefix`]}
        mono
      />
    </>
  );
}
