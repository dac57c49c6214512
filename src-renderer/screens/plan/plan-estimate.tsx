/**
 * Owns what a plan would take, and the figures behind it that a person can change. Must not compute: the house does, so
 * that the window and the command line never differ.
 */
import { useState } from 'react';
import type { PlanEstimate as Estimate, PlanRates } from '../../../src-shared/model/plan.ts';
import { formatBytes, formatRate } from '../../format/bytes.ts';
import { formatCount, formatNumberOf } from '../../format/count.ts';
import { formatDuration } from '../../format/durations.ts';
import { TextField } from '../../parts/text-field.tsx';
import styles from './plan-screen.module.css';
import { formatUsd, requestWords } from './plan-words.ts';

export interface PlanEstimateProps {
  readonly estimate: Estimate;
  readonly rates: PlanRates;
  readonly onRates: (rates: PlanRates) => void;
}

export function PlanEstimate({ estimate, rates, onRates }: PlanEstimateProps) {
  const [typed, setTyped] = useState({
    megabytes: String(rates.bytesPerSecond / 1e6),
    assets: String(rates.assetsPerSecond),
    usd: rates.egressUsdPerGb === null ? '' : String(rates.egressUsdPerGb),
  });
  const change = (changed: Partial<typeof typed>): void => {
    const next = { ...typed, ...changed };
    setTyped(next);
    const megabytes = numberIn(next.megabytes, 0.001, 1e6);
    const assets = numberIn(next.assets, 0.01, 1e6);
    const usd = next.usd.trim() === '' ? null : numberIn(next.usd, 0, 1_000);
    if (megabytes === null || assets === null || (usd === null && next.usd.trim() !== '')) return;
    onRates({ bytesPerSecond: megabytes * 1e6, assetsPerSecond: assets, egressUsdPerGb: usd });
  };
  const { durationMs, source, destination, egressUsd, sourceRequestsUsd, destinationRequestsUsd, notes } = estimate;
  const costs = [sourceRequestsUsd, destinationRequestsUsd].filter((usd) => usd !== null);
  const requestsUsd = costs.length === 0 ? null : costs.reduce((sum, usd) => sum + usd, 0);
  return (
    <section className={styles.estimate} aria-label="Estimate">
      <dl className={styles.figures}>
        <div>
          <dt>Time, estimated</dt>
          <dd>{formatDuration(durationMs)}</dd>
          <dd className={styles.quiet}>
            {formatNumberOf(estimate.assets, 'asset')}, {formatBytes(estimate.bytes)}: the longer of{' '}
            {formatRate(estimate.rates.bytesPerSecond)} and {formatCount(estimate.rates.assetsPerSecond)} assets a
            second
          </dd>
        </div>
        <div>
          <dt>Egress, estimated</dt>
          <dd>{formatUsd(egressUsd)}</dd>
          <dd className={styles.quiet}>{formatBytes(estimate.bytes)} leave the source</dd>
        </div>
        <div>
          <dt>Requests, estimated</dt>
          <dd>{formatUsd(requestsUsd)}</dd>
          <dd className={styles.quiet}>
            Source: {requestWords(source)}
            <br />
            Destination: {requestWords(destination)}
          </dd>
        </div>
      </dl>
      <div className={styles.rates}>
        <TextField
          label="MB a second"
          input="number"
          value={typed.megabytes}
          onChange={(megabytes) => change({ megabytes })}
        />
        <TextField
          label="Assets a second"
          input="number"
          value={typed.assets}
          onChange={(assets) => change({ assets })}
        />
        <TextField
          label="USD for each GB"
          input="number"
          value={typed.usd}
          placeholder="List price"
          onChange={(usd) => change({ usd })}
        />
      </div>
      {notes.length > 0 && <p className={styles.notes}>{notes.join(' ')}</p>}
    </section>
  );
}

/** null: it is no such number. */
function numberIn(text: string, least: number, most: number): number | null {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return value >= least && value <= most ? value : null;
}
