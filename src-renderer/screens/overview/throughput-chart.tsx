/**
 * Owns the chart of the pace: the last ten minutes, the present, and the band in which the work will end. Only measured
 * figures. Own SVG: one line and one band are not worth a library.
 */
import { useEffect, useRef, useState } from 'react';
import type { Forecast } from '../../../src-shared/model/house.ts';
import { formatBytes, formatRate } from '../../format/bytes.ts';
import { formatClock } from '../../format/moments.ts';
import { useHouse } from '../../state/use-house.ts';
import { recentRate } from './answers.ts';
import { areaPath, type Frame, linePath, niceCeiling, yOf } from './chart-scale.ts';
import section from './section.module.css';
import styles from './throughput-chart.module.css';

/** The window of time grows with what there is to show. */
const SHORTEST_PAST_MS = 60_000;
const LONGEST_PAST_MS = 10 * 60_000;
const LEFT = 52;
const BOTTOM = 22;
const TOP = 16;
/** Of the width, for what lies ahead. */
const AHEAD_PART = 0.36;
const GRID_LINES = 3;

export function ThroughputChart() {
  const samples = useHouse((house) => house.throughput);
  const forecast = useHouse((house) => house.forecast);
  const rate = useHouse((house) => recentRate(house));
  const readRate = samples.at(-1)?.readBytesPerSecond ?? 0;
  const plot = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(plot);
  return (
    <section aria-label="Throughput and finish">
      <h2 className={section.title}>
        Throughput and finish
        <span className={styles.legend}>
          <span>read from sources {formatRate(readRate)}</span>
          <span className={styles.written}>written and confirmed {formatRate(rate)}</span>
        </span>
      </h2>
      <div className={styles.plot} ref={plot}>
        {width > 0 && <Plot samples={samples} forecast={forecast} rate={rate} width={width} height={height} />}
      </div>
    </section>
  );
}

interface PlotProps {
  readonly samples: Parameters<typeof linePath>[1];
  readonly forecast: Forecast | null;
  readonly rate: number;
  readonly width: number;
  readonly height: number;
}

function Plot({ samples, forecast, rate, width, height }: PlotProps) {
  const nowMs = samples.at(-1)?.atMs ?? 0;
  const shownMs = nowMs - (samples[0]?.atMs ?? nowMs);
  const pastMs = Math.min(LONGEST_PAST_MS, Math.max(SHORTEST_PAST_MS, Math.ceil(shownMs / 60_000) * 60_000));
  const most = samples.reduce(
    (max, sample) => Math.max(max, sample.writtenBytesPerSecond, sample.readBytesPerSecond),
    0,
  );
  const pastWidth = (width - LEFT) * (forecast === null ? 1 : 1 - AHEAD_PART);
  const frame: Frame = {
    width: pastWidth,
    height: height - BOTTOM - TOP,
    fromMs: nowMs - pastMs,
    toMs: nowMs,
    ceiling: niceCeiling(most),
  };
  const nowY = yOf(frame, rate);
  return (
    <svg role="img" aria-label={`Now ${formatRate(rate)}`} width={width} height={height}>
      <defs>
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line className={styles.hatch} x1="0" y1="0" x2="0" y2="6" />
        </pattern>
      </defs>
      <g transform={`translate(${LEFT} ${TOP})`}>
        {Array.from({ length: GRID_LINES + 1 }, (_, index) => {
          const value = (frame.ceiling / GRID_LINES) * index;
          return (
            <g key={value} transform={`translate(0 ${yOf(frame, value)})`}>
              <line className={styles.grid} x2={width - LEFT} />
              <text className={styles.label} x={-8} y={4} textAnchor="end">
                {index === 0 ? '0' : formatBytes(value)}
              </text>
            </g>
          );
        })}
        <path className={styles.area} d={areaPath(frame, samples, (sample) => sample.writtenBytesPerSecond)} />
        <path className={styles.read} d={linePath(frame, samples, (sample) => sample.readBytesPerSecond)} />
        <path className={styles.line} d={linePath(frame, samples, (sample) => sample.writtenBytesPerSecond)} />
        {nowMs > 0 && <Times frame={frame} nowMs={nowMs} />}
        {forecast !== null && (
          <Ahead
            forecast={forecast}
            nowMs={nowMs}
            nowY={nowY}
            x={pastWidth}
            width={(width - LEFT) * AHEAD_PART}
            height={frame.height}
          />
        )}
      </g>
    </svg>
  );
}

function Times({ frame, nowMs }: { readonly frame: Frame; readonly nowMs: number }) {
  const y = frame.height + 16;
  return (
    <>
      <text className={styles.label} x={0} y={y}>
        {formatClock(frame.fromMs)}
      </text>
      <text className={styles.label} x={frame.width / 2} y={y} textAnchor="middle">
        {formatClock((frame.fromMs + nowMs) / 2)}
      </text>
      <text className={styles.strong} x={frame.width} y={y} textAnchor="end">
        now {formatClock(nowMs)}
      </text>
    </>
  );
}

interface AheadProps {
  readonly forecast: Forecast;
  readonly nowMs: number;
  readonly nowY: number;
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

/** Its own scale: the end may be hours away. The band stands between the median's end and the slow one's. */
function Ahead({ forecast, nowMs, nowY, x, width, height }: AheadProps) {
  const span = Math.max(1, forecast.latestAtMs - nowMs) * 1.08;
  const at = (ms: number): number => x + ((ms - nowMs) / span) * width;
  const from = at(forecast.earliestAtMs);
  const to = Math.max(from + 2, at(forecast.latestAtMs));
  return (
    <>
      <line className={styles.now} x1={x} x2={x} y1={-TOP} y2={height} />
      <line className={styles.ahead} x1={x} x2={from} y1={nowY} y2={nowY} />
      <rect className={styles.band} x={from} y={0} width={to - from} height={height} />
      <circle className={styles.dot} cx={x} cy={nowY} r={4} />
      <text className={styles.strong} x={from - 8} y={8} textAnchor="end">
        {formatClock(forecast.earliestAtMs)}
      </text>
      <text className={styles.label} x={from - 8} y={24} textAnchor="end">
        {formatClock(forecast.latestAtMs)} at the latest
      </text>
    </>
  );
}

function useSize(ref: { readonly current: HTMLElement | null }): { readonly width: number; readonly height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}
