/**
 * Owns the shape and the codes of a failure as it crosses borders (worker, database, channel, GraphQL, window).
 * Must not throw anything itself but `FailureError`. Used by every room.
 */

export const FAILURE_CODES = [
  'not-found',
  'permission-denied',
  'auth-expired',
  'rate-limited',
  'quota-exceeded',
  'name-invalid',
  'already-exists',
  'too-large',
  'source-changed',
  'checksum-mismatch',
  'network',
  'timeout',
  'disk-full',
  'worker-lost',
  'invalid-input',
  'unsupported',
  'unexpected',
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];

/**
 * A failure as data. `message` says what happened in a sentence a person understands, `hint` what to do about it.
 * `field` names the input it belongs to ("source.container"), so that a form can show it at the place it was typed.
 * `retryAfterMs` is the least wait the other side asked for; it is never undercut, and believed for an hour at most.
 */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
  readonly field?: string;
  readonly retryAfterMs?: number;
}

/** Codes that another attempt can mend without anybody changing anything. */
const RETRYABLE: ReadonlySet<FailureCode> = new Set([
  'rate-limited',
  'source-changed',
  'checksum-mismatch',
  'network',
  'timeout',
  'worker-lost',
]);

export interface FailureExtras {
  readonly hint?: string;
  readonly retryable?: boolean;
  readonly field?: string;
  readonly retryAfterMs?: number;
}

/** Makes a failure; `retryable` follows from the code unless said otherwise. */
export function failure(code: FailureCode, message: string, extras: FailureExtras = {}): Failure {
  return {
    code,
    message,
    hint: extras.hint ?? '',
    retryable: extras.retryable ?? RETRYABLE.has(code),
    ...(extras.field === undefined ? {} : { field: extras.field }),
    ...(extras.retryAfterMs === undefined ? {} : { retryAfterMs: extras.retryAfterMs }),
  };
}

/** The one exception that carries a failure through code that throws. Borders turn it back into data. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(value: Failure, options?: ErrorOptions) {
    super(value.message, options);
    this.name = 'FailureError';
    this.failure = value;
  }
}

/** Throws a failure; the return type lets it stand in an expression. */
export function fail(code: FailureCode, message: string, extras: FailureExtras = {}): never {
  throw new FailureError(failure(code, message, extras));
}

/** Turns anything thrown into a failure. What carries none becomes `unexpected`, with the thrown message kept. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof FailureError) return thrown.failure;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return failure('unexpected', message, { hint: 'This is not a known failure; the log has the details.' });
}
