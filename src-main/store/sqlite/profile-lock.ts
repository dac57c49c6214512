/**
 * Owns the lock of a profile: one house at a time. The kernel releases it when the process ends, however it ends, so
 * no crash ever needs a manual unlock. Must not be opened with `fs` while held. Called by compose.ts.
 */
import { DatabaseSync } from 'node:sqlite';
import { fail } from '../../../src-shared/model/failure.ts';

/** How long a start waits for the process before it to let go. */
const WAIT_MS = 500;

/** Takes the lock; returns the function that gives it back. Throws FailureError `already-exists` when another holds it. */
export function lockProfile(lockPath: string): () => void {
  const db = new DatabaseSync(lockPath, { timeout: WAIT_MS });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!(error instanceof Error && /locked|busy/i.test(error.message))) throw error;
    fail('already-exists', 'Another Transship already uses this profile.', {
      field: 'profile',
      hint: 'Use the window or address that is already open, or start with another --profile folder.',
    });
  }
  return () => db.close();
}
