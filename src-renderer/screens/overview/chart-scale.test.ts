/** Proves the arithmetic of the throughput chart. */
import { describe, expect, it } from 'vitest';
import { areaPath, linePath, niceCeiling } from './chart-scale.ts';

const frame = { width: 100, height: 10, fromMs: 0, toMs: 10_000, ceiling: 10 };
const sample = (atMs: number, rate: number) => ({
  atMs,
  readBytesPerSecond: rate,
  writtenBytesPerSecond: rate,
  jobsPerMinute: 0,
});
const written = ({ writtenBytesPerSecond }: ReturnType<typeof sample>): number => writtenBytesPerSecond;

describe('the throughput chart', () => {
  it.each([
    [0, 1_200],
    [1_000, 1_200],
    [1_201, 1_500],
    [430_000_000, 600_000_000],
    [9_100, 12_000],
  ])('ends above %d at %d, which thirds divide', (most, ceiling) => {
    expect(niceCeiling(most)).toBe(ceiling);
  });

  it('draws what was measured, and nothing across a silence', () => {
    const samples = [sample(1_000, 5), sample(2_000, 10), sample(8_000, 5), sample(9_000, 0)];
    expect(linePath(frame, samples, written)).toBe('M10.0,5.0L20.0,0.0M80.0,5.0L90.0,10.0');
    expect(areaPath(frame, samples, written).match(/Z/g)).toHaveLength(2);
  });

  it('draws nothing from a single point, or from before its window', () => {
    expect(linePath(frame, [sample(1_000, 5)], written)).toBe('');
    expect(linePath({ ...frame, fromMs: 5_000 }, [sample(1_000, 5), sample(2_000, 5)], written)).toBe('');
  });
});
