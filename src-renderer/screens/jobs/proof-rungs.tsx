/** Owns the proof ladder in words: four rungs, the one that was reached and the least that was asked for. */
import { PROOF_RUNGS, type ProofRung, proofHolds } from '../../../src-shared/model/proof.ts';
import { classes } from '../../parts/button.tsx';
import { PROOF_WORDS } from '../../parts/proof-ladder.tsx';
import pane from './job-pane.module.css';
import styles from './proof-rungs.module.css';

const MEANINGS: Readonly<Record<ProofRung, string>> = {
  'size-only': 'bytes counted',
  're-read': 'read back, hashed',
  etag: 'parts agree',
  checksum: 'digests agree',
};

const WEAKEST_FIRST = [...PROOF_RUNGS].reverse();

export interface ProofRungsProps {
  /** null: nothing is proven yet. */
  readonly reached: ProofRung | null;
  /** null: the migration is not known any more. */
  readonly asked: ProofRung | null;
}

export function ProofRungs({ reached, asked }: ProofRungsProps) {
  return (
    <section className={pane.block}>
      <div className={pane.caption}>
        <h2>Proof</h2>
        <span>{asked !== null && `the migration asks for ${PROOF_WORDS[asked]} or better`}</span>
      </div>
      <ol className={styles.rungs}>
        {WEAKEST_FIRST.map((rung) => (
          <li
            key={rung}
            aria-current={rung === reached ? 'true' : undefined}
            className={classes(
              styles.rung,
              rung === asked && reached === null && styles.asked,
              reached !== null && proofHolds(reached, rung) && (reached === 'size-only' ? styles.weak : styles.reached),
            )}
          >
            <strong>{PROOF_WORDS[rung]}</strong>
            {rung === reached ? 'reached' : rung === asked ? 'asked for' : MEANINGS[rung]}
          </li>
        ))}
      </ol>
    </section>
  );
}
