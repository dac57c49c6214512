/**
 * Owns the job list on a screen: head, rows, selection, keyboard, the sign that newer jobs are there. Rows never move
 * under the pointer: the list goes on by itself only at its top, while nobody touches it. Must not know where its
 * filter comes from. Used by the jobs screen and by a migration's page.
 */
import { ArrowUp } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { JobRow } from '../../../src-shared/model/job.ts';
import { formatCount } from '../../format/count.ts';
import { Button } from '../../parts/button.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { VirtualList, type VirtualListHandle } from '../../parts/virtual-list.tsx';
import { BulkBar } from './bulk-bar.tsx';
import type { JobFilter } from './job-filter.ts';
import styles from './job-list.module.css';
import { JobListHead } from './job-list-head.tsx';
import { type JobPages, type JobSort, MAX_ROWS } from './job-pages.ts';
import { JobRowPlaceholder, JobTableRow } from './job-table-row.tsx';
import { rowCount, slotAt } from './page-window.ts';
import { useJobPages, useJobPagesState } from './use-job-pages.ts';
import { useSelection } from './use-selection.ts';

/** `--row` of the style sheet. */
const ROW_PX = 36;
/** The house counts arrivals up to here. */
const MOST_ARRIVALS = 1_000;
/** An untouched list takes newcomers in at most this often. */
const FLOW_MS = 1_000;

export interface JobListProps {
  readonly label: string;
  readonly filter: JobFilter;
  readonly sort: JobSort;
  readonly currentJobId: number | null;
  readonly onOpen: (jobId: number) => void;
  /** Beside the sign for new jobs: tabs. */
  readonly tabs: ReactNode;
  /** Said when no job matches. */
  readonly empty: ReactNode;
  /** How many match, as far as the house counted. */
  readonly onTotal?: (total: { readonly count: number; readonly exact: boolean }) => void;
}

export function JobList(props: JobListProps) {
  const pages = useJobPages(props.filter, props.sort);
  if (pages === null) {
    return (
      <section className={styles.list} aria-busy>
        <div className={styles.bar}>{props.tabs}</div>
        <JobListHead held={0} selected={0} onSelectAll={() => {}} />
        <p className={styles.wait}>Reading jobs</p>
      </section>
    );
  }
  return <LoadedJobList {...props} pages={pages} />;
}

function LoadedJobList({
  label,
  sort,
  currentJobId,
  onOpen,
  tabs,
  empty,
  onTotal,
  pages,
}: JobListProps & { readonly pages: JobPages }) {
  const { window, phase, failure: failed, total, arrivals } = useJobPagesState(pages);
  const selection = useSelection(window);
  const [tabStop, setTabStop] = useState(0);
  const [isPointed, setPointed] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const range = useRef({ first: 0, last: 0 });
  const list = useRef<VirtualListHandle>(null);
  const body = useRef<HTMLDivElement>(null);
  const count = rowCount(window);

  const selectedIds = useMemo(() => [...selection.ids], [selection.ids]);
  const onRange = useCallback(
    (first: number, last: number) => {
      range.current = { first, last };
      pages.lookAt(first, last, selectedIds);
    },
    [pages, selectedIds],
  );

  const toTop = useCallback(() => {
    list.current?.scrollToRow(0);
    setTabStop(0);
    pages.refresh();
  }, [pages]);

  const isHeld = isPointed || isFocused || selection.rows.length > 0;
  useEffect(() => {
    if (arrivals === 0 || isHeld || sort === 'oldest') return;
    const timer = globalThis.setTimeout(() => {
      if (range.current.first === 0) toTop();
    }, FLOW_MS);
    return () => globalThis.clearTimeout(timer);
  }, [arrivals, isHeld, sort, toTop]);

  useEffect(() => {
    if (total !== null) onTotal?.(total);
  }, [total, onTotal]);

  const open = useCallback(
    (row: JobRow, index: number) => {
      setTabStop(index);
      onOpen(row.id);
    },
    [onOpen],
  );
  // A row is drawn again when its own props change; the selection's functions are new with every draw.
  const toggle = useRef(selection.toggle);
  toggle.current = selection.toggle;
  const select = useCallback((row: JobRow, index: number, isRange: boolean) => toggle.current(row, index, isRange), []);

  function moveTo(index: number): void {
    const next = Math.max(0, Math.min(count - 1, index));
    setTabStop(next);
    list.current?.scrollToRow(next);
    // The row may only now come to be drawn.
    requestAnimationFrame(() => body.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus());
  }

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>): void {
    if (!(event.target instanceof HTMLElement)) return;
    const focused = event.target.closest<HTMLElement>('[data-row]');
    if (focused === null) return;
    // Enter and Space on the check box are the check box's own.
    const isOnRow = focused === event.target;
    const index = Number(focused.dataset.row);
    const slot = slotAt(window, index);
    const page = Math.max(1, range.current.last - range.current.first - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: count - 1,
    };
    const target = moves[event.key];
    if (target !== undefined) moveTo(target);
    else if (event.key === 'Enter' && isOnRow && typeof slot === 'object') open(slot, index);
    else if (event.key === ' ' && isOnRow && typeof slot === 'object') selection.toggle(slot, index, event.shiftKey);
    else return;
    event.preventDefault();
  }

  return (
    <section className={styles.list}>
      <div className={styles.bar}>
        {tabs}
        <span className={styles.end} role="status">
          {arrivals > 0 && (
            <Button tone="primary" size="small" icon={ArrowUp} onClick={toTop}>
              {arrivals >= MOST_ARRIVALS ? `${formatCount(MOST_ARRIVALS)} or more` : formatCount(arrivals)} new
            </Button>
          )}
        </span>
      </div>
      <JobListHead held={count} selected={selection.rows.length} onSelectAll={selection.setAll} />
      {failed !== null && (
        <div className={styles.failure}>
          <FailureNote
            failure={failed}
            action={
              <Button size="small" onClick={() => pages.refresh()}>
                Try again
              </Button>
            }
          />
        </div>
      )}
      {count === 0 && phase === 'ready' ? (
        empty
      ) : (
        <div className={styles.room}>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: it only notices that somebody is there. */}
          <div
            ref={body}
            className={styles.body}
            onPointerEnter={() => setPointed(true)}
            onPointerLeave={() => setPointed(false)}
            onFocus={() => setFocused(true)}
            onBlur={() => setFocused(false)}
          >
            <VirtualList
              ref={list}
              label={label}
              count={count}
              rowHeight={ROW_PX}
              keyOf={(index) => {
                const slot = slotAt(window, index);
                return typeof slot === 'object' ? slot.id : `${slot} ${index}`;
              }}
              onRange={onRange}
              onKeyDown={onKeyDown}
              row={(index) => {
                const slot = slotAt(window, index);
                if (typeof slot === 'string') return <JobRowPlaceholder index={index} isGone={slot === 'gone'} />;
                return (
                  <JobTableRow
                    row={slot}
                    index={index}
                    isCurrent={slot.id === currentJobId}
                    isSelected={selection.ids.has(slot.id)}
                    isTabStop={index === tabStop}
                    onOpen={open}
                    onSelect={select}
                  />
                );
              }}
            />
          </div>
        </div>
      )}
      {count >= MAX_ROWS && (
        <p className={styles.limit}>
          The list ends here at {formatCount(MAX_ROWS)} rows. Search or filter to see others.
        </p>
      )}
      {selection.rows.length > 0 && <BulkBar rows={selection.rows} onClear={selection.clear} />}
    </section>
  );
}
