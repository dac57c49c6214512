/** Owns the head of the job list: the names of its columns and the box that selects what is loaded. */
import { formatNumberOf } from '../../format/count.ts';
import { classes } from '../../parts/button.tsx';
import { Checkbox } from '../../parts/checkbox.tsx';
import columns from './job-columns.module.css';
import styles from './job-list.module.css';

export interface JobListHeadProps {
  /** Rows that the window holds. */
  readonly held: number;
  readonly selected: number;
  readonly onSelectAll: (isSelected: boolean) => void;
}

export function JobListHead({ held, selected, onSelectAll }: JobListHeadProps) {
  return (
    <div className={classes(columns.columns, styles.head)}>
      <Checkbox
        label={`Select the ${formatNumberOf(held, 'loaded job')}`}
        hideLabel
        disabled={held === 0}
        checked={selected > 0 && selected >= held}
        mixed={selected > 0 && selected < held}
        onChange={() => onSelectAll(selected === 0)}
      />
      <span>State</span>
      <span>Source</span>
      <span>Spool</span>
      <span className={columns.narrow}>Destination</span>
      <span className={columns.wide}>Destination</span>
      <span className={columns.proof}>Proof</span>
      <span className={classes(columns.wide, columns.number)}>Size</span>
      <span className={columns.wide}>Queue</span>
      <span className={classes(columns.wide, columns.number)}>Attempt</span>
      <span className={classes(columns.wide, columns.number)}>Updated</span>
    </div>
  );
}
