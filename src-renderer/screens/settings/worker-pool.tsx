/** Owns how the workers are: the pool's state, what each has in hand, and resuming after they kept ending. */
import type { PoolView } from '../../../src-shared/model/house.ts';
import { formatNumberOf } from '../../format/count.ts';
import { formatMoment } from '../../format/moments.ts';
import { Button } from '../../parts/button.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { showFailure } from '../../parts/toasts.tsx';
import { call } from '../../state/house-client.ts';
import { useHouse } from '../../state/use-house.ts';
import styles from './settings-screen.module.css';

const WORDS: Readonly<Record<PoolView['state'], string>> = {
  starting: 'Starting',
  healthy: 'Healthy',
  restarting: 'Starting again',
  degraded: 'Stopped',
};

export function WorkerPool() {
  const { state, workers, size, attemptsPerWorker, failure } = useHouse((house) => house.pool);
  const isDegraded = state === 'degraded';
  const resume = (
    <Button size="small" onClick={() => void call('pool.resume', {}).catch(showFailure)}>
      Resume workers
    </Button>
  );
  return (
    <section className={styles.section} aria-label="Workers">
      <h2>Workers</h2>
      <p className={styles.text}>
        {WORDS[state]}, {workers.length} of {formatNumberOf(size, 'process', 'processes')} up
        {isDegraded && '. They ended too often, so nothing runs until you resume them.'}
      </p>
      {failure !== null && <FailureNote failure={failure} action={isDegraded ? resume : undefined} />}
      {failure === null && isDegraded && <div>{resume}</div>}
      {workers.length > 0 && (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">In hand</th>
              <th scope="col">Up since</th>
            </tr>
          </thead>
          <tbody>
            {workers.map(({ pid, busy, startedAtMs }) => (
              <tr key={pid}>
                <td className={styles.figure}>{pid}</td>
                <td className={styles.figure}>{busy === 0 ? 'idle' : `${busy} of ${attemptsPerWorker} jobs`}</td>
                <td className={styles.figure}>{formatMoment(startedAtMs, Date.now())}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
