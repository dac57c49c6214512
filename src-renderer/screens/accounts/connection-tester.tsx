/**
 * Owns testing an account at one place: which bucket or folder, as source or as destination, and what the test found.
 * Used by the account editor and an account's pane.
 */
import { Play } from 'lucide-react';
import { useState } from 'react';
import type { Params } from '../../../src-shared/contract/commands.ts';
import type { Failure } from '../../../src-shared/model/failure.ts';
import type { LocationRole, ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { Button } from '../../parts/button.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { Select } from '../../parts/select.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { CheckReport } from '../check-report.tsx';
import { failureOf, useConnectionTest } from '../use-connection-test.ts';
import styles from './connection-tester.module.css';

export interface ConnectionTesterProps {
  readonly descriptor: ProviderDescriptor;
  /** What to test now; null when it is not complete yet. */
  readonly account: () => Params<'account.check'>['account'] | null;
  readonly onFailure?: (failure: Failure) => void;
  /** The report is shown elsewhere: a saved account keeps its last one. */
  readonly hideReport?: boolean;
}

export function ConnectionTester({ descriptor, account, onFailure, hideReport = false }: ConnectionTesterProps) {
  const { canRead, canWrite } = descriptor.capabilities;
  const [container, setContainer] = useState('');
  const [role, setRole] = useState<LocationRole>(canRead ? 'source' : 'destination');
  const { isRunning, outcome, run, forget } = useConnectionTest();

  async function test(): Promise<void> {
    const tested = account();
    if (tested === null) return;
    const failure = failureOf(await run({ account: tested, container, role }));
    if (failure !== null) onFailure?.(failure);
  }

  return (
    <div className={styles.tester}>
      <div className={styles.line}>
        <TextField
          label={`${descriptor.container.label} to test with`}
          value={container}
          onChange={(next) => {
            setContainer(next);
            forget();
          }}
          placeholder={descriptor.container.placeholder}
          mono
        />
        {canRead && canWrite && (
          <Select
            label="As"
            value={role}
            choices={[
              { value: 'source', label: 'Source', detail: 'connect, list, read' },
              { value: 'destination', label: 'Destination', detail: 'writes a small probe and removes it' },
            ]}
            onChange={(next) => {
              setRole(next);
              forget();
            }}
          />
        )}
        <Button icon={Play} disabled={isRunning} onClick={() => void test()}>
          {isRunning ? 'Testing' : 'Test connection'}
        </Button>
      </div>
      {outcome?.kind === 'report' && !hideReport && <CheckReport report={outcome.report} />}
      {outcome?.kind === 'refused' && <FailureNote failure={outcome.failure} />}
    </div>
  );
}
