/**
 * Owns the plans of the house: has both ends listed page by page by the workers, each plan compared in a thread of its
 * own, and a reviewed one handed over to a migration. Plans live for a day and end with the house; they are forgotten by
 * a restart, since what they say of both ends grows old. Must not write to any end. Made by compose.ts, called by
 * src-main/api.
 *
 * A run is pinned to the keys that were reviewed. An asset whose bytes changed since is moved as it is then, like one of
 * a listed migration: what arrives is always a whole version that is at the source.
 */

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ListedAsset } from '../../src-shared/model/asset.ts';
import { type Failure, fail, toFailure } from '../../src-shared/model/failure.ts';
import type { MigrationRequest } from '../../src-shared/model/migration-request.ts';
import type { PlanChoice, PlanClass, PlanRates, PlanState, PlanView } from '../../src-shared/model/plan.ts';
import type { ProviderDescriptor } from '../../src-shared/model/provider.ts';
import { selects } from '../../src-shared/model/selection.ts';
import type { Coordinator } from '../engine/coordinator.ts';
import { joinPrefix } from '../engine/destination-key.ts';
import { decideRetry } from '../engine/retry-policy.ts';
import { acceptRequest } from '../engine/verbs/accept-request.ts';
import { beginHandOver, endHandOver, giveUpHandOver, handOver } from '../engine/verbs/hand-over.ts';
import { plainAsset } from '../engine/verbs/submit-migration.ts';
import type { Clock, Log, Rng } from '../ports.ts';
import { estimate } from './estimate.ts';
import type { Comparison, RowPage, RowQuery } from './plan-book.ts';
import { openPlanLink, type PlanLink } from './plan-link.ts';

export interface Plans {
  /** Refuses what submit would refuse. Throws FailureError. */
  start(request: MigrationRequest): Promise<number>;
  view(planId: number, rates: PlanRates, choice: PlanChoice): PlanView;
  rows(planId: number, query: RowQuery): Promise<RowPage>;
  /** Resolves when all of it is durable. Throws FailureError; then nothing of it runs. */
  run(planId: number, choice: PlanChoice): Promise<{ readonly migrationId: number; readonly position: number }>;
  /** Ends it wherever it is, and forgets it. */
  discard(planId: number): Promise<void>;
  stop(): Promise<void>;
}

export interface PlansDeps {
  readonly coordinator: Coordinator;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  /** Nobody else's; emptied at the start. */
  readonly folder: string;
  /** The file of plan-thread, as source or as built. */
  readonly threadPath: string;
}

const PAGE_ASSETS = 1_000;
/** About 5 ms of the main loop, and a commit. */
const SLICE_ASSETS = 1_000;
const LIFETIME_MS = 24 * 60 * 60_000;
/** Each holds a thread and a file. */
const MAX_PLANS = 8;

interface Plan {
  readonly id: number;
  readonly request: MigrationRequest;
  readonly ends: Record<'source' | 'destination', ProviderDescriptor>;
  readonly link: PlanLink;
  readonly listed: Record<'source' | 'destination', { assets: number; pages: number; isDone: boolean }>;
  readonly createdAtMs: number;
  readonly cancelExpiry: () => void;
  state: PlanState;
  failure: Failure | null;
  comparison: Comparison | null;
  migrationId: number | null;
}

export function createPlans({ coordinator, clock, rng, log, folder, threadPath }: PlansDeps): Plans {
  const { accounts, supervisor } = coordinator;
  const plans = new Map<number, Plan>();
  let lastId = 0;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });

  const pause = (delayMs: number): Promise<void> => new Promise((resolve) => clock.after(delayMs, resolve));
  const isWanted = (plan: Plan): boolean => plans.get(plan.id) === plan && plan.failure === null;

  function planOf(planId: number): Plan {
    return (
      plans.get(planId) ??
      fail('not-found', `There is no plan ${planId}.`, {
        field: 'planId',
        hint: 'Plans are forgotten after a day, and when Transship is started again.',
      })
    );
  }

  function readyPlan(planId: number): Plan & { readonly comparison: Comparison } {
    const plan = planOf(planId);
    const { comparison } = plan;
    if (comparison !== null) return Object.assign(plan, { comparison });
    return fail('invalid-input', `Plan ${planId} is not ready: it is ${plan.state}.`, { field: 'planId' });
  }

  function descriptorOf(accountId: string): ProviderDescriptor {
    return accounts.find(accountId)?.descriptor ?? fail('not-found', `There is no account "${accountId}" any more.`);
  }

  /** Page by page to the end, as long as the plan is wanted. */
  async function list(
    plan: Plan,
    side: 'source' | 'destination',
    keep: (page: readonly ListedAsset[]) => Promise<unknown>,
  ): Promise<void> {
    const { accountId, container, prefix } = plan.request[side];
    const listed = plan.listed[side];
    // The folder that everything goes to, as destination-key.ts makes it.
    const where = { container, prefix: side === 'source' ? prefix : joinPrefix(prefix, '') };
    let strikes = 0;
    for (let position: string | null = null; isWanted(plan) && !listed.isDone; ) {
      try {
        const account = await accounts.forWorker(accountId);
        const page = await supervisor.list(account, { ...where, position, limit: PAGE_ASSETS });
        if (!isWanted(plan)) return;
        if (page.position !== null && page.position === position) {
          fail('unexpected', `The ${side} gives the same page of its listing again and again.`);
        }
        await keep(page.assets);
        strikes = 0;
        position = page.position;
        listed.assets += page.assets.length;
        listed.pages += 1;
        listed.isDone = position === null;
      } catch (error) {
        const decision = decideRetry(toFailure(error), strikes, 0, rng.fraction());
        if (!decision.retry) throw error;
        strikes += decision.isStrike ? 1 : 0;
        await pause(decision.delayMs);
      }
    }
  }

  async function listSource(plan: Plan): Promise<void> {
    const { selection } = plan.request;
    if (selection.kind === 'listing') {
      const selected = { prefix: plan.request.source.prefix, filter: selection.filter };
      await list(plan, 'source', (assets) =>
        plan.link.ask({ kind: 'add-source', assets: assets.filter((asset) => selects(asset, selected)) }),
      );
      return;
    }
    for (let from = 0; from < selection.assets.length && isWanted(plan); from += PAGE_ASSETS) {
      const assets = selection.assets.slice(from, from + PAGE_ASSETS).map(plainAsset);
      await plan.link.ask({ kind: 'add-source', assets });
      plan.listed.source.assets += assets.length;
    }
    plan.listed.source.isDone = true;
  }

  async function make(plan: Plan): Promise<void> {
    try {
      await Promise.all([
        listSource(plan),
        list(plan, 'destination', (assets) => plan.link.ask({ kind: 'add-there', assets })),
      ]);
      if (!isWanted(plan)) return;
      plan.state = 'comparing';
      plan.comparison = await plan.link.ask({ kind: 'compare' });
      plan.state = 'ready';
    } catch (error) {
      if (!isWanted(plan)) return;
      plan.failure = toFailure(error);
      plan.state = 'failed';
      log.warn('A plan failed.', { planId: plan.id, failure: plan.failure });
    }
  }

  async function discard(planId: number): Promise<void> {
    const plan = planOf(planId);
    if (plan.state === 'handing-over') {
      fail('invalid-input', `Plan ${planId} is being handed over.`, {
        field: 'planId',
        hint: 'Cancel its migration instead.',
      });
    }
    plans.delete(planId);
    plan.cancelExpiry();
    await plan.link.close();
  }

  return {
    async start(request) {
      if (plans.size >= MAX_PLANS) {
        fail('quota-exceeded', `${MAX_PLANS} plans are kept already.`, { hint: 'Discard one of them first.' });
      }
      const { source, destination, policies, selection, queue } = request;
      const assets = selection.kind === 'assets' ? selection.assets.map(plainAsset) : null;
      await coordinator.call((desk) => acceptRequest(desk, { source, destination, assets, policies, queue }));
      const account = await accounts.forWorker(destination.accountId);
      lastId += 1;
      const id = lastId;
      const ends = { source: descriptorOf(source.accountId), destination: descriptorOf(destination.accountId) };
      const link = openPlanLink(
        {
          path: join(folder, `plan-${id}.sqlite`),
          way: { source, destination, policies },
          sourceKind: ends.source.kind,
          destinationKind: ends.destination.kind,
          maxObjectBytes: ends.destination.capabilities.maxObjectBytes,
          account,
        },
        threadPath,
      );
      const expire = (): void => {
        // What is handed over just then is forgotten a little later.
        const plan = plans.get(id);
        if (plan?.state === 'handing-over') clock.after(60_000, expire);
        else if (plan !== undefined) void discard(id);
      };
      const plan: Plan = {
        id,
        request,
        ends,
        link,
        listed: {
          source: { assets: 0, pages: 0, isDone: false },
          destination: { assets: 0, pages: 0, isDone: false },
        },
        createdAtMs: clock.wallMs(),
        cancelExpiry: clock.after(LIFETIME_MS, expire),
        state: 'listing',
        failure: null,
        comparison: null,
        migrationId: null,
      };
      plans.set(id, plan);
      void make(plan);
      return id;
    },

    view(planId, rates, choice) {
      const { request, ends, listed, comparison, ...plan } = planOf(planId);
      const { source, destination, policies, queue, name } = request;
      const moves = movesOf(request, choice);
      return {
        id: planId,
        state: plan.state,
        failure: plan.failure,
        name: name ?? null,
        source,
        destination,
        policies,
        queue,
        listed: { source: { ...listed.source }, destination: { ...listed.destination } },
        classes: comparison?.classes ?? null,
        lookalikes: moves.reduce((sum, known) => sum + (comparison?.lookalikes[known].assets ?? 0), 0),
        moves,
        estimate:
          comparison === null
            ? null
            : estimate({
                comparison,
                moves,
                withLookalikes: choice.withLookalikes,
                policies,
                sourceKind: ends.source.kind,
                destinationKind: ends.destination.kind,
                destination: ends.destination.capabilities,
                pages: { source: listed.source.pages, destination: listed.destination.pages },
                rates,
              }),
        migrationId: plan.migrationId,
        createdAtMs: plan.createdAtMs,
        expiresAtMs: plan.createdAtMs + LIFETIME_MS,
      };
    },

    rows: async (planId, query) => readyPlan(planId).link.ask({ kind: 'rows', query }),

    async run(planId, choice) {
      const plan = readyPlan(planId);
      if (plan.state !== 'ready') {
        fail('invalid-input', `Plan ${planId} was run before.`, { field: 'planId', hint: 'Plan it again.' });
      }
      const classes = movesOf(plan.request, choice);
      const { withLookalikes } = choice;
      const page = (afterId: number) =>
        plan.link.ask({ kind: 'pinned', classes, withLookalikes, afterId, limit: SLICE_ASSETS });
      plan.state = 'handing-over';
      let migrationId: number | null = null;
      try {
        let next = await page(0);
        if (next.assets.length === 0) fail('invalid-input', 'By this plan nothing has to move.', { field: 'planId' });
        const begun = await coordinator.call((desk) => beginHandOver(desk, plan.request));
        migrationId = begun;
        for (let from = 0; ; ) {
          const { assets, lastId: last } = next;
          await coordinator.call((desk) => handOver(desk, begun, assets, from));
          from += assets.length;
          if (last === null) break;
          next = await page(last);
        }
        const position = await coordinator.call((desk) => endHandOver(desk, begun));
        plan.migrationId = begun;
        plan.state = 'submitted';
        return { migrationId: begun, position };
      } catch (error) {
        plan.state = 'ready';
        const begun = migrationId;
        if (begun !== null) await coordinator.call(({ store }) => giveUpHandOver(store, begun));
        throw error;
      }
    },

    discard,

    async stop() {
      const open = [...plans.values()];
      plans.clear();
      for (const plan of open) plan.cancelExpiry();
      await Promise.all(open.map(({ link }) => link.close()));
    },
  };
}

/** What a migration with this policy would write, as far as it was chosen. */
function movesOf({ policies }: MigrationRequest, { withUnknown }: PlanChoice): readonly PlanClass[] {
  if (policies.overwrite === 'never') return ['new'];
  const moves: readonly PlanClass[] =
    policies.overwrite === 'always' ? ['new', 'changed', 'unknown', 'identical'] : ['new', 'changed', 'unknown'];
  return moves.filter((known) => withUnknown || known !== 'unknown');
}
