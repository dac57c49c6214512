/** Owns the top bar of a screen: its title, a quiet note, its actions with the one primary action at the right. */
import type { ReactNode } from 'react';
import styles from './page-header.module.css';

export interface PageHeaderProps {
  readonly title: string;
  readonly note?: string;
  readonly children?: ReactNode;
}

export function PageHeader({ title, note, children }: PageHeaderProps) {
  return (
    <header className={styles.header}>
      <h1 className={styles.title}>{title}</h1>
      <span className={styles.note}>{note}</span>
      <div className={styles.actions}>{children}</div>
    </header>
  );
}
