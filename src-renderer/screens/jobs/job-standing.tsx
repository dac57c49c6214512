/**
 * Owns saying why an open job does not run, and what helps: run it now, put it first or last, leave it out. Must not
 * judge gates (the house says them). Used by the job pane.
 */
import { useCallback, useEffect, useState } from 'react';
import type { Explanation } from '../../../src-shared/model/house.ts';
import type { JobDetail } from '../../../src-shared/model/job.ts';
import { isOpen, JOB_ARROWS } from '../../../src-shared/model/job-state.ts';
import { formatMoment } from '../../format/moments.ts';
import { Button } from '../../parts/button.tsx';
import { showFailure, showToast } from '../../parts/toasts.tsx';
import { call } from '../../state/house-client.ts';
import { useHouse } from '../../state/use-house.ts';
import styles from './job-pane.module.css';

type Order = 'job.run' | 'job.skip' | 'first' | 'last';

export function JobStanding({ job }: { readonly job: JobDetail }) {
  const explanation = useExplanation(job);
  const isWaiting = isOpen(job.state) && job.state !== 'running';
  const canSkip = JOB_ARROWS.skip.from.includes(job.state) && job.state !== 'running';
  if (!isWaiting && !canSkip) return null;

  async function give(order: Order): Promise<void> {
    const jobIds = [job.id];
    try {
      const { changed, refused } =
        order === 'first' || order === 'last'
          ? await call('job.reorder', { jobIds, to: order })
          : await call(order, { jobIds });
      showToast(changed.length > 0 ? DONE[order] : (refused[0]?.reason ?? 'Nothing changed.'));
    } catch (thrown) {
      showFailure(thrown);
    }
  }

  return (
    <section className={styles.block} aria-label="Why it does not run">
      {isWaiting && explanation !== null && (
        <>
          <div className={styles.caption}>
            <h2>{explanation.summary}</h2>
          </div>
          <ul className={styles.gates}>
            {explanation.gates.slice(1).map(({ state, reason, untilMs }) => (
              <li key={`${state} ${reason}`}>
                {reason}
                {untilMs !== null && `, until ${formatMoment(untilMs, Date.now())}`}
              </li>
            ))}
          </ul>
        </>
      )}
      <div className={styles.orders}>
        {isWaiting && (
          <>
            <Button size="small" onClick={() => void give('job.run')}>
              Run now
            </Button>
            <Button size="small" onClick={() => void give('first')}>
              Put first
            </Button>
            <Button size="small" onClick={() => void give('last')}>
              Put last
            </Button>
            <PriorityButtons jobId={job.id} />
          </>
        )}
        {canSkip && (
          <Button size="small" onClick={() => void give('job.skip')}>
            Leave out
          </Button>
        )}
      </div>
    </section>
  );
}

const DONE: Readonly<Record<Order, string>> = {
  'job.run': 'It runs as soon as a worker is free.',
  'job.skip': 'The job is left out.',
  first: 'It is first in its migration.',
  last: 'It is last in its migration.',
};

/** Ahead of other migrations too, or behind the rest of its own. */
function PriorityButtons({ jobId }: { readonly jobId: number }) {
  const set = async (priority: number, words: string): Promise<void> => {
    try {
      const { refused } = await call('job.prioritize', { jobIds: [jobId], priority });
      showToast(refused[0]?.reason ?? words);
    } catch (thrown) {
      showFailure(thrown);
    }
  };
  return (
    <>
      <Button size="small" onClick={() => void set(10, 'It goes ahead of others.')}>
        Priority up
      </Button>
      <Button size="small" onClick={() => void set(0, 'It is back in line.')}>
        Normal
      </Button>
    </>
  );
}

/** Asked again whenever the job, its queue's gate or the house changes; null before the first answer. */
function useExplanation({ id, state, queue, notBeforeMs }: JobDetail): Explanation | null {
  const [explanation, setExplanation] = useState<Explanation | null>(null);
  const gate = useHouse((house) => house.queues.find(({ name }) => name === queue)?.gate.reason ?? '');
  const pending = useHouse((house) => house.stats.pending);
  const ask = useCallback(() => {
    let isLate = false;
    call('job.explain', { jobId: id }).then(
      (answer) => {
        if (!isLate) setExplanation(answer);
      },
      // The pane says already that the job is gone, or that nobody answers.
      () => {
        if (!isLate) setExplanation(null);
      },
    );
    return () => {
      isLate = true;
    };
  }, [id]);
  // The last four are what makes an answer old.
  useEffect(() => ask(), [ask, state, notBeforeMs, gate, pending]);
  return explanation;
}
