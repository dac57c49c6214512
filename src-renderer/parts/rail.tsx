/**
 * Owns the rail: source ○ — □ spool — ○ destination, with how far the bytes are. Must not compute progress of its own.
 * In every row of jobs.
 */
import type { JobProgress, JobRow, TransferStep } from '../../src-shared/model/job.ts';
import type { JobState } from '../../src-shared/model/job-state.ts';
import { classes } from './button.tsx';
import styles from './rail.module.css';

export interface RailFigures {
  /** 0 to 1. */
  readonly download: number;
  readonly upload: number;
  readonly tone: 'running' | 'done' | 'waiting' | 'quiet';
  /** The node where a failed job broke. */
  readonly broken: 'source' | 'spool' | 'destination' | null;
}

/** What a job's rail shows. Pure. */
export function railFigures(
  { state, failedStep, sizeBytes }: Pick<JobRow, 'state' | 'failedStep' | 'sizeBytes'>,
  progress: JobProgress | null,
): RailFigures {
  const total = progress?.totalBytes ?? sizeBytes;
  const part = (bytes: number): number => (total === null || total === 0 ? 0 : Math.min(1, bytes / total));
  const moved =
    progress === null
      ? { download: 0, upload: 0 }
      : { download: part(progress.spooledBytes), upload: part(progress.writtenBytes) };
  if (state === 'completed') return { download: 1, upload: 1, tone: 'done', broken: null };
  if (state === 'running') return { ...moved, tone: 'running', broken: null };
  if (state === 'failed') return { ...reached(failedStep), tone: 'quiet', broken: brokenNode(failedStep) };
  return { download: 0, upload: 0, tone: WAITING.has(state) ? 'waiting' : 'quiet', broken: null };
}

const WAITING: ReadonlySet<JobState> = new Set(['scheduled', 'paused']);

function reached(step: TransferStep | null): { download: number; upload: number } {
  if (step === null || step === 'resolve' || step === 'open') return { download: 0, upload: 0 };
  if (step === 'spool') return { download: 0.5, upload: 0 };
  return step === 'upload' ? { download: 1, upload: 0.5 } : { download: 1, upload: 1 };
}

function brokenNode(step: TransferStep | null): RailFigures['broken'] {
  if (step === 'open') return 'source';
  if (step === 'spool') return 'spool';
  return 'destination';
}

export function Rail({ download, upload, tone, broken }: RailFigures) {
  const node = (name: RailFigures['broken'], isReached: boolean, extra?: string) =>
    classes(styles.node, extra, isReached && styles.reached, broken === name && styles.broken);
  return (
    <div
      className={classes(styles.rail, tone !== 'running' && styles[tone])}
      role="img"
      aria-label={`${percent(download)} downloaded, ${percent(upload)} uploaded${broken === null ? '' : `, broke at the ${broken}`}`}
    >
      <span className={node('source', download > 0 || tone === 'running' || tone === 'waiting')} />
      <Bar part={download} kind="download" />
      <span className={node('spool', download >= 1, styles.spool)} />
      <Bar part={upload} kind="upload" />
      <span className={node('destination', upload >= 1)} />
    </div>
  );
}

function Bar({ part, kind }: { readonly part: number; readonly kind: 'download' | 'upload' }) {
  return (
    <div className={styles.bar}>
      <div
        className={classes(styles.fill, kind === 'upload' && styles.upload)}
        style={{ transform: `scaleX(${part})` }}
      />
    </div>
  );
}

function percent(part: number): string {
  return `${Math.floor(part * 100)} %`;
}
