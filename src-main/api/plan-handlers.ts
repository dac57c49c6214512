/**
 * Owns the commands about plans. Must not hold logic beyond calling the plans. Part of handlers.ts.
 */
import type { Plans } from '../plan/plans.ts';
import type { Handlers } from './handler-map.ts';

type PlanHandlers = Pick<Handlers, Extract<keyof Handlers, `plan.${string}`>>;

export function planHandlers(plans: Plans): PlanHandlers {
  return {
    'plan.start': async (request) => ({ planId: await plans.start(request) }),
    'plan.get': ({ planId, rates, choice }) => plans.view(planId, rates, choice),
    'plan.rows': async ({ planId, cursor, ...query }) => {
      const { rows, lastId, count } = await plans.rows(planId, { ...query, afterId: Number(cursor ?? 0) });
      return { rows, nextCursor: lastId === null ? null : `${lastId}`, total: { count, exact: true } };
    },
    'plan.run': ({ planId, choice }) => plans.run(planId, choice),
    'plan.discard': async ({ planId }) => {
      await plans.discard(planId);
      return {};
    },
  };
}
