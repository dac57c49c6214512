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
  readonly run: () => Promise<void> | void;
}

/** Runs the actions one after the other. Throws only the signal's reason; every other failure is in the report. */
export async function runCheck(
  actions: readonly CheckAction[],
  findings: CheckFindings,
  signal: AbortSignal,
): Promise<CheckReport> {
  const steps: CheckStep[] = [];
  let failure: Failure | null = null;
  for (const action of actions) {
    signal.throwIfAborted();
    const startedAtMs = performance.now();
    try {
      await action.run();
    } catch (thrown) {
      signal.throwIfAborted();
      failure = toFailure(thrown);
    }
    steps.push({ name: action.name, elapsedMs: Math.round(performance.now() - startedAtMs), failure });
    if (failure !== null) break;
  }
  return { ok: failure === null, steps, remarks: findings.remarks, sampleKeys: findings.sampleKeys, failure };
}
