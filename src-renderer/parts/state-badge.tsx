/**
 * Owns how a state looks: an icon of 14 px and its word, never colour alone. Must not derive states.
 */
import {
  Ban,
  CircleArrowRight,
  CircleCheck,
  CircleDashed,
  CircleEqual,
  CirclePause,
  CircleX,
  Clock,
  ListTree,
  type LucideIcon,
  SearchX,
  TriangleAlert,
} from 'lucide-react';
import type { JobState } from '../../src-shared/model/job-state.ts';
import type { DisplayState } from '../../src-shared/model/migration.ts';
import { classes } from './button.tsx';
import styles from './state-badge.module.css';

export type Tone = 'running' | 'done' | 'waiting' | 'attention' | 'quiet';

interface Look {
  readonly icon: LucideIcon;
  readonly tone: Tone;
}

const LOOKS: Readonly<Record<JobState | DisplayState, Look>> = {
  pending: { icon: CircleDashed, tone: 'quiet' },
  scheduled: { icon: Clock, tone: 'waiting' },
  running: { icon: CircleArrowRight, tone: 'running' },
  paused: { icon: CirclePause, tone: 'waiting' },
  completed: { icon: CircleCheck, tone: 'done' },
  skipped: { icon: CircleEqual, tone: 'quiet' },
  failed: { icon: CircleX, tone: 'attention' },
  cancelled: { icon: Ban, tone: 'quiet' },
  planning: { icon: ListTree, tone: 'running' },
  waiting: { icon: Clock, tone: 'quiet' },
  cancelling: { icon: Ban, tone: 'waiting' },
  incomplete: { icon: TriangleAlert, tone: 'attention' },
  empty: { icon: SearchX, tone: 'waiting' },
};

export function stateTone(state: JobState | DisplayState): Tone {
  return LOOKS[state].tone;
}

export function StateBadge({ state }: { readonly state: JobState | DisplayState }) {
  const { icon: Icon, tone } = LOOKS[state];
  return (
    <span className={classes(styles.badge, styles[tone])}>
      <Icon size={14} strokeWidth={1.8} aria-hidden />
      {state}
    </span>
  );
}

/** The icon alone, with the word for screen readers. */
export function StateIcon({ state }: { readonly state: JobState | DisplayState }) {
  const { icon: Icon, tone } = LOOKS[state];
  return (
    <span className={classes(styles.badge, styles[tone])} role="img" aria-label={state}>
      <Icon size={14} strokeWidth={1.8} aria-hidden />
    </span>
  );
}
