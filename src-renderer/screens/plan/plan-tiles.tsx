/** Owns a tile for each class of a plan: how much there is, and whether a run moves it; pressed, its rows are shown. */
import { PLAN_CLASSES, type PlanChoice, type PlanClass, type PlanView } from '../../../src-shared/model/plan.ts';
import { formatBytes } from '../../format/bytes.ts';
import { formatCount } from '../../format/count.ts';
import styles from './plan-screen.module.css';
import { CLASS_WORDS, fateOf } from './plan-words.ts';

export interface PlanTilesProps {
  readonly plan: PlanView;
  readonly choice: PlanChoice;
  readonly current: PlanClass;
  readonly onChoose: (planClass: PlanClass) => void;
}

export function PlanTiles({ plan, choice, current, onChoose }: PlanTilesProps) {
  const { classes, moves } = plan;
  if (classes === null) return null;
  return (
    <fieldset className={styles.tiles} aria-label="Classes">
      {PLAN_CLASSES.map((known) => {
        const { assets, bytes, unsized } = classes[known];
        const isBlocked = known === 'conflicting' || known === 'refused';
        return (
          <button
            key={known}
            type="button"
            className={styles.tile}
            aria-pressed={known === current}
            title={CLASS_WORDS[known].meaning}
            data-tone={assets === 0 ? 'none' : isBlocked ? 'attention' : moves.includes(known) ? 'moves' : 'stays'}
            onClick={() => onChoose(known)}
          >
            <span className={styles.word}>{CLASS_WORDS[known].word}</span>
            <span className={styles.count}>{formatCount(assets)}</span>
            <span className={styles.size}>
              {formatBytes(bytes)}
              {unsized > 0 && ` and ${formatCount(unsized)} of unknown size`}
            </span>
            <span className={styles.fate}>{fateOf(plan, choice, known)}</span>
          </button>
        );
      })}
    </fieldset>
  );
}
