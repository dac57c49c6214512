/**
 * Owns the queues as lanes: what waits, the gate with its reason, the berths, what is done. Pausing is in the lane
 * itself. Must not compute gates (the house says them).
 */
import { Pause, Play } from 'lucide-react';
import type { QueueView } from '../../../src-shared/model/house.ts';
import { formatBytes } from '../../format/bytes.ts';
import { formatCount } from '../../format/count.ts';
import { Berths } from '../../parts/berths.tsx';
import { classes, IconButton } from '../../parts/button.tsx';
import { GateNote } from '../../parts/gate.tsx';
import { ProofLadder } from '../../parts/proof-ladder.tsx';
import { showFailure } from '../../parts/toasts.tsx';
import { call } from '../../state/house-client.ts';
import { useHouse } from '../../state/use-house.ts';
import { Containers } from './containers.tsx';
import styles from './queue-lanes.module.css';

export function QueueLanes() {
  const queues = useHouse((house) => house.queues);
  return (
    <section aria-label="Queues">
      <div className={styles.heads}>
        <h2>Queues</h2>
        <span className={styles.end}>Waiting</span>
        <span>Gate</span>
        <span className={styles.key}>
          Berths <i className={styles.swatch} /> in the spool <i className={classes(styles.swatch, styles.written)} />{' '}
          at the destination
        </span>
        <span className={styles.proof}>Proof at least</span>
        <span className={styles.end}>Done</span>
        <span />
      </div>
      {queues.map((queue) => (
        <QueueLane key={queue.name} queue={queue} />
      ))}
    </section>
  );
}

function QueueLane({ queue }: { readonly queue: QueueView }) {
  const running = useHouse((house) => house.running.filter(({ job }) => job.queue === queue.name));
  const proof = useHouse(
    (house) =>
      house.migrations.find((migration) => migration.queue === queue.name && migration.finishedAtMs === null)?.policies
        .minimumProof ?? null,
  );
  const waiting = queue.counts.pending + queue.counts.scheduled;
  const { paused } = queue;
  return (
    <article className={styles.lane} aria-label={`Queue ${queue.name}`}>
      <div>
        <p className={styles.name}>{queue.name}</p>
        <p className={styles.route}>{queue.counts.running} running</p>
      </div>
      <div className={styles.waiting}>
        {formatCount(waiting)}
        <span className={styles.containers}>
          <Containers count={waiting} />
        </span>
      </div>
      <GateNote gate={queue.gate} />
      <Berths count={queue.concurrency} running={running} held={false} />
      <span className={styles.proof}>
        <ProofLadder proof={proof} />
      </span>
      <div className={styles.end}>
        {/* As the bytes below it: what was there already, identical, counts as done. */}
        <p className={styles.strong}>{formatCount(queue.counts.completed + queue.counts.skipped)}</p>
        <p className={styles.route}>{formatBytes(queue.doneBytes)}</p>
      </div>
      <IconButton
        icon={paused ? Play : Pause}
        label={`${paused ? 'Resume' : 'Pause'} queue ${queue.name}`}
        size="small"
        onClick={() => void call(paused ? 'queue.resume' : 'queue.pause', { queue: queue.name }).catch(showFailure)}
      />
    </article>
  );
}
