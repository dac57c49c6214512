/**
 * Owns which jobs of a list are selected, with their latest rows, so that counts stay right while jobs go on and
 * scroll away. Called by job-list.tsx.
 */
import { useMemo, useRef, useState } from 'react';
import type { JobRow } from '../../../src-shared/model/job.ts';
import { type PageWindow, rowCount, rowsBetween } from './page-window.ts';

export interface Selection {
  readonly rows: readonly JobRow[];
  readonly ids: ReadonlySet<number>;
  /** One row in or out; a range adds everything from the row that was touched before. */
  toggle(row: JobRow, index: number, isRange: boolean): void;
  /** All rows that the window holds, or none. */
  setAll(isSelected: boolean): void;
  clear(): void;
}

export function useSelection(window: PageWindow): Selection {
  const [chosen, setChosen] = useState<ReadonlyMap<number, JobRow>>(new Map());
  const lastIndex = useRef(0);
  const rows = useMemo(() => {
    if (chosen.size === 0) return [];
    const held = new Map(rowsBetween(window, 0, rowCount(window) - 1).map((row) => [row.id, row]));
    return [...chosen.values()].map((row) => held.get(row.id) ?? row);
  }, [chosen, window]);
  const ids = useMemo(() => new Set(chosen.keys()), [chosen]);

  const add = (added: readonly JobRow[]): void =>
    setChosen(new Map([...chosen, ...added.map((row) => [row.id, row] as const)]));

  return {
    rows,
    ids,
    toggle(row, index, isRange) {
      if (isRange) {
        add(rowsBetween(window, Math.min(lastIndex.current, index), Math.max(lastIndex.current, index)));
      } else if (chosen.has(row.id)) {
        const rest = new Map(chosen);
        rest.delete(row.id);
        setChosen(rest);
      } else {
        add([row]);
      }
      lastIndex.current = index;
    },
    setAll(isSelected) {
      if (isSelected) add(rowsBetween(window, 0, rowCount(window) - 1));
      else setChosen(new Map());
    },
    clear() {
      setChosen(new Map());
    },
  };
}
