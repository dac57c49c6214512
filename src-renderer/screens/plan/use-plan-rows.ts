/**
 * Owns the rows of one class of a plan, page by page as somebody asks for more. Called by
 * plan-rows.tsx, which is made anew for another class or search.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Failure, toFailure } from '../../../src-shared/model/failure.ts';
import type { PlanClass, PlanRow } from '../../../src-shared/model/plan.ts';
import { call } from '../../state/house-client.ts';

const PAGE_ROWS = 200;

export interface PlanRows {
  readonly rows: readonly PlanRow[];
  /** null until the first page came. */
  readonly count: number | null;
  readonly failure: Failure | null;
  readonly more: () => void;
}

export function usePlanRows(planId: number, planClass: PlanClass, search: string): PlanRows {
  const [rows, setRows] = useState<readonly PlanRow[]>([]);
  const [count, setCount] = useState<number | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  /** undefined: the first page; null: that was the last. */
  const cursor = useRef<string | null | undefined>(undefined);
  const isAsking = useRef(false);
  const isGone = useRef(false);

  const more = useCallback(() => {
    if (isAsking.current || cursor.current === null) return;
    isAsking.current = true;
    const after = cursor.current === undefined ? {} : { cursor: cursor.current };
    call('plan.rows', { planId, class: planClass, search, limit: PAGE_ROWS, ...after })
      .then(
        (page) => {
          if (isGone.current) return;
          cursor.current = page.nextCursor;
          setRows((before) => [...before, ...page.rows]);
          setCount(page.total.count);
          setFailure(null);
        },
        (thrown: unknown) => {
          if (!isGone.current) setFailure(toFailure(thrown));
        },
      )
      .finally(() => {
        isAsking.current = false;
      });
  }, [planId, planClass, search]);

  useEffect(() => {
    isGone.current = false;
    more();
    return () => {
      isGone.current = true;
    };
  }, [more]);

  return { rows, count, failure, more };
}
