/**
 * Owns which accounts were told to slow down, and until when. Memory only, in monotonic time: a new start finds out
 * again. Must not decide about single jobs. Fed by settled attempts, read by the scheduler.
 */
import type { AttemptEnd } from './settle-attempt.ts';

interface Throttled {
  untilMs: number;
  reason: string;
}

export class AccountThrottle {
  private readonly throttled = new Map<string, Throttled>();

  /** The account is left alone for `delayMs`; a longer wait that stands is not shortened. */
  slow(accountId: string, delayMs: number, reason: string, nowMs: number): void {
    const untilMs = nowMs + delayMs;
    if ((this.throttled.get(accountId)?.untilMs ?? 0) < untilMs) this.throttled.set(accountId, { untilMs, reason });
  }

  /** Milliseconds that it still waits, with the reason; null when it is free. */
  wait(accountId: string, nowMs: number): { readonly waitMs: number; readonly reason: string } | null {
    const entry = this.throttled.get(accountId);
    if (entry === undefined) return null;
    if (entry.untilMs > nowMs) return { waitMs: entry.untilMs - nowMs, reason: entry.reason };
    this.throttled.delete(accountId);
    return null;
  }

  /** True when no account waits: the common case costs nothing. */
  get isEmpty(): boolean {
    return this.throttled.size === 0;
  }
}

/**
 * Which side has to be left alone: one that asked for it, or a destination without room. Reads break before `upload`,
 * everything later is the destination's. null: neither. Pure.
 */
export function throttledSide(end: AttemptEnd): 'source' | 'destination' | null {
  if (end.kind !== 'failed') return null;
  const isReading = end.step === 'open' || end.step === 'spool';
  if (end.failure.code === 'rate-limited') return isReading ? 'source' : 'destination';
  return end.failure.code === 'disk-full' && !isReading ? 'destination' : null;
}
