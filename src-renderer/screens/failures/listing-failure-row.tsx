/** Owns a migration whose source could not be listed to its end, as a row among the failures: why, and listing again. */
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { MigrationView } from '../../../src-shared/model/migration.ts';
import { Button } from '../../parts/button.tsx';
import { ProviderChip } from '../../parts/provider-chip.tsx';
import { Rail, railFigures } from '../../parts/rail.tsx';
import { showFailure } from '../../parts/toasts.tsx';
import { call } from '../../state/house-client.ts';
import { href } from '../../state/route.ts';
import { useMigrationEnds } from '../migration-book.ts';
import styles from './failures-screen.module.css';

export function isUnlisted({ listing, intent }: MigrationView): boolean {
  return listing === 'failed' && intent !== 'cancel';
}

export function ListingFailureRow({ migration }: { readonly migration: MigrationView }) {
  const [isBusy, setBusy] = useState(false);
  const ends = useMigrationEnds(migration);
  const failure = migration.listingFailure;

  async function listAgain(): Promise<void> {
    setBusy(true);
    await call('migration.retryFailed', { migrationId: migration.id }).catch(showFailure);
    setBusy(false);
  }

  return (
    <li className={styles.row}>
      <a className={styles.what} href={href('migrations', migration.id)}>
        <span className={styles.title}>
          <strong>{failure?.code ?? 'unexpected'}</strong>
          <ProviderChip chip={ends?.source.chip ?? '–'} label={ends?.source.name ?? ''} />
          <span className={styles.where}>{migration.name}, listing the source</span>
        </span>
        <code className={styles.message} title={failure?.message}>
          {failure?.message ?? 'No reason was recorded.'}
        </code>
        <span className={styles.hint}>{failure?.hint}</span>
      </a>
      <span className={styles.rail}>
        <Rail {...railFigures({ state: 'failed', failedStep: 'open', sizeBytes: null }, null)} />
      </span>
      <span className={styles.count}>–</span>
      <span className={styles.action}>
        <Button icon={RotateCcw} disabled={isBusy} onClick={() => void listAgain()}>
          List again
        </Button>
      </span>
    </li>
  );
}
