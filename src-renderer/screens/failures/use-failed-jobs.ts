/**
 * Owns fetching the failed jobs, newest first, up to a bound, and fetching them again when their number changes.
 * Must not group them. Called by the failures screen.
 */
import { useCallback, useEffect, useState } from 'react';
import { type Failure, toFailure } from '../../../src-shared/model/failure.ts';
import type { JobRow } from '../../../src-shared/model/job.ts';
import { call } from '../../state/house-client.ts';
import { useHouse } from '../../state/use-house.ts';

/** Grouping is by what is fetched; more than this says nothing new and costs the house seconds of reading. */
export const MOST_FETCHED = 5_000;
/** The largest page that the house gives. */
const PAGE_ROWS = 200;
/** While jobs fail one after the other, the groups follow at most this often. */
const REST_MS = 1_500;

export interface FailedJobs {
  /** null until the first answer. */
  readonly rows: readonly JobRow[] | null;
  readonly failure: Failure | null;
  readonly reload: () => void;
}

export function useFailedJobs(): FailedJobs {
  const failed = useHouse((house) => house.stats.failed);
  const [rows, setRows] = useState<readonly JobRow[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const isFirst = rows === null;

  useEffect(() => {
    const controller = new AbortController();
    void round;
    void failed;
    const timer = window.setTimeout(
      () => {
        fetchFailed(controller.signal).then(
          (fetched) => {
            if (controller.signal.aborted) return;
            setRows(fetched);
            setFailure(null);
          },
          (thrown: unknown) => {
            if (!controller.signal.aborted) setFailure(toFailure(thrown));
          },
        );
      },
      isFirst ? 0 : REST_MS,
    );
    return () => {
      window.clearTimeout(timer);
      controller.abort();
    };
  }, [failed, round, isFirst]);

  return { rows, failure, reload };
}

async function fetchFailed(signal: AbortSignal): Promise<readonly JobRow[]> {
  const rows: JobRow[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof fetchPage>> = await fetchPage(cursor);
    rows.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== null && rows.length < MOST_FETCHED && !signal.aborted);
  return rows;
}

function fetchPage(cursor: string | null) {
  return call('job.list', {
    filter: { states: ['failed'] },
    sort: 'newest',
    limit: PAGE_ROWS,
    ...(cursor === null ? {} : { cursor }),
  });
}
