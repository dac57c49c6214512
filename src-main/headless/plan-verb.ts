/**
 * Owns the verb that says what a migration would do before it does it, and runs it when asked to. Must not touch the
 * process (`VerbInput` lends what it needs). Part of cli-verbs.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../../src-shared/model/failure.ts';
import {
  PLAN_CLASSES,
  type PlanClass,
  type PlanEstimate,
  type PlanRates,
  type PlanView,
  USUAL_RATES,
} from '../../src-shared/model/plan.ts';
import { oneOf, text } from './flag-values.ts';
import { oneLine } from './one-line.ts';
import { MOVING_FLAGS, typedRequest } from './submit-verb.ts';
import type { Verb } from './verb.ts';

const LOOK_MS = 200;
const MAX_ROWS = 200;

export const PLAN: Verb = {
  usage:
    'plan SOURCE DESTINATION [--from ACCOUNT] [--to ACCOUNT] [--prefix P] [--into P] [the FLAGS of submit]\n    [--mbps MEGABYTES] [--per-second ASSETS] [--usd-per-gb PRICE] [--without-unknown] [--with-lookalikes]\n    [--only CLASS] [--run] [--keep]',
  help: `what a migration would do, before the first byte: ${PLAN_CLASSES.join(', ')}; --only lists ${MAX_ROWS} rows of one class, --run submits exactly that`,
  flags: MOVING_FLAGS,
  mostWords: 2,
  async run(call, input) {
    const { flags } = input;
    const only = oneOf(PLAN_CLASSES, flags.only, '--only');
    const rates = ratesOf(flags);
    const choice = {
      withUnknown: flags['without-unknown'] !== true,
      withLookalikes: flags['with-lookalikes'] === true,
    };
    const { planId } = await call('plan.start', await typedRequest(call, input));
    let isKept = flags.keep === true;
    try {
      const plan = await untilReady(
        () => call('plan.get', { planId, rates, choice }),
        input.interruptible(),
        input.progress,
      );
      const rows = only === undefined ? null : await call('plan.rows', { planId, class: only, limit: MAX_ROWS });
      const ran = flags.run === true ? await call('plan.run', { planId, choice }) : null;
      const lines = [
        ...table(plan),
        ...(plan.estimate === null ? [] : estimateLines(plan.estimate)),
        ...(rows?.rows.map((row) =>
          [row.class, row.sourceKey, row.destinationKey, row.reason].map(oneLine).join('\t'),
        ) ?? []),
        ...(rows !== null && rows.nextCursor !== null ? [`and ${rows.total.count - rows.rows.length} more`] : []),
        ...(ran === null ? [] : [`Migration ${ran.migrationId} is queued; ${ran.position} jobs are ahead of it.`]),
        ...(isKept ? [`Plan ${planId} is kept until the house stops, a day at most.`] : []),
      ];
      return { data: { plan, ...(rows === null ? {} : { rows }), ...(ran ?? {}) }, lines };
    } catch (error) {
      isKept = false;
      throw error;
    } finally {
      if (!isKept) await call('plan.discard', { planId });
    }
  },
};

async function untilReady(
  look: () => Promise<PlanView>,
  signal: AbortSignal,
  progress: (line: string) => void,
): Promise<PlanView> {
  for (;;) {
    signal.throwIfAborted();
    const plan = await look();
    if (plan.failure !== null) fail(plan.failure.code, plan.failure.message, { hint: plan.failure.hint });
    if (plan.state === 'ready') {
      progress('');
      return plan;
    }
    const { source, destination } = plan.listed;
    progress(`${plan.state}: ${source.assets} at the source, ${destination.assets} at the destination`);
    await sleep(LOOK_MS);
  }
}

/** A line each, with tabs between, moved ones marked: people and `cut` read it alike. */
function table({ classes, moves }: PlanView): string[] {
  if (classes === null) return [];
  const line = (known: PlanClass): string => {
    const { assets, bytes, unsized } = classes[known];
    const more = unsized > 0 ? `\t${unsized} of unknown size` : '';
    const fate = known === 'unknown' ? 'compared, and moves where it differs' : 'moves';
    return `${known}\t${assets} assets\t${bytes} bytes\t${moves.includes(known) ? fate : 'stays'}${more}`;
  };
  return PLAN_CLASSES.map(line);
}

function estimateLines({ assets, bytes, rates, durationMs, source, destination, ...cost }: PlanEstimate): string[] {
  const asked = (who: string, { list, head, get, put, parts }: PlanEstimate['source']): string =>
    `${who} requests\tlist ${list}, head ${head}, get ${get}, put ${put}, parts ${parts}`;
  const usd = (what: string, value: number | null): string =>
    `${what}\t${value === null ? 'no list price is known' : `about ${roughUsd(value)} USD`}`;
  return [
    `estimate\t${assets} assets, ${bytes} bytes`,
    `time\tabout ${Math.ceil(durationMs / 1_000)} s, the longer of ${rates.bytesPerSecond / 1e6} MB/s and ${rates.assetsPerSecond} assets/s`,
    asked('source', source),
    asked('destination', destination),
    usd('egress', cost.egressUsd),
    usd('source requests cost', cost.sourceRequestsUsd),
    usd('destination requests cost', cost.destinationRequestsUsd),
    ...cost.notes,
  ];
}

/** Two figures: more would pretend to know. */
function roughUsd(value: number): string {
  return value === 0 ? '0' : String(Number(value.toPrecision(2)));
}

function ratesOf(flags: Readonly<Record<string, string | boolean | undefined>>): PlanRates {
  const number = (flag: string): number | null => {
    const given = text(flags[flag]);
    if (given === undefined) return null;
    const value = Number(given);
    return given.trim() !== '' && value >= 0 ? value : fail('invalid-input', `"${given}" is nothing for --${flag}.`);
  };
  const megabytes = number('mbps');
  return {
    bytesPerSecond: megabytes === null ? USUAL_RATES.bytesPerSecond : megabytes * 1e6,
    assetsPerSecond: number('per-second') ?? USUAL_RATES.assetsPerSecond,
    egressUsdPerGb: number('usd-per-gb'),
  };
}
