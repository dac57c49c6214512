/**
 * Owns the last words: what the person and the log learn when the app cannot start or cannot go on. Must not try to
 * save anything; what was acknowledged is on disk already. Called by main.ts.
 */
import { app, dialog } from 'electron';
import { toFailure } from '../../src-shared/model/failure.ts';
import type { Log } from '../ports.ts';

/** As in sysexits.h: an internal error. */
const EX_SOFTWARE = 70;

/** Says why, and ends the process with 1 for a reason that a person can mend, 70 for one that nobody foresaw. */
export function giveUp(thrown: unknown, log: Log | null): void {
  const { code, message, hint } = toFailure(thrown);
  log?.error('gave up', { code, message, error: thrown });
  dialog.showErrorBox('Transship cannot go on', [message, hint].filter((line) => line !== '').join('\n\n'));
  app.exit(code === 'unexpected' ? EX_SOFTWARE : 1);
}
