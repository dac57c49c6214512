/**
 * Owns how a proof looks: four rungs filled from below, with the word beside it. Must not judge proofs.
 */
import { PROOF_RUNGS, type ProofRung, proofHolds } from '../../src-shared/model/proof.ts';
import { classes } from './button.tsx';
import styles from './proof-ladder.module.css';

/** In the words of the window. */
export const PROOF_WORDS: Readonly<Record<ProofRung, string>> = {
  checksum: 'checksum',
  etag: 'ETag',
  're-read': 're-read',
  'size-only': 'size only',
};

export function ProofLadder({ proof }: { readonly proof: ProofRung | null }) {
  if (proof === null) return <span className={styles.proof}>–</span>;
  return (
    <span className={styles.proof}>
      <span className={styles.ladder} aria-hidden>
        {PROOF_RUNGS.map((rung) => (
          <span
            key={rung}
            className={classes(
              styles.rung,
              proofHolds(proof, rung) && (proof === 'size-only' ? styles.weak : styles.reached),
            )}
          />
        ))}
      </span>
      {PROOF_WORDS[proof]}
    </span>
  );
}
