/** Owns a thin bar of progress with its words for those who do not see it. Must not compute progress. */
import type { Tone } from '../parts/state-badge.tsx';
import styles from './progress-bar.module.css';

export interface ProgressBarProps {
  /** 0 to 1; null: the end is not known. */
  readonly part: number | null;
  readonly label: string;
  /** As the state's: finished work recedes. */
  readonly tone: Tone;
}

export function ProgressBar({ part, label, tone }: ProgressBarProps) {
  return (
    <div
      className={styles.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={part === null ? undefined : Math.floor(part * 100)}
      data-tone={tone}
    >
      <div className={styles.fill} style={{ transform: `scaleX(${part ?? 0})` }} />
    </div>
  );
}
