/**
 * Owns the picture of how long each step of a finished attempt took, and of the step a running one is in. The house
 * measures lengths, not starts, so the bars stand one after the other. Used by the detail pane.
 */
import { TRANSFER_STEPS, type TransferResult, type TransferStep } from '../../../src-shared/model/job.ts';
import { classes } from '../../parts/button.tsx';
import { formatSpan } from '../format-span.ts';
import pane from './job-pane.module.css';
import styles from './phase-bars.module.css';

export interface PhaseBarsProps {
  readonly stepMs: TransferResult['stepMs'] | null;
  readonly runningStep: TransferStep | null;
}

export function PhaseBars({ stepMs, runningStep }: PhaseBarsProps) {
  if (stepMs === null && runningStep === null) return null;
  const bars = placeBars(stepMs ?? {});
  const totalMs = bars.reduce((sum, bar) => sum + (bar.ms ?? 0), 0);
  return (
    <section className={pane.block}>
      <div className={pane.caption}>
        <h2>Phases</h2>
        <span>{stepMs === null ? 'this attempt' : `last attempt, ${formatSpan(totalMs)}`}</span>
      </div>
      <ul className={styles.phases}>
        {bars.map(({ step, ms, start, part }) => (
          <li key={step} className={classes(styles.phase, ms === null && step !== runningStep && styles.idle)}>
            <span>{step}</span>
            <span className={styles.track}>
              {ms !== null && (
                <span
                  className={classes(styles.bar, step === 'spool' && styles.download)}
                  style={{ left: `${start * 100}%`, width: `${part * 100}%` }}
                />
              )}
            </span>
            <span className={styles.time}>{ms !== null ? formatSpan(ms) : step === runningStep ? 'now' : '–'}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export interface PhaseBar {
  readonly step: TransferStep;
  /** null: the step did not run. */
  readonly ms: number | null;
  /** Both from 0 to 1. */
  readonly start: number;
  readonly part: number;
}

/** Where each bar stands; the parts of all steps add up to 1. Pure. */
export function placeBars(stepMs: TransferResult['stepMs']): readonly PhaseBar[] {
  const totalMs = TRANSFER_STEPS.reduce((sum, step) => sum + (stepMs[step] ?? 0), 0);
  let beforeMs = 0;
  return TRANSFER_STEPS.map((step) => {
    const ms = stepMs[step] ?? null;
    const bar = { step, ms, start: share(beforeMs, totalMs), part: share(ms ?? 0, totalMs) };
    beforeMs += ms ?? 0;
    return bar;
  });
}

function share(ms: number, totalMs: number): number {
  return totalMs === 0 ? 0 : ms / totalMs;
}
