/**
 * Owns a list of any length in which only the rows on screen exist. Rows have one height. Over TanStack Virtual. Must
 * not know what a row is.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import styles from './virtual-list.module.css';

export interface VirtualListHandle {
  scrollToRow(index: number): void;
  focus(): void;
}

export interface VirtualListProps {
  readonly label: string;
  readonly count: number;
  readonly rowHeight: number;
  /** Draws row `index`; it is told where it is by the list around it. */
  readonly row: (index: number) => ReactNode;
  /** Stable for the same thing in every order. */
  readonly keyOf: (index: number) => string | number;
  /** First and last row on screen, both included, whenever they change. */
  readonly onRange?: (first: number, last: number) => void;
  readonly onKeyDown?: (event: KeyboardEvent<HTMLDivElement>) => void;
  readonly ref?: Ref<VirtualListHandle>;
}

const OVERSCAN_ROWS = 8;

export function VirtualList({ label, count, rowHeight, row, keyOf, onRange, onKeyDown, ref }: VirtualListProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    getItemKey: keyOf,
    overscan: OVERSCAN_ROWS,
  });
  useImperativeHandle(ref, () => ({
    scrollToRow: (index) => list.scrollToIndex(index, { align: 'auto' }),
    focus: () => scroll.current?.focus(),
  }));
  const first = list.range?.startIndex ?? 0;
  const last = list.range?.endIndex ?? 0;
  useEffect(() => {
    if (count > 0) onRange?.(first, Math.min(last, count - 1));
  }, [count, first, last, onRange]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element can not hold rows that are placed by hand.
    <div
      ref={scroll}
      className={styles.scroll}
      role="table"
      aria-label={label}
      aria-rowcount={count}
      onKeyDown={onKeyDown}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
      <div className={styles.room} role="rowgroup" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map((item) => (
          <div
            key={item.key}
            className={styles.row}
            role="presentation"
            style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}
          >
            {row(item.index)}
          </div>
        ))}
      </div>
    </div>
  );
}
