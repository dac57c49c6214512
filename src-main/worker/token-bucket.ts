/**
 * Owns one share of a bandwidth cap: bytes pass in the order they came, no faster than the rate, which may change while
 * they wait. Must not know whose bytes they are. Used by pace.ts.
 */

/** More than this much of the rate is never saved up: a rest is not followed by a flood. */
const BURST_MS = 50;
/** What bytes that waited have earned while a timer was late, on a busy machine; a sleep of the machine earns no more. */
const LATE_MS = 250;
/** Longer waits are looked at again, for a timer may not be set so far ahead. */
const LONGEST_WAIT_MS = 60_000;

interface Waiting {
  readonly bytes: number;
  pass(): void;
}

export class TokenBucket {
  #bytesPerMs: number;
  #creditBytes = 0;
  #countedAtMs: number;
  readonly #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #now: () => number;

  /** `now`: a monotonic clock in milliseconds. */
  constructor(bytesPerSecond: number, now: () => number = () => performance.now()) {
    this.#bytesPerMs = bytesPerSecond / 1_000;
    this.#now = now;
    this.#countedAtMs = now();
  }

  /** Those that wait go on at the new rate from here. Infinity lets them all pass. */
  setRate(bytesPerSecond: number): void {
    this.#count();
    this.#bytesPerMs = bytesPerSecond / 1_000;
    this.#serve();
  }

  /** Resolves when the bytes may pass. Rejects with the signal's reason; what waits behind moves up. */
  take(bytes: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        this.#serve();
        reject(signal.reason);
      };
      const entry: Waiting = {
        bytes,
        pass() {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      // A rest before counts as a rest, not as having waited.
      this.#count();
      this.#waiting.push(entry);
      this.#serve();
    });
  }

  #count(): void {
    const nowMs = this.#now();
    const earned = this.#isOpen ? 0 : this.#creditBytes + (nowMs - this.#countedAtMs) * this.#bytesPerMs;
    const [next] = this.#waiting;
    const savedMs = next === undefined ? BURST_MS : LATE_MS;
    const mostBytes = (next?.bytes ?? 0) + (this.#isOpen ? 0 : this.#bytesPerMs * savedMs);
    this.#creditBytes = Math.min(earned, mostBytes);
    this.#countedAtMs = nowMs;
  }

  #serve(): void {
    clearTimeout(this.#timer);
    this.#count();
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!this.#isOpen) {
        const missingBytes = next.bytes - this.#creditBytes;
        if (missingBytes > 0) {
          const waitMs = Math.min(LONGEST_WAIT_MS, Math.ceil(missingBytes / this.#bytesPerMs));
          this.#timer = setTimeout(() => this.#serve(), waitMs);
          return;
        }
        this.#creditBytes = -missingBytes;
      }
      this.#waiting.shift();
      next.pass();
    }
  }

  get #isOpen(): boolean {
    return this.#bytesPerMs === Number.POSITIVE_INFINITY;
  }
}
