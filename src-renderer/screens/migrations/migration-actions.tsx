/**
 * Owns what can be done with a migration now, with a question before work is destroyed. Used by a migration's page.
 */
import { Pause, Play, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { MigrationView } from '../../../src-shared/model/migration.ts';
import { NOTICE_QUEUE } from '../../../src-shared/model/notice-rule.ts';
import { formatCount, formatNumberOf } from '../../format/count.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/dialog.tsx';
import { Select } from '../../parts/select.tsx';
import { showFailure } from '../../parts/toasts.tsx';
import { call } from '../../state/house-client.ts';
import { go, href } from '../../state/route.ts';
import { useHouse } from '../../state/use-house.ts';
import { migrationVerbs, openCount } from './migration-words.ts';

/** Gives its jobs, waiting or not, to another queue. */
function MoveMigration({ migration }: { readonly migration: MigrationView }) {
  const names = useHouse((house) =>
    house.queues
      .map(({ name }) => name)
      .filter((name) => name !== NOTICE_QUEUE)
      .join(' '),
  );
  const choices = names.split(' ').map((name) => ({ value: name, label: name }));
  if (choices.length < 2) return null;
  return (
    <Select
      label="Queue"
      hideLabel
      value={migration.queue}
      choices={choices}
      onChange={(queue) => void call('migration.move', { migrationId: migration.id, queue }).catch(showFailure)}
    />
  );
}

type MigrationCommand = 'migration.pause' | 'migration.resume' | 'migration.cancel' | 'migration.retryFailed';

export function MigrationActions({ migration }: { readonly migration: MigrationView }) {
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const { canPause, canResume, canCancel, canRetry, retryCount } = migrationVerbs(migration);
  const open = openCount(migration.counts);
  const isListed = migration.listing === 'done' || migration.listing === 'failed';

  async function run(command: MigrationCommand): Promise<void> {
    setBusy(true);
    await call(command, { migrationId: migration.id }).catch(showFailure);
    setBusy(false);
  }

  async function removeSample(): Promise<void> {
    setBusy(true);
    try {
      await call('migration.removeSample', {});
      go(href('overview'));
    } catch (error) {
      showFailure(error);
      setBusy(false);
    }
  }

  return (
    <>
      {migration.isSample && migration.finishedAtMs !== null && (
        <Button icon={Trash2} disabled={isBusy} onClick={() => void removeSample()}>
          Remove the sample
        </Button>
      )}
      {canCancel && (
        <Button disabled={isBusy} onClick={() => setAsking(true)}>
          Cancel
        </Button>
      )}
      {open > 0 && <MoveMigration migration={migration} />}
      {canPause && (
        <Button icon={Pause} disabled={isBusy} onClick={() => void run('migration.pause')}>
          Pause
        </Button>
      )}
      {canRetry && (
        <Button
          icon={RotateCcw}
          tone={canResume ? 'outlined' : 'primary'}
          disabled={isBusy}
          onClick={() => void run('migration.retryFailed')}
        >
          {retryCount > 0
            ? `Retry ${formatCount(retryCount)} failed`
            : migration.listing === 'failed'
              ? 'List again'
              : 'Delete sources again'}
        </Button>
      )}
      {canResume && (
        <Button icon={Play} tone="primary" disabled={isBusy} onClick={() => void run('migration.resume')}>
          Resume
        </Button>
      )}
      <Confirm
        open={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => void run('migration.cancel')}
        title={`Cancel “${migration.name}”?`}
        description={`${formatNumberOf(open, 'job')} that ${open === 1 ? 'is' : 'are'} not done yet will be cancelled${
          isListed ? '' : ', and the source is listed no further'
        }. What has arrived stays at the destination.`}
        action={open === 0 ? 'Cancel the migration' : `Cancel ${formatNumberOf(open, 'job')}`}
      />
    </>
  );
}
