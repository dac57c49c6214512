/**
 * Owns how a spool file is called, so that nobody but its attempt can mean it, a later attempt can find it, and a sweep
 * can read whose it is. Never made from a key: keys hold anything. Used by spool.ts and sweep-spool.ts.
 */

/** The letters that a lease token may have; it becomes part of file names here and at destinations. */
export const TOKEN_PATTERN = /^[A-Za-z0-9.-]{1,100}$/;

const NAME_PATTERN = /^job-(\d{1,16})-([A-Za-z0-9.-]{1,100})(?:_([0-9a-f]{32}))?\.spool$/;

/** Whose a spool file is. */
export interface SpoolOwner {
  readonly jobId: number;
  /** The lease token of the attempt. */
  readonly token: string;
}

export interface SpoolFileName extends SpoolOwner {
  /** Says of which bytes it holds the beginning (fingerprint.ts); null: nobody could go on with it. */
  readonly fingerprint: string | null;
}

export function spoolName({ jobId, token }: SpoolOwner, fingerprint: string | null): string {
  return `job-${jobId}-${token}${fingerprint === null ? '' : `_${fingerprint}`}.spool`;
}

/** null: not one of ours. */
export function readSpoolName(name: string): SpoolFileName | null {
  const [, jobId, token, fingerprint] = NAME_PATTERN.exec(name) ?? [];
  if (jobId === undefined || token === undefined) return null;
  return { jobId: Number(jobId), token, fingerprint: fingerprint ?? null };
}
