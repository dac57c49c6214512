/**
 * Owns the last words: what the person and the log learn when the app cannot start or cannot go on. Must not try to
 * save anything; what was acknowledged is on disk already. Called by main.ts.
 */
import { app, dialog } from 'electron';
import { type FailureCode, toFailure } from '../../src-shared/model/failure.ts';
import type { Log } from '../ports.ts';

/** The same as the headless door's. 70 is sysexits.h's internal error; what a person can mend ends with 1. */
const EXIT_CODES: Partial<Record<FailureCode, number>> = { 'already-exists': 3, unexpected: 70 };

/** Says why, and ends the process. */
export function giveUp(thrown: unknown, log: Log | null): void {
  const { code, message, hint } = toFailure(thrown);
  log?.error('gave up', { code, message, error: thrown });
  dialog.showErrorBox('Transship cannot go on', [message, hint].filter((line) => line !== '').join('\n\n'));
  app.exit(EXIT_CODES[code] ?? 1);
}
