/**
 * Owns how many attempts a queue may still start now, where it has a rate: a token bucket for each queue, in
 * monotonic time. Must not know jobs. Used by the scheduler and for the gate's reason.
 */

interface Bucket {
  perMinute: number;
  tokens: number;
  atMs: number;
}

/** A rate may be used up at once after a rest, but never more than this many seconds of it. */
const BURST_SECONDS = 1;

export class StartRates {
  private readonly buckets = new Map<string, Bucket>();

  /** Whole starts that are free at `nowMs`; Infinity without a rate. */
  free(queue: string, perMinute: number | null, nowMs: number): number {
    return perMinute === null ? Number.POSITIVE_INFINITY : Math.floor(this.bucket(queue, perMinute, nowMs).tokens);
  }

  take(queue: string, perMinute: number | null, starts: number, nowMs: number): void {
    if (perMinute !== null) this.bucket(queue, perMinute, nowMs).tokens -= starts;
  }

  /** Milliseconds until the next start is free; 0 when one is. */
  waitMs(queue: string, perMinute: number | null, nowMs: number): number {
    if (perMinute === null) return 0;
    const missing = 1 - this.bucket(queue, perMinute, nowMs).tokens;
    return missing <= 0 ? 0 : Math.ceil((missing * 60_000) / perMinute);
  }

  private bucket(queue: string, perMinute: number, nowMs: number): Bucket {
    const most = Math.max(1, (perMinute / 60) * BURST_SECONDS);
    let bucket = this.buckets.get(queue);
    if (bucket === undefined) {
      bucket = { perMinute, tokens: most, atMs: nowMs };
      this.buckets.set(queue, bucket);
    }
    bucket.tokens = Math.min(most, bucket.tokens + ((nowMs - bucket.atMs) / 60_000) * bucket.perMinute);
    bucket.atMs = nowMs;
    bucket.perMinute = perMinute;
    return bucket;
  }
}
