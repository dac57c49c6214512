/** Owns the books of the house in one line: discovered = everything that it became. They balance or something is wrong. */
import { JOB_STATES } from '../../../src-shared/model/job-state.ts';
import { formatCount } from '../../format/count.ts';
import { useHouse } from '../../state/use-house.ts';
import { openCount } from '../migrations/migration-words.ts';
import styles from './failures-screen.module.css';

export function Books() {
  const counts = useHouse((house) => house.stats.counts);
  const discovered = JOB_STATES.reduce((sum, state) => sum + counts[state], 0);
  return (
    <p className={styles.books}>
      <span>Books</span>
      <span>
        <b>{formatCount(discovered)}</b> discovered =
      </span>
      <span>
        <b>{formatCount(counts.completed)}</b> completed
      </span>
      <span>
        + <b>{formatCount(counts.skipped)}</b> skipped
      </span>
      <span>
        + <b>{formatCount(counts.failed)}</b> failed
      </span>
      <span>
        + <b>{formatCount(counts.cancelled)}</b> cancelled
      </span>
      <span>
        + <b>{formatCount(openCount(counts))}</b> open
      </span>
    </p>
  );
}
