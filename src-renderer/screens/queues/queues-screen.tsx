/**
 * Owns the queues screen: every queue with its gate and its rules, and what can be done to one. Must not compute gates
 * (the house says them). Shown at `#/queues`.
 */
import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { QueueView } from '../../../src-shared/model/house.ts';
import { formatNumberOf } from '../../format/count.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/dialog.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { showFailure } from '../../parts/toasts.tsx';
import { call } from '../../state/house-client.ts';
import { useHouse } from '../../state/use-house.ts';
import { laneInWords } from '../lane-words.ts';
import { AddQueueDialog } from './add-queue-dialog.tsx';
import { EditQueueDialog } from './edit-queue-dialog.tsx';
import { PauseQueueDialog } from './pause-queue-dialog.tsx';
import { QueueRow } from './queue-row.tsx';
import styles from './queues-screen.module.css';

/** What is being asked about, one thing at a time. */
type Asking = { readonly about: 'add' } | { readonly about: 'edit' | 'pause' | 'remove'; readonly queue: QueueView };

export function QueuesScreen() {
  const queues = useHouse((house) => house.queues);
  const lanes = useHouse((house) => house.lanes);
  const accounts = useHouse((house) => house.accounts);
  const [asking, setAsking] = useState<Asking | null>(null);
  const close = (): void => setAsking(null);
  const busy = queues.reduce((sum, queue) => sum + queue.counts.running, 0);
  const berths = queues.reduce((sum, queue) => sum + queue.concurrency, 0);
  return (
    <>
      <PageHeader
        title="Queues"
        note={`${formatNumberOf(queues.length, 'queue')}, ${busy} of ${formatNumberOf(berths, 'berth')} busy`}
      >
        <Button icon={Plus} tone="primary" onClick={() => setAsking({ about: 'add' })}>
          Add queue
        </Button>
      </PageHeader>
      <div className={styles.screen}>
        <div className={styles.head}>
          <span>Queue</span>
          <span className={styles.number}>Pending</span>
          <span>Gate</span>
          <span className={styles.berths}>Berths</span>
          <span className={styles.number}>Priority</span>
          <span>Starts and hours</span>
          <span />
        </div>
        <ul className={styles.body} aria-label="Queues">
          {queues.map((queue) => (
            <QueueRow
              key={queue.name}
              queue={queue}
              onPauseOrResume={() => {
                if (queue.paused) void call('queue.resume', { queue: queue.name }).catch(showFailure);
                else setAsking({ about: 'pause', queue });
              }}
              onEdit={() => setAsking({ about: 'edit', queue })}
              onRemove={() => setAsking({ about: 'remove', queue })}
            />
          ))}
        </ul>
        {lanes.map((lane) => (
          <p key={lane.accountId} className={styles.lane}>
            {accounts.find(({ id }) => id === lane.accountId)?.name ?? lane.accountId} {laneInWords(lane, Date.now())}
          </p>
        ))}
      </div>
      {asking?.about === 'add' && <AddQueueDialog onClose={close} />}
      {asking?.about === 'edit' && <EditQueueDialog queue={asking.queue} onClose={close} />}
      {asking?.about === 'pause' && <PauseQueueDialog queue={asking.queue.name} onClose={close} />}
      {asking?.about === 'remove' && (
        <Confirm
          open
          onClose={close}
          onConfirm={() => void call('queue.remove', { queue: asking.queue.name }).catch(showFailure)}
          title={`Remove queue ${asking.queue.name}?`}
          description="Its berths, priority and hours go. A queue that has had jobs stays, so that the history keeps its place."
          action="Remove the queue"
        />
      )}
    </>
  );
}
