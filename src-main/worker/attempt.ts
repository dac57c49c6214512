/**
 * Owns what the steps of one attempt share. Must not hold logic. Made by worker.ts, handed from step to step by
 * run-attempt.ts.
 */
import type { AttemptOrder } from '../../src-shared/contract/worker-messages.ts';
import type { Provider, UploadNote } from '../providers/provider.ts';
import type { AbsenceGuess } from './absence-guess.ts';
import type { AbsenceSurvey } from './absence-survey.ts';
import type { ApartNote } from './apart-note.ts';
import type { Meter } from './metering.ts';
import type { Pace } from './pace.ts';
import type { Patience, Watch } from './watch-call.ts';

/** How long an attempt waits for others. Tests bring shorter times. */
export interface AttemptPatience extends Patience {
  /** While bytes are in motion, none for so long is a stall. */
  readonly stallMs: number;
  /** So long a body may drip before it counts as a stall. */
  readonly slowMs: number;
  /** A copy of gigabytes inside a service shows no sign of life until it is done. */
  readonly copyMs: number;
  /** Before a write that failed is tried again; three times as long before the next. */
  readonly writePauseMs: number;
}

export const PATIENCE: AttemptPatience = {
  // Longer than the providers' own limits for connecting and answering, which know more; this is the net below them.
  answerMs: 90_000,
  // Half of what common servers allow a silent peer (nginx: 60 s), so that we notice first.
  stallMs: 30_000,
  slowMs: 60_000,
  copyMs: 10 * 60_000,
  // Quit takes at most 5 s in all; a provider that listens tidies up in milliseconds.
  graceMs: 1_500,
  // A moment, for a connection that was cut by chance; what lasts longer is the engine's to slow.
  writePauseMs: 250,
};

/** A call that waits for somebody else than the side it is made to is not silent: no wait here lasts so long. */
export const OTHERS_WAIT_MS = 24 * 60 * 60_000;

export interface Attempt extends Watch {
  readonly patience: AttemptPatience;
  readonly order: AttemptOrder;
  readonly source: Provider;
  readonly destination: Provider;
  readonly meter: Meter;
  readonly pace: Pace;
  /** Aborts with an AttemptAborted. */
  readonly signal: AbortSignal;
  /** Folder for spool files; exists, mode 0700. */
  readonly spoolFolder: string;
  /** Assets up to this many bytes rest in memory. */
  readonly memorySpoolBytes: number;
  readonly absence: AbsenceGuess;
  readonly survey: AbsenceSurvey;
  /** Where a large write is noted. */
  readonly note: UploadNote;
  /** Of a move: where it is noted that its ends are two assets. */
  readonly apart: ApartNote;
  /** Says what a person should know though it changes no outcome. One line, no secrets. */
  readonly warn: (line: string) => void;
}
