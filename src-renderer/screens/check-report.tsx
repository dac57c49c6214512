/**
 * Owns how the result of a connection test reads: its steps with their times, what was found, why it failed. Must not
 * run tests. Used by the accounts screen, the account editor and the new-migration form.
 */
import { Info } from 'lucide-react';
import type { CheckReport as Report } from '../../src-shared/model/provider.ts';
import { AssetKey } from '../parts/asset-key.tsx';
import { classes } from '../parts/button.tsx';
import styles from './check-report.module.css';
import { formatSpan } from './format-span.ts';

/** `hideFailure`: a form shows the failure at its field already. */
export function CheckReport({
  report,
  hideFailure = false,
}: {
  readonly report: Report;
  readonly hideFailure?: boolean;
}) {
  const { steps, remarks, sampleKeys, failure } = report;
  return (
    <div className={styles.report} role="status">
      <ol className={styles.steps} aria-label="Steps of the test">
        {steps.map((step) => (
          <li
            key={step.name}
            className={classes(styles.step, step.failure !== null && styles.broken)}
            title={step.failure?.message}
          >
            <strong>{step.name}</strong>
            {step.failure === null ? formatSpan(step.elapsedMs) : 'failed'}
          </li>
        ))}
      </ol>
      {failure !== null && !hideFailure && (
        <p className={styles.failure}>
          {failure.message}
          {failure.hint !== '' && <small>{failure.hint}</small>}
        </p>
      )}
      {remarks.map((remark) => (
        <p key={remark} className={styles.remark}>
          <Info size={14} strokeWidth={1.8} aria-hidden />
          {remark}
        </p>
      ))}
      {sampleKeys.length > 0 && (
        <div>
          <p className={styles.quiet}>The first keys there</p>
          <ul aria-label="First keys">
            {sampleKeys.map((key) => (
              <li key={key} className={styles.key}>
                <AssetKey value={key} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

/** "Passed", "Passed, 2 remarks", "Failed at list": for rows. */
export function reportWords({ ok, steps, remarks }: Report): string {
  if (!ok) {
    const broken = steps.find((step) => step.failure !== null);
    return broken === undefined ? 'Failed' : `Failed at ${broken.name}`;
  }
  if (remarks.length === 0) return 'Passed';
  return `Passed, ${remarks.length} ${remarks.length === 1 ? 'remark' : 'remarks'}`;
}
