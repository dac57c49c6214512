/**
 * Owns how the gate of a queue reads: its word, the reason, and when it opens by itself. Must not compute gates (the
 * house says them). Used by the overview's lanes and the queues screen.
 */
import type { Gate, GateState } from '../../src-shared/model/house.ts';
import { formatMoment } from '../format/moments.ts';
import { classes } from './button.tsx';
import styles from './gate.module.css';

const WORDS: Readonly<Record<GateState, string>> = {
  open: 'Open',
  paused: 'Paused',
  closed: 'Closed',
  limited: 'Limited',
  throttled: 'Throttled',
  full: 'Open',
  'no-workers': 'No workers',
  'no-space': 'No space',
  waiting: 'Waiting',
};

const SHUT: ReadonlySet<GateState> = new Set(['paused', 'closed', 'limited', 'throttled', 'no-space']);

export function GateNote({ gate }: { readonly gate: Gate }) {
  const tone = gate.state === 'no-workers' ? styles.stopped : SHUT.has(gate.state) ? styles.shut : undefined;
  const reason = gateReason(gate, Date.now());
  return (
    <div className={classes(styles.gate, tone)}>
      <span className={styles.bar} />
      <div className={styles.words}>
        <p className={styles.word}>{WORDS[gate.state]}</p>
        {reason !== '' && (
          <p className={styles.reason} title={reason}>
            {reason}
          </p>
        )}
      </div>
    </div>
  );
}

/** A rate opens its gate every second: a time that near would only flicker. */
const WORTH_TELLING_MS = 60_000;

/** What stands under the gate's word. "" when the word says all. */
export function gateReason({ state, reason, untilMs }: Gate, nowMs: number): string {
  // A full lane is a lane at work: its gate is open, and the berths say that they are taken.
  if (state === 'full') return '';
  const why = state === 'paused' ? reason.replace(/^Paused by you,? ?/, '') : reason;
  if (untilMs === null || untilMs - nowMs < WORTH_TELLING_MS) return why;
  return `${why}, opens ${formatMoment(untilMs, nowMs)}`;
}
