/** Owns numbers that change: tabular figures, and where asked a fixed width, so that nothing beside them moves. */

import { classes } from './button.tsx';
import styles from './figure.module.css';

export function Figure({ children, width }: { readonly children: string; readonly width?: number }) {
  return (
    <span
      className={classes(styles.figure, width !== undefined && styles.end)}
      style={width === undefined ? undefined : { minWidth: width }}
    >
      {children}
    </span>
  );
}
