/**
 * Owns what a run cost and how two costs are set side by side. Must not run anything. Used by vs-rclone.ts.
 */
import { printFigures } from './figures.ts';

export interface Cost {
  readonly wallMs: number;
  /** User and system time of the client alone, servers left out. */
  readonly cpuMs: number;
  /** Of it, that of our main process. */
  readonly mainCpuMs: number;
}

/** Of each figure by itself. */
export function median(costs: readonly Cost[]): Cost {
  const middle = (values: number[]): number =>
    values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  return {
    wallMs: middle(costs.map((cost) => cost.wallMs)),
    cpuMs: middle(costs.map((cost) => cost.cpuMs)),
    mainCpuMs: middle(costs.map((cost) => cost.mainCpuMs)),
  };
}

export function compareCosts(
  what: { readonly title: string; readonly aim: number; readonly assets: number },
  ours: Cost,
  theirs: Cost,
): void {
  const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(2)} s`;
  printFigures(what.title, [
    ['ours, wall', seconds(ours.wallMs)],
    ['theirs, wall', seconds(theirs.wallMs)],
    ['ours to theirs, wall', (ours.wallMs / theirs.wallMs).toFixed(2), `at most ${what.aim}`],
    ['ours, processor', seconds(ours.cpuMs)],
    ['of it, the main process', seconds(ours.mainCpuMs)],
    ['theirs, processor', seconds(theirs.cpuMs)],
    ['ours to theirs, processor', (ours.cpuMs / theirs.cpuMs).toFixed(2)],
    ['ours, processor an asset', `${(ours.cpuMs / what.assets).toFixed(2)} ms`],
  ]);
}
