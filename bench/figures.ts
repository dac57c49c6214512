/**
 * Owns how benches measure and print: percentiles, event-loop delay, memory, one table. Must not know what is measured.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** `fraction` in [0, 1] of the values, which need not be sorted. */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

export interface LoopDelay {
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** How often the watches of the loop look; a loop that is never held is as late as that, so it is taken off. */
const BEAT_MS = 1;

/**
 * Starts watching the event loop; the answer ends it. `maxMs` is the worst that either of two watches saw: Node's own
 * misses a stall that is still going on when it is asked, the gaps between beats of a timer do not.
 */
export function watchLoop(): () => LoopDelay {
  const watch = monitorEventLoopDelay({ resolution: BEAT_MS });
  let lastBeatMs = performance.now();
  let longestGapMs = 0;
  const beat = (): void => {
    const nowMs = performance.now();
    longestGapMs = Math.max(longestGapMs, nowMs - lastBeatMs);
    lastBeatMs = nowMs;
  };
  const beats = setInterval(beat, BEAT_MS);
  watch.enable();
  return () => {
    beat();
    clearInterval(beats);
    watch.disable();
    return {
      p99Ms: Math.max(0, watch.percentile(99) / 1e6 - BEAT_MS),
      maxMs: Math.max(0, watch.max / 1e6 - BEAT_MS, longestGapMs - BEAT_MS),
    };
  };
}

/** Often enough to see the peak of work that takes a second. */
const MEMORY_LOOK_MS = 20;

/**
 * Starts watching the memory of this process (resident set), after a collection when Node runs with --expose-gc; the
 * answer ends it and says how many bytes it had grown at the most.
 */
export function watchMemory(): () => number {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const looks = setInterval(look, MEMORY_LOOK_MS);
  return () => {
    look();
    clearInterval(looks);
    return peak - before;
  };
}

/** One line a figure; `aim` is what the figure should reach, in words. */
export function printFigures(
  title: string,
  figures: readonly (readonly [name: string, value: string, aim?: string])[],
): void {
  console.log(`\n${title}`);
  const width = Math.max(...figures.map(([name]) => name.length));
  for (const [name, value, aim] of figures) {
    console.log(`  ${name.padEnd(width)}  ${value.padStart(16)}${aim === undefined ? '' : `   aim: ${aim}`}`);
  }
}

export function perSecond(count: number, elapsedMs: number): string {
  return `${Math.round((count / elapsedMs) * 1_000).toLocaleString('en')} /s`;
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

export function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}
