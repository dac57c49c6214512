/** Owns one group of failures as a row: code, message, hint, where it broke, how many, and the way to mend it. */
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { formatCount } from '../../format/count.ts';
import { formatAgo } from '../../format/moments.ts';
import { Button, classes } from '../../parts/button.tsx';
import { ProviderChip } from '../../parts/provider-chip.tsx';
import { Rail, railFigures } from '../../parts/rail.tsx';
import { runOnJobs } from '../jobs/bulk-bar.tsx';
import { useMigration, useMigrationEnds } from '../migration-book.ts';
import { useNow } from '../use-now.ts';
import type { FailureGroup } from './failure-groups.ts';
import styles from './failures-screen.module.css';

export interface FailureRowProps {
  readonly group: FailureGroup;
  readonly isCurrent: boolean;
  readonly onOpen: () => void;
  /** After jobs were set going again. */
  readonly onDone: () => void;
}

const MINUTE_MS = 60_000;

export function FailureRow({ group, isCurrent, onOpen, onDone }: FailureRowProps) {
  const migration = useMigration(group.migrationId);
  const ends = useMigrationEnds(migration);
  const nowMs = useNow(MINUTE_MS);
  const end = group.step === 'resolve' || group.step === 'open' || group.step === 'spool' ? 'source' : 'destination';
  return (
    <li className={classes(styles.row, isCurrent && styles.current)}>
      <button type="button" className={styles.what} aria-pressed={isCurrent} onClick={onOpen}>
        <span className={styles.title}>
          <strong>{group.code}</strong>
          <ProviderChip chip={ends?.[end].chip ?? '–'} label={ends?.[end].name ?? ''} />
          <span className={styles.where}>
            {migration?.name ?? `Migration ${group.migrationId}`}
            {group.step !== null && `, ${group.step}`}
          </span>
          <span className={styles.when}>{formatAgo(group.latestAtMs, nowMs)}</span>
        </span>
        <code className={styles.message} title={group.message}>
          {group.message}
        </code>
        <span className={styles.hint}>
          {group.hint}
          {group.messages > 1 && ` ${formatCount(group.messages)} different messages.`}
        </span>
      </button>
      <span className={styles.rail}>
        <Rail {...railFigures({ state: 'failed', failedStep: group.step, sizeBytes: null }, null)} />
      </span>
      <span className={styles.count}>{formatCount(group.jobIds.length)}</span>
      <span className={styles.action}>
        <RetryGroup group={group} onDone={onDone} />
      </span>
    </li>
  );
}

function RetryGroup({ group, onDone }: { readonly group: FailureGroup; readonly onDone: () => void }) {
  const [isBusy, setBusy] = useState(false);
  async function retry(): Promise<void> {
    setBusy(true);
    await runOnJobs('retry', group.jobIds);
    setBusy(false);
    onDone();
  }
  return (
    <Button icon={RotateCcw} disabled={isBusy} onClick={() => void retry()}>
      Retry {formatCount(group.jobIds.length)}
    </Button>
  );
}
