/**
 * Owns adding and editing an account: a form made from the provider's descriptor. Secrets are typed here and sent
 * once; saved ones never come back. Used by the accounts screen and the new-migration form.
 */
import { useState } from 'react';
import { type Failure, toFailure } from '../../../src-shared/model/failure.ts';
import type { AccountView, ProviderDescriptor, ProviderOption } from '../../../src-shared/model/provider.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Disclosure } from '../../parts/disclosure.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { ProviderChip } from '../../parts/provider-chip.tsx';
import { Select } from '../../parts/select.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { call } from '../../state/house-client.ts';
import {
  type AccountComplaints,
  type AccountForm,
  editAccountForm,
  fieldOf,
  isChanged,
  newAccountForm,
  placeAccountFailure,
  shownOptions,
  toAccountDraft,
} from './account-form.ts';
import { AccountOption } from './account-option.tsx';
import styles from './accounts-screen.module.css';
import { ConnectionTester } from './connection-tester.tsx';

export interface AccountDialogProps {
  /** null: a new account. */
  readonly account: AccountView | null;
  /** Kinds that a person can set up. */
  readonly providers: readonly ProviderDescriptor[];
  readonly onClose: () => void;
  readonly onSaved: (account: AccountView) => void;
}

export function AccountDialog({ account, providers, onClose, onSaved }: AccountDialogProps) {
  const [form, setForm] = useState<AccountForm | null>(() => firstForm(account, providers));
  const [complaints, setComplaints] = useState<AccountComplaints>({});
  const [isSaving, setSaving] = useState(false);
  const descriptor = providers.find((provider) => provider.kind === form?.provider);
  if (form === null || descriptor === undefined) return null;

  const change = (changed: Partial<AccountForm>): void => {
    setForm({ ...form, ...changed });
    setComplaints({});
  };

  const { usual, seldom } = shownOptions(form, descriptor, complaints);
  const optionField = (option: ProviderOption) => (
    <AccountOption
      key={option.name}
      option={option}
      form={form}
      failure={complaints[fieldOf(option)]}
      onChange={change}
    />
  );

  async function save(current: AccountForm, provider: ProviderDescriptor): Promise<void> {
    const answer = toAccountDraft(current, provider);
    if (!answer.ok) {
      setComplaints(answer.complaints);
      return;
    }
    setSaving(true);
    try {
      onSaved(await call('account.save', answer.draft));
      onClose();
    } catch (thrown) {
      setComplaints(placeAccountFailure(toFailure(thrown), provider));
      setSaving(false);
    }
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={account === null ? 'Add an account' : `Edit ${account.name}`}
      description={descriptor.summary}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" disabled={isSaving} onClick={() => void save(form, descriptor)}>
            {account === null ? 'Add account' : 'Save account'}
          </Button>
        </>
      }
    >
      {complaints.form !== undefined && <FailureNote failure={complaints.form} />}
      {account === null && providers.length > 1 && (
        <Select
          label="Provider"
          value={form.provider}
          choices={providers.map(({ kind, label, chip }) => ({
            value: kind,
            label,
            mark: <ProviderChip chip={chip} />,
          }))}
          onChange={(kind) => {
            const chosen = providers.find((provider) => provider.kind === kind);
            if (chosen !== undefined) change({ ...newAccountForm(chosen), name: form.name });
          }}
        />
      )}
      <TextField
        label="Name"
        value={form.name}
        onChange={(name) => change({ name })}
        help="How you will know it in lists."
        failure={complaints.name}
      />
      {usual.map(optionField)}
      {seldom.length > 0 && (
        <Disclosure
          title="More"
          note={seldom.map(({ label }) => label).join(', ')}
          needsLook={seldom.some((option) => complaints[fieldOf(option)] !== undefined || isChanged(form, option))}
        >
          <div className={styles.more}>{seldom.map(optionField)}</div>
        </Disclosure>
      )}
      <ConnectionTester
        descriptor={descriptor}
        account={() => {
          const answer = toAccountDraft(form.name === '' ? { ...form, name: descriptor.label } : form, descriptor);
          if (answer.ok) return answer.draft;
          setComplaints(answer.complaints);
          return null;
        }}
        onFailure={(failure: Failure) => setComplaints(placeKnown(failure, descriptor))}
      />
    </Dialog>
  );
}

/** A test's failure stands at an option if it names one; what belongs to no option, the tester tells itself. */
function placeKnown(failure: Failure, descriptor: ProviderDescriptor): AccountComplaints {
  const { form: _elsewhere, ...placed } = placeAccountFailure(failure, descriptor);
  return placed;
}

function firstForm(account: AccountView | null, providers: readonly ProviderDescriptor[]): AccountForm | null {
  if (account !== null) return editAccountForm(account);
  const [first] = providers;
  return first === undefined ? null : newAccountForm(first);
}
