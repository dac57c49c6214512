/**
 * Owns what a migration says about itself in a sentence, and which verbs it allows now. Pure. Called by the list and
 * the page of a migration.
 */

import type { QueueView } from '../../../src-shared/model/house.ts';
import { type JobState, OPEN_STATES, type StateCounts } from '../../../src-shared/model/job-state.ts';
import type { DisplayState, MigrationView } from '../../../src-shared/model/migration.ts';
import { formatCount, formatNumberOf } from '../../format/count.ts';

export function openCount(counts: StateCounts): number {
  return OPEN_STATES.reduce((sum, state: JobState) => sum + counts[state], 0);
}

const SENTENCES: Readonly<Record<DisplayState, string>> = {
  planning: 'The source is being listed.',
  running: 'Assets are on their way.',
  waiting: 'Everything that is left waits for its turn.',
  paused: 'Paused: nothing starts until you resume it.',
  cancelling: 'Cancelling: what runs is being stopped.',
  completed: 'Everything arrived.',
  incomplete: 'Everything ended, but some jobs failed.',
  empty: 'The source had nothing to move.',
  failed: 'The source could not be listed to its end.',
  cancelled: 'Cancelled by you.',
};

export interface Standing {
  readonly state: DisplayState;
  readonly sentence: string;
}

/** How it stands, with the gate of its queue: between two starts of a slowed queue nothing runs, and yet it goes on. */
export function standingOf(
  {
    state,
    counts,
    leftOut,
    removals,
    queue: name,
  }: Pick<MigrationView, 'state' | 'counts' | 'leftOut' | 'removals' | 'queue'>,
  queues: readonly QueueView[],
): Standing {
  if (removals.owed > 0 && state === 'running' && counts.running === 0) {
    return { state, sentence: 'Everything arrived; sources are being deleted.' };
  }
  if (state === 'incomplete' && counts.failed === 0 && counts.cancelled > 0) {
    return { state, sentence: 'Everything ended; some of its jobs were cancelled.' };
  }
  if (removals.failed > 0 && state === 'incomplete' && counts.failed === 0) {
    return { state, sentence: 'Everything arrived, but some sources could not be deleted. Retry tries again.' };
  }
  if (leftOut > 0 && state === 'empty') return { state, sentence: 'The options leave out all that the source has.' };
  if (leftOut > 0 && state === 'completed') {
    return { state, sentence: 'Everything arrived that the options do not leave out.' };
  }
  if (state === 'paused' && counts.running > 0) {
    return { state, sentence: 'Pausing: what runs comes to its end, nothing new starts.' };
  }
  const queue = queues.find((each) => each.name === name);
  if (state !== 'waiting' || queue === undefined) return { state, sentence: SENTENCES[state] };
  const { gate, startsPerMinute } = queue;
  const isPassable = gate.state === 'open' || gate.state === 'limited';
  if (isPassable && counts.pending > 0 && startsPerMinute !== null) {
    return { state: 'running', sentence: `Slowed: its queue starts at most ${startsPerMinute} jobs a minute.` };
  }
  if (isPassable && counts.scheduled > 0) {
    const tried = `${formatNumberOf(counts.scheduled, 'job')} ${counts.scheduled === 1 ? 'is' : 'are'} tried again`;
    return { state, sentence: `Slowed: ${tried} after a while, and what is left goes on by itself.` };
  }
  return { state, sentence: gate.reason === '' ? SENTENCES[state] : `${gate.reason}.` };
}

/** "1,204 of 3,600 jobs done, 6 failed". Where the source was not listed to its end, the whole is not told as such. */
export function progressWords({ counts, discovered, listing }: MigrationView): string {
  const done = counts.completed + counts.skipped;
  const whole = formatNumberOf(discovered, 'job');
  const rest = [
    counts.failed > 0 ? `${formatCount(counts.failed)} failed` : '',
    counts.paused > 0 ? `${formatCount(counts.paused)} paused` : '',
    counts.cancelled > 0 ? `${formatCount(counts.cancelled)} cancelled` : '',
  ].filter((part) => part !== '');
  return [`${formatCount(done)} of ${whole}${listing === 'done' ? '' : ' so far'} done`, ...rest].join(', ');
}

/** "Sources: 12 deleted, 3 kept". What has not arrived is not among them. */
export function sourceWords({ removals }: Pick<MigrationView, 'removals'>): string {
  const words = [
    `${formatCount(removals.deleted)} deleted`,
    removals.owed > 0 ? `${formatCount(removals.owed)} to be deleted` : '',
    removals.kept > 0 ? `${formatCount(removals.kept)} kept (each job says why)` : '',
    removals.failed > 0 ? `${formatCount(removals.failed)} could not be deleted` : '',
  ];
  return `Sources: ${words.filter((word) => word !== '').join(', ')}`;
}

const ALMOST = 0.99;

/**
 * How much of the migration has arrived, 0 to 1: by bytes, or by jobs where bytes tell nothing. Failed and cancelled
 * jobs have not arrived. null while the whole is not known.
 */
export function progressPart({ counts, discovered, listing, totalBytes, doneBytes }: MigrationView): number | null {
  if (listing !== 'done' || discovered === 0) return null;
  const done = counts.completed + counts.skipped;
  if (done === discovered) return 1;
  // A job of unknown or no size counts for no bytes, but without it the migration is not whole.
  return Math.min(ALMOST, totalBytes > 0 ? doneBytes / totalBytes : done / discovered);
}

export interface MigrationVerbs {
  readonly canPause: boolean;
  readonly canResume: boolean;
  readonly canCancel: boolean;
  /** Failed jobs that a retry would set going; 0 when only the listing, or deleting sources, can be retried. */
  readonly retryCount: number;
  readonly canRetry: boolean;
}

export function migrationVerbs({ intent, listing, counts, removals }: MigrationView): MigrationVerbs {
  const isOpen = openCount(counts) + removals.owed > 0 || listing === 'waiting' || listing === 'listing';
  return {
    canPause: isOpen && intent === 'run',
    // Its jobs may have been paused without it.
    canResume: intent === 'pause' || (intent === 'run' && counts.paused > 0),
    canCancel: isOpen && intent !== 'cancel',
    retryCount: counts.failed,
    canRetry: counts.failed + removals.failed > 0 || listing === 'failed',
  };
}
