/**
 * Owns what most people leave closed: a line that opens what is below it. Must not close what needs a look. Used by forms.
 */
import { ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import styles from './disclosure.module.css';

export interface DisclosureProps {
  readonly title: string;
  /** What is inside, in a few words, for those who leave it closed. */
  readonly note: string;
  /** Something inside is wrong: it is open whatever somebody chose. */
  readonly needsLook: boolean;
  readonly children: ReactNode;
}

export function Disclosure({ title, note, needsLook, children }: DisclosureProps) {
  const [isOpened, setOpened] = useState(false);
  return (
    <details
      className={styles.disclosure}
      open={isOpened || needsLook}
      onToggle={(event) => setOpened(event.currentTarget.open)}
    >
      <summary className={styles.line}>
        <ChevronRight size={12} strokeWidth={2} aria-hidden className={styles.mark} />
        <span>{title}</span>
        <span className={styles.note}>{note}</span>
      </summary>
      {children}
    </details>
  );
}
