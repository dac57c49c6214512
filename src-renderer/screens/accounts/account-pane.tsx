/**
 * Owns one account in detail: its last test and a new one, its settings, its limit, what its provider can do, and
 * removing it. Used by the accounts screen.
 */
import { Check, X } from 'lucide-react';
import { useState } from 'react';
import { type Failure, toFailure } from '../../../src-shared/model/failure.ts';
import type { AccountView, Capabilities, ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { formatBytes } from '../../format/bytes.ts';
import { formatCount } from '../../format/count.ts';
import { formatMoment } from '../../format/moments.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Confirm } from '../../parts/dialog.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { ProofLadder } from '../../parts/proof-ladder.tsx';
import { ProviderChip } from '../../parts/provider-chip.tsx';
import { call } from '../../state/house-client.ts';
import { CheckReport } from '../check-report.tsx';
import pane from '../jobs/job-pane.module.css';
import { AccountLimit } from './account-limit.tsx';
import styles from './accounts-screen.module.css';
import { ConnectionTester } from './connection-tester.tsx';

export interface AccountPaneProps {
  readonly account: AccountView;
  readonly descriptor: ProviderDescriptor | undefined;
  readonly onEdit: () => void;
  readonly onClose: () => void;
}

export function AccountPane({ account, descriptor, onEdit, onClose }: AccountPaneProps) {
  const [isAsking, setAsking] = useState(false);
  const [refusal, setRefusal] = useState<Failure | null>(null);

  async function remove(): Promise<void> {
    try {
      await call('account.remove', { accountId: account.id });
    } catch (thrown) {
      setRefusal(toFailure(thrown));
    }
  }

  return (
    <aside className={pane.pane} aria-label={`Account ${account.name}`}>
      <header className={pane.head}>
        <ProviderChip chip={descriptor?.chip ?? '–'} />
        <strong className={styles.name}>{account.name}</strong>
        {!account.builtIn && (
          <>
            <Button size="small" onClick={onEdit}>
              Edit
            </Button>
            <Button size="small" onClick={() => setAsking(true)}>
              Remove
            </Button>
          </>
        )}
        <IconButton icon={X} label="Close the account" onClick={onClose} />
      </header>
      {refusal !== null && <FailureNote failure={refusal} />}
      {descriptor !== undefined && <p className={styles.summary}>{descriptor.summary}</p>}
      {descriptor !== undefined && <ConnectionTester descriptor={descriptor} account={() => account.id} hideReport />}
      {account.lastCheck !== null && (
        <section className={pane.block}>
          <div className={pane.caption}>
            <h2>Last test</h2>
            <span>{formatMoment(account.lastCheck.atMs, Date.now())}</span>
          </div>
          <CheckReport report={account.lastCheck.report} />
        </section>
      )}
      {descriptor !== undefined && <Settings account={account} descriptor={descriptor} />}
      {/* What is built in has no limit of its own. */}
      {!account.builtIn && <AccountLimit account={account} />}
      {descriptor !== undefined && <Can capabilities={descriptor.capabilities} />}
      <Confirm
        open={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => void remove()}
        title={`Remove ${account.name}?`}
        description="The account and its secrets are removed from this computer. Assets stay where they are, and the history keeps what it did. It cannot be brought back; you would type its secrets again."
        action="Remove the account"
      />
    </aside>
  );
}

function Settings({ account, descriptor }: { readonly account: AccountView; readonly descriptor: ProviderDescriptor }) {
  const rows = descriptor.options.flatMap(({ name, label, input, multiline, choices }) => {
    if (input === 'secret') return [{ name, label, value: account.secretNames.includes(name) ? 'set' : 'not set' }];
    const value = account.options[name] ?? '';
    if (value === '') return [];
    // A certificate says nothing to anybody; the form shows it.
    if (multiline === true) return [{ name, label, value: 'set' }];
    const shown = input === 'toggle' ? (value === 'true' ? 'yes' : 'no') : value;
    return [{ name, label, value: choices?.find((choice) => choice.value === value)?.label ?? shown }];
  });
  if (rows.length === 0 || account.builtIn) return null;
  return (
    <section className={pane.block}>
      <div className={pane.caption}>
        <h2>Settings</h2>
      </div>
      <dl className={styles.settings}>
        {rows.map(({ name, label, value }) => (
          <div key={name}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Can({ capabilities }: { readonly capabilities: Capabilities }) {
  const { maxObjectBytes, maxKeyBytes } = capabilities;
  return (
    <section className={pane.block}>
      <div className={pane.caption}>
        <h2>Can</h2>
      </div>
      <dl className={styles.capabilities}>
        <Fact name="List">
          <YesNo is={capabilities.canList} />
        </Fact>
        <Fact name="Range reads">
          <YesNo is={capabilities.rangeReads} />
        </Fact>
        <Fact name="Write">
          <YesNo is={capabilities.canWrite} />
        </Fact>
        <Fact name="Multipart">
          <YesNo is={capabilities.multipart} />
        </Fact>
        <Fact name="Goes on with an interrupted write">
          <YesNo is={capabilities.resumesWrites} />
        </Fact>
        <Fact name="Time of change">
          <YesNo is={capabilities.keepsModifiedTime} />
        </Fact>
        <Fact name="Content headers">
          <YesNo is={capabilities.keepsContentHeaders} />
        </Fact>
        <Fact name="User metadata">
          <YesNo is={capabilities.keepsMetadata} />
        </Fact>
        <Fact name="Tags">
          <YesNo is={capabilities.tagCharacters !== undefined} />
        </Fact>
        <Fact name="Largest object">{maxObjectBytes === null ? 'no known limit' : formatBytes(maxObjectBytes)}</Fact>
        <Fact name="Longest key">{maxKeyBytes === null ? 'no known limit' : `${formatCount(maxKeyBytes)} bytes`}</Fact>
        {capabilities.canWrite && (
          <Fact name="Best proof">
            <ProofLadder proof={capabilities.bestProof} />
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function YesNo({ is }: { readonly is: boolean }) {
  if (!is) return <span className={styles.quiet}>no</span>;
  return (
    <span role="img" aria-label="yes" className={styles.yes}>
      <Check size={14} strokeWidth={2} aria-hidden />
    </span>
  );
}
