/**
 * Owns the two short texts under a job's rail: progress while it runs, the reason when it rests, what was done when it
 * is finished. Pure. Called by the rows of the job list.
 */
import type { HouseState } from '../../../src-shared/model/house.ts';
import type { JobProgress, JobRow } from '../../../src-shared/model/job.ts';
import type { MigrationView } from '../../../src-shared/model/migration.ts';
import { formatBytes, formatBytesOf, formatRate } from '../../format/bytes.ts';
import { formatDuration } from '../../format/durations.ts';
import { formatSpan } from '../format-span.ts';
import { STEP_WORDS } from '../step-words.ts';

export interface RowNote {
  readonly left: string;
  readonly right: string;
  readonly tone: 'quiet' | 'waiting' | 'attention';
}

/** `nowMs` counts down to the next try; `waitsFor` is why a pending job is not started, see `waitReason`. */
export function rowNote(
  row: JobRow,
  progress: JobProgress | null,
  { nowMs, waitsFor }: { readonly nowMs: number; readonly waitsFor: string },
): RowNote {
  const size = row.sizeBytes === null ? '' : formatBytes(row.sizeBytes);
  switch (row.state) {
    case 'pending':
      return { left: waitsFor, right: size, tone: 'quiet' };
    case 'scheduled':
      return { left: whenAgain(row.notBeforeMs, nowMs), right: attempt(row.attempts + 1), tone: 'waiting' };
    case 'running':
      return runningNote(row, progress);
    case 'paused':
      return { left: 'held until resumed', right: size, tone: 'waiting' };
    case 'completed': {
      const tookMs = row.startedAtMs === null || row.finishedAtMs === null ? null : row.finishedAtMs - row.startedAtMs;
      const left = tookMs === null ? size : `${size} in ${formatSpan(tookMs)}`;
      return { left, right: row.attempts > 1 ? attempt(row.attempts) : '', tone: 'quiet' };
    }
    case 'skipped':
      return { left: row.skipReason ?? 'already there', right: size, tone: 'quiet' };
    case 'failed':
      return { left: row.failure?.code ?? 'unexpected', right: attempt(row.attempts), tone: 'attention' };
    case 'cancelled':
      return { left: 'by you', right: size, tone: 'quiet' };
  }
}

/** What holds pending jobs of this queue and migration back, the widest reason first. */
export function waitReason(
  house: Pick<HouseState, 'paused' | 'queues'>,
  queueName: string,
  migration: Pick<MigrationView, 'intent'> | null,
): string {
  if (house.paused) return 'everything is paused';
  if (migration?.intent === 'pause') return 'its migration is paused';
  const gate = house.queues.find((queue) => queue.name === queueName)?.gate;
  return gate === undefined || gate.reason === '' ? 'waits its turn' : gate.reason;
}

function runningNote(row: JobRow, progress: JobProgress | null): RowNote {
  if (progress === null) return { left: 'starting', right: '', tone: 'quiet' };
  const right = progress.bytesPerSecond > 0 ? formatRate(progress.bytesPerSecond) : STEP_WORDS[progress.step];
  return { left: bytesMoved(progress, row.sizeBytes), right, tone: 'quiet' };
}

/** "27.9 of 48.2 GB" at the destination; before the first byte is there, how much is read. */
export function bytesMoved({ spooledBytes, writtenBytes, totalBytes }: JobProgress, sizeBytes: number | null): string {
  const whole = totalBytes ?? sizeBytes;
  if (writtenBytes === 0 && spooledBytes > 0) return `${formatBytesOf(spooledBytes, whole)} read`;
  return formatBytesOf(writtenBytes, whole);
}

function whenAgain(notBeforeMs: number | null, nowMs: number): string {
  if (notBeforeMs === null || notBeforeMs <= nowMs) return 'again now';
  return `again in ${formatDuration(notBeforeMs - nowMs)}`;
}

function attempt(number: number): string {
  return number === 0 ? '' : `attempt ${number}`;
}
