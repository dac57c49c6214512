/**
 * Owns how a connection test runs: named steps in order, each timed, the first failure ends it. Must not know what
 * the steps do. Called by every provider's `check`.
 */
import { type Failure, toFailure } from '../../src-shared/model/failure.ts';
import type { CheckReport, CheckStep } from '../../src-shared/model/provider.ts';

/** How many keys a report shows. */
export const SAMPLE_KEYS = 5;

/** What steps leave behind for the person to read. */
export interface CheckFindings {
  readonly remarks: string[];
  readonly sampleKeys: string[];
}

export interface CheckAction {
  readonly name: string;
  /** Where a person mends a failure of this step that does not say so itself. */
  readonly field: string;
  readonly run: () => Promise<void> | void;
}

/**
 * Runs the actions one after the other. Throws only the signal's reason; every other failure is in the report. `tidy`
 * runs in every case.
 */
export async function runCheck(
  actions: readonly CheckAction[],
  findings: CheckFindings,
  signal: AbortSignal,
  tidy: () => Promise<void> = async () => undefined,
): Promise<CheckReport> {
  try {
    const steps = await runSteps(actions, signal);
    const failure = steps.at(-1)?.failure ?? null;
    return { ok: failure === null, steps, remarks: findings.remarks, sampleKeys: findings.sampleKeys, failure };
  } finally {
    // Its remarks still reach the report, which holds the same list.
    await tidy();
  }
}

async function runSteps(actions: readonly CheckAction[], signal: AbortSignal): Promise<readonly CheckStep[]> {
  const steps: CheckStep[] = [];
  for (const action of actions) {
    signal.throwIfAborted();
    const startedAtMs = performance.now();
    let failure: Failure | null = null;
    try {
      await action.run();
    } catch (thrown) {
      signal.throwIfAborted();
      failure = { field: action.field, ...toFailure(thrown) };
    }
    steps.push({ name: action.name, elapsedMs: Math.round(performance.now() - startedAtMs), failure });
    if (failure !== null) break;
  }
  return steps;
}
