/**
 * Owns how a failure reads: what happened, why, and what to press. Must not decide what can be done about it.
 */
import { CircleX } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Failure } from '../../src-shared/model/failure.ts';
import styles from './failure-note.module.css';

export function FailureNote({ failure, action }: { readonly failure: Failure; readonly action?: ReactNode }) {
  return (
    <div className={styles.note} role="alert">
      <CircleX size={16} strokeWidth={1.8} aria-hidden />
      <div>
        <p className={styles.message}>{failure.message}</p>
        {failure.hint !== '' && <p className={styles.hint}>{failure.hint}</p>}
        <code className={styles.code}>{failure.code}</code>
      </div>
      {action}
    </div>
  );
}
