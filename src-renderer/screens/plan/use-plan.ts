/**
 * Owns the plan that its screen shows: asked for again while it is being made, and when rates or choice change. Called by the
 * plan screen.
 */
import { useCallback, useEffect, useState } from 'react';
import { type Failure, toFailure } from '../../../src-shared/model/failure.ts';
import type { PlanChoice, PlanRates, PlanView } from '../../../src-shared/model/plan.ts';
import { call } from '../../state/house-client.ts';
import { onSnapshot } from '../../state/house-store.ts';

const LOOK_MS = 500;

export interface PlanAnswer {
  /** null until the house answered. */
  readonly plan: PlanView | null;
  readonly failure: Failure | null;
  readonly reload: () => void;
}

export function usePlan(planId: number, rates: PlanRates, choice: PlanChoice): PlanAnswer {
  const [plan, setPlan] = useState<PlanView | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((before) => before + 1), []);

  useEffect(() => {
    let isOver = false;
    let timer = 0;
    void round;
    const look = (): void => {
      call('plan.get', { planId, rates, choice }).then(
        (view) => {
          if (isOver) return;
          setPlan(view);
          setFailure(null);
          const isUnderWay = view.state === 'listing' || view.state === 'comparing' || view.state === 'handing-over';
          if (isUnderWay) timer = window.setTimeout(look, LOOK_MS);
        },
        (thrown: unknown) => {
          if (!isOver) setFailure(toFailure(thrown));
        },
      );
    };
    look();
    return () => {
      isOver = true;
      window.clearTimeout(timer);
    };
  }, [planId, rates, choice, round]);

  useEffect(() => onSnapshot(reload), [reload]);
  return { plan, failure, reload };
}
