/**
 * Owns how a spool file is called, so that nobody but its attempt can mean it and a sweep can read whose it is. Never
 * made from a key: keys hold anything. Used by spool-file.ts and sweep-spool.ts.
 */

/** The letters that a lease token may have; it becomes part of file names here and at destinations. */
export const TOKEN_PATTERN = /^[A-Za-z0-9.-]{1,100}$/;

const NAME_PATTERN = /^job-(\d{1,16})-([A-Za-z0-9.-]{1,100})\.spool$/;

/** Whose a spool file is. */
export interface SpoolOwner {
  readonly jobId: number;
  /** The lease token of the attempt. */
  readonly token: string;
}

export function spoolName({ jobId, token }: SpoolOwner): string {
  return `job-${jobId}-${token}.spool`;
}

/** null: not one of ours. */
export function readSpoolName(name: string): SpoolOwner | null {
  const [, jobId, token] = NAME_PATTERN.exec(name) ?? [];
  return jobId === undefined || token === undefined ? null : { jobId: Number(jobId), token };
}
