/**
 * Owns how benches measure and print: percentiles, event-loop delay, one table. Must not know what is measured.
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

/** Starts watching the event loop; the answer ends it. Delay beyond the 1 ms beat of the watch itself. */
export function watchLoop(): () => LoopDelay {
  const watch = monitorEventLoopDelay({ resolution: 1 });
  watch.enable();
  return () => {
    watch.disable();
    return { p99Ms: Math.max(0, watch.percentile(99) / 1e6 - 1), maxMs: Math.max(0, watch.max / 1e6 - 1) };
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

export function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}
