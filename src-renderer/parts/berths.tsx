/**
 * Owns the berths of a queue: one place for each attempt it may run, filled by bytes in the spool (tint) and at the
 * destination (solid). Must not decide what runs.
 */
import type { RunningJob } from '../../src-shared/model/house.ts';
import styles from './berths.module.css';
import { classes } from './button.tsx';
import { railFigures } from './rail.tsx';

/** More berths than this are told as a number: they would be too thin to see. */
const MOST_DRAWN = 40;

export interface BerthsProps {
  readonly count: number;
  readonly running: readonly RunningJob[];
  /** Free ones are held back: throttled or limited. */
  readonly held: boolean;
}

export function Berths({ count, running, held }: BerthsProps) {
  // A queue that was narrowed still shows everything that runs in it.
  const all = Math.max(count, running.length);
  const drawn = Math.min(all, MOST_DRAWN);
  const places = Array.from({ length: drawn }, (_, index) => running[index] ?? null);
  return (
    <div className={styles.berths} role="img" aria-label={`${running.length} of ${count} berths busy`}>
      {places.map((occupant, index) => (
        // A berth is a place: its position is its identity.
        <Berth key={`berth-${index + 1}`} occupant={occupant} held={held} />
      ))}
      {all > drawn && <span className={styles.more}>and {all - drawn} more</span>}
    </div>
  );
}

function Berth({ occupant, held }: { readonly occupant: RunningJob | null; readonly held: boolean }) {
  if (occupant === null) return <span className={classes(styles.berth, held ? styles.held : styles.free)} />;
  const { download, upload } = railFigures(occupant.job, occupant.progress);
  return (
    <span className={styles.berth} title={occupant.job.sourceKey}>
      <span className={styles.spooled} style={{ transform: `scaleX(${download})` }} />
      <span className={styles.written} style={{ transform: `scaleX(${upload})` }} />
    </span>
  );
}
