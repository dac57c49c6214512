/**
 * Owns one job in detail, kept fresh: fetched once, and again whenever the house says that it changed. Called by the
 * detail pane.
 */
import { useCallback, useEffect, useState } from 'react';
import { type Failure, toFailure } from '../../../src-shared/model/failure.ts';
import type { JobDetail } from '../../../src-shared/model/job.ts';
import { call } from '../../state/house-client.ts';
import { onSnapshot, onViewPatch } from '../../state/house-store.ts';

const VIEW_ID = 'job-pane';

export interface JobDetailAnswer {
  /** The last that was known; null until the first answer. */
  readonly job: JobDetail | null;
  readonly failure: Failure | null;
  readonly reload: () => void;
}

export function useJobDetail(jobId: number): JobDetailAnswer {
  const [answer, setAnswer] = useState<{ jobId: number; job: JobDetail | null; failure: Failure | null }>({
    jobId,
    job: null,
    failure: null,
  });
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((before) => before + 1), []);

  useEffect(() => {
    let isOver = false;
    // The round is why this runs again; the answer is about this job only.
    void round;
    call('job.get', { jobId }).then(
      (job) => {
        if (!isOver) setAnswer({ jobId, job, failure: null });
      },
      (thrown: unknown) => {
        if (!isOver) setAnswer((before) => ({ ...before, jobId, failure: toFailure(thrown) }));
      },
    );
    return () => {
      isOver = true;
    };
  }, [jobId, round]);

  useEffect(() => {
    const watch = (): void => {
      call('view.watch', { viewId: VIEW_ID, jobIds: [jobId] }).catch(() => reload());
    };
    const ends = [
      onViewPatch(VIEW_ID, ({ rows, removed }) => {
        if (rows.length > 0 || removed.length > 0) reload();
      }),
      onSnapshot(() => {
        watch();
        reload();
      }),
    ];
    watch();
    return () => {
      for (const end of ends) end();
      call('view.unwatch', { viewId: VIEW_ID }).catch(() => {});
    };
  }, [jobId, reload]);

  // What is left of another job is not shown under this one's name.
  return { job: answer.job?.id === jobId ? answer.job : null, failure: answer.failure, reload };
}
