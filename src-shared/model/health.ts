/**
 * Owns how the house is doing, and what it has to tell a person: the last health check, and news that stay until they
 * are read. Must not check anything. Read by every room.
 */
import type { Failure } from './failure.ts';

export interface HealthCheck {
  /** "database", "disk", "account media-prod". */
  readonly subject: string;
  readonly ok: boolean;
  /** A sentence with the figure that was found. */
  readonly detail: string;
  readonly failure: Failure | null;
}

export interface HealthReport {
  readonly atMs: number;
  readonly checks: readonly HealthCheck[];
}

/** Something that happened to the house and that a person must know: a restored database, a start after a crash. */
export interface HouseNews {
  readonly id: number;
  readonly atMs: number;
  readonly severity: 'note' | 'warning';
  readonly message: string;
  readonly hint: string;
}
