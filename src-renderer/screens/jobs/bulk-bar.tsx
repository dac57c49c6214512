/**
 * Owns what can be done with the selected jobs: buttons that name exact counts, a question before work is destroyed,
 * and what came of it. Used by job-list.tsx.
 */
import { X } from 'lucide-react';
import { useState } from 'react';
import type { BulkResult } from '../../../src-shared/contract/commands.ts';
import type { JobRow } from '../../../src-shared/model/job.ts';
import { formatBytes } from '../../format/bytes.ts';
import { formatCount, formatNumberOf } from '../../format/count.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Confirm } from '../../parts/dialog.tsx';
import { showFailure, showToast } from '../../parts/toasts.tsx';
import { call } from '../../state/house-client.ts';
import styles from './bulk-bar.module.css';
import {
  describeResult,
  describeStates,
  idsFor,
  inPortions,
  JOB_VERBS,
  type JobVerb,
  VERB_LABELS,
} from './job-actions.ts';

export function BulkBar({ rows, onClear }: { readonly rows: readonly JobRow[]; readonly onClear: () => void }) {
  const [isBusy, setBusy] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const knownBytes = rows.reduce((sum, row) => sum + (row.sizeBytes ?? 0), 0);
  const cancelled = idsFor('cancel', rows).length;

  async function run(verb: JobVerb): Promise<void> {
    setBusy(true);
    if (await runOnJobs(verb, idsFor(verb, rows))) onClear();
    setBusy(false);
  }

  return (
    <section className={styles.bar} aria-label="Selected jobs">
      <strong className={styles.count}>{formatCount(rows.length)} selected</strong>
      <span className={styles.detail}>
        {describeStates(rows)}
        {knownBytes > 0 && ` · ${formatBytes(knownBytes)}`}
      </span>
      <span className={styles.actions}>
        {JOB_VERBS.map((verb) => {
          const count = idsFor(verb, rows).length;
          if (count === 0) return null;
          return (
            <Button
              key={verb}
              tone="inverse"
              disabled={isBusy}
              onClick={() => (verb === 'cancel' ? setAsking(true) : void run(verb))}
            >
              {VERB_LABELS[verb]} {formatCount(count)}
            </Button>
          );
        })}
        <IconButton icon={X} label="Clear the selection" tone="inverse" onClick={onClear} />
      </span>
      <Confirm
        open={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => void run('cancel')}
        title={`Cancel ${formatNumberOf(cancelled, 'job')}?`}
        description="What is under way is stopped and its unfinished bytes are removed from the destination. Cancelled jobs can be retried later; they then begin anew."
        action={`Cancel ${formatNumberOf(cancelled, 'job')}`}
      />
    </section>
  );
}

/** Runs a verb on jobs, in portions, and says what came of it. false: nothing could be sent to its end. */
export async function runOnJobs(verb: JobVerb, jobIds: readonly number[]): Promise<boolean> {
  const results: BulkResult[] = [];
  try {
    for (const portion of inPortions(jobIds)) results.push(await call(`job.${verb}`, { jobIds: [...portion] }));
    showToast(describeResult(verb, results));
    return true;
  } catch (thrown) {
    if (results.length > 0) showToast(describeResult(verb, results));
    showFailure(thrown);
    return false;
  }
}
