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

/** Nothing is sampled while nothing moves: across a longer silence no line is drawn. */
const LONGEST_GAP_MS = 3_000;

/** The samples in the frame, cut where they are silent. */
function stretches({ fromMs }: Frame, samples: readonly ThroughputSample[]): ThroughputSample[][] {
  const all: ThroughputSample[][] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    if (sample.atMs < fromMs) continue;
    if (sample.atMs - lastMs > LONGEST_GAP_MS) all.push([]);
    all.at(-1)?.push(sample);
    lastMs = sample.atMs;
  }
  return all.filter((stretch) => stretch.length > 1);
}

/** An SVG path through the samples that lie in the frame. Empty with fewer than two. */
export function linePath(
  frame: Frame,
  samples: readonly ThroughputSample[],
  value: (sample: ThroughputSample) => number,
): string {
  return stretches(frame, samples)
    .map((stretch) => through(frame, stretch, value))
    .join('');
}

/** The same, closed along the ground. */
export function areaPath(
  frame: Frame,
  samples: readonly ThroughputSample[],
  value: (sample: ThroughputSample) => number,
): string {
  return stretches(frame, samples)
    .map((stretch) => {
      const [from, to] = [stretch[0]?.atMs ?? 0, stretch.at(-1)?.atMs ?? 0];
      const ground = `L${xOf(frame, to).toFixed(1)},${frame.height}L${xOf(frame, from).toFixed(1)},${frame.height}Z`;
      return `${through(frame, stretch, value)}${ground}`;
    })
    .join('');
}

function through(
  frame: Frame,
  stretch: readonly ThroughputSample[],
  value: (sample: ThroughputSample) => number,
): string {
  const points = stretch.map(
    (sample) => `${xOf(frame, sample.atMs).toFixed(1)},${yOf(frame, value(sample)).toFixed(1)}`,
  );
  return `M${points.join('L')}`;
}
