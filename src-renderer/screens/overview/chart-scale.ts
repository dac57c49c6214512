/** Owns the arithmetic of the throughput chart: scales, ticks, paths. Pure. Called by throughput-chart.tsx. */
import type { ThroughputSample } from '../../../src-shared/model/house.ts';

/** Ceilings whose thirds, where the lines are, are figures a person can read. */
const STEPS = [1.2, 1.5, 3, 6, 9, 12] as const;

/** The least round figure that is not below `most`; at least 1 kB/s, so that silence is a flat line. */
export function niceCeiling(most: number): number {
  const floor = Math.max(1_000, most);
  const power = 10 ** Math.floor(Math.log10(floor));
  const step = STEPS.find((candidate) => candidate * power >= floor) ?? 12;
  return step * power;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly ceiling: number;
}

export function xOf({ width, fromMs, toMs }: Frame, atMs: number): number {
  return toMs === fromMs ? width : ((atMs - fromMs) / (toMs - fromMs)) * width;
}

export function yOf({ height, ceiling }: Frame, value: number): number {
  return height - Math.min(1, value / ceiling) * height;
}

/** An SVG path through the samples that lie in the frame. Empty with fewer than two. */
export function linePath(
  frame: Frame,
  samples: readonly ThroughputSample[],
  value: (sample: ThroughputSample) => number,
): string {
  const points = samples
    .filter((sample) => sample.atMs >= frame.fromMs)
    .map((sample) => `${xOf(frame, sample.atMs).toFixed(1)},${yOf(frame, value(sample)).toFixed(1)}`);
  return points.length < 2 ? '' : `M${points.join('L')}`;
}

/** The same, closed along the ground. */
export function areaPath(
  frame: Frame,
  samples: readonly ThroughputSample[],
  value: (sample: ThroughputSample) => number,
): string {
  const line = linePath(frame, samples, value);
  const inside = samples.filter((sample) => sample.atMs >= frame.fromMs);
  const first = inside[0];
  const last = inside.at(-1);
  if (line === '' || first === undefined || last === undefined) return '';
  return `${line}L${xOf(frame, last.atMs).toFixed(1)},${frame.height}L${xOf(frame, first.atMs).toFixed(1)},${frame.height}Z`;
}
