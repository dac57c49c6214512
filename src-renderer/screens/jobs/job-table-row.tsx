/**
 * Owns one row of the job list: state, source, rail with its note, destination, proof. Draws again only when its job,
 * its progress or its own marks change. Must not fetch. Used by job-list.tsx.
 */
import { type MouseEvent, memo, type ReactNode } from 'react';
import type { JobProgress, JobRow } from '../../../src-shared/model/job.ts';
import { formatBytes } from '../../format/bytes.ts';
import { formatMoment } from '../../format/moments.ts';
import { AssetKey } from '../../parts/asset-key.tsx';
import { classes } from '../../parts/button.tsx';
import { Checkbox } from '../../parts/checkbox.tsx';
import { ProofLadder } from '../../parts/proof-ladder.tsx';
import { ProviderChip } from '../../parts/provider-chip.tsx';
import { Rail, railFigures } from '../../parts/rail.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import type { End } from '../../state/use-ends.ts';
import { useHouse } from '../../state/use-house.ts';
import { useMigration, useMigrationEnds } from '../migration-book.ts';
import { useNow } from '../use-now.ts';
import columns from './job-columns.module.css';
import styles from './job-table-row.module.css';
import { useNotice } from './notice-job.ts';
import { rowNote, waitReason } from './row-note.ts';

export interface JobTableRowProps {
  readonly row: JobRow;
  /** 0 for the first row of the list. */
  readonly index: number;
  readonly isCurrent: boolean;
  readonly isSelected: boolean;
  /** The one row that Tab reaches. */
  readonly isTabStop: boolean;
  readonly onOpen: (row: JobRow, index: number) => void;
  readonly onSelect: (row: JobRow, index: number, isRange: boolean) => void;
}

export const JobTableRow = memo(function JobTableRow(props: JobTableRowProps) {
  const { row, index, isCurrent, isSelected, isTabStop, onOpen, onSelect } = props;
  const progress = useProgress(row);
  const migration = useMigration(row.migrationId);
  const ends = useMigrationEnds(migration);
  const notice = useNotice(row);
  const open = (event: MouseEvent): void => {
    // The check box has its own business.
    if (event.target instanceof Element && event.target.closest('[data-select]') !== null) return;
    onOpen(row, index);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table row element can not be placed by hand.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list around it hears Enter and Space for the focused row.
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-current={isCurrent ? 'true' : undefined}
      tabIndex={isTabStop ? 0 : -1}
      data-row={index}
      onClick={open}
      className={classes(columns.columns, styles.row, isSelected && styles.selected, isCurrent && styles.current)}
    >
      <Cell className={styles.badge}>
        <span
          data-select
          onClickCapture={(event) => {
            if (!event.shiftKey) return;
            event.preventDefault();
            event.stopPropagation();
            onSelect(row, index, true);
          }}
        >
          <Checkbox
            label={`Select job ${row.id}`}
            hideLabel
            checked={isSelected}
            onChange={() => onSelect(row, index, false)}
          />
        </span>
      </Cell>
      <Cell className={styles.badge}>
        <StateBadge state={row.state} />
      </Cell>
      <Cell className={styles.place}>
        {notice === null ? (
          <>
            <Chip end={ends?.source} />
            <AssetKey value={row.sourceKey} />
          </>
        ) : (
          notice.subject
        )}
      </Cell>
      <Cell className={styles.spool}>
        <Rail {...railFigures(row, progress)} />
        <Note row={row} progress={progress} />
      </Cell>
      <Cell className={classes(styles.place, columns.narrow)}>
        {notice === null && <Chip end={ends?.destination} />}
        <span className={styles.name} title={notice?.rule ?? ends?.destination.name}>
          {notice?.rule ?? ends?.destination.name ?? '–'}
        </span>
      </Cell>
      <Cell className={classes(columns.wide)}>
        <span className={styles.place}>
          {notice === null ? (
            <>
              <Chip end={ends?.destination} />
              <AssetKey value={row.destinationKey} />
            </>
          ) : (
            notice.rule
          )}
        </span>
      </Cell>
      <Cell className={classes(styles.badge, columns.proof)}>
        <ProofLadder proof={row.proof} />
      </Cell>
      <Cell className={classes(columns.wide, columns.number, styles.text)}>{formatBytes(row.sizeBytes)}</Cell>
      <Cell className={classes(columns.wide, styles.text, styles.name)}>{row.queue}</Cell>
      <Cell className={classes(columns.wide, columns.number, styles.text)}>
        {row.attempts === 0 ? '–' : String(row.attempts)}
      </Cell>
      <Cell className={classes(columns.wide, columns.number, styles.moment)}>
        <Updated atMs={row.updatedAtMs} />
      </Cell>
    </div>
  );
});

/** A row that is gone, or whose page is on its way: it keeps its place. */
export function JobRowPlaceholder({ index, isGone }: { readonly index: number; readonly isGone: boolean }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table row element can not be placed by hand.
    // biome-ignore lint/a11y/useFocusableInteractive: there is nothing to do with it.
    <div role="row" aria-rowindex={index + 2} className={classes(styles.row, styles.placeholder)}>
      <Cell>{isGone ? 'This job is not in the list any more.' : ''}</Cell>
    </div>
  );
}

function Cell({ className, children }: { readonly className?: string | undefined; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cell element needs a table around it.
    <span role="cell" className={className}>
      {children}
    </span>
  );
}

function Chip({ end }: { readonly end: End | undefined }) {
  return <ProviderChip chip={end?.chip ?? '–'} label={end?.name ?? 'not known any more'} />;
}

function Note({ row, progress }: { readonly row: JobRow; readonly progress: JobProgress | null }) {
  const nowMs = useNow(row.state === 'scheduled' ? 1_000 : null);
  const migration = useMigration(row.migrationId);
  const waitsFor = useHouse((house) => waitReason(house, row.queue, migration));
  const note = rowNote(row, progress, { nowMs, waitsFor });
  return (
    <span className={styles.note}>
      <span className={classes(styles.left, note.tone !== 'quiet' && styles[note.tone])} title={row.failure?.message}>
        {note.left}
      </span>
      <span className={styles.right}>{note.right}</span>
    </span>
  );
}

function Updated({ atMs }: { readonly atMs: number }) {
  return <>{formatMoment(atMs, Date.now())}</>;
}

/** Live progress of a running job; null for all others. */
export function useProgress(row: JobRow | null): JobProgress | null {
  return useHouse(({ running }) =>
    row === null || row.state !== 'running' ? null : (running.find(({ job }) => job.id === row.id)?.progress ?? null),
  );
}
