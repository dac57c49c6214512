/**
 * Owns running one connection test at a time and holding its result. Must not decide where a failure is shown. Used by
 * the accounts screen, the account editor and the new-migration form.
 */
import { useCallback, useRef, useState } from 'react';
import type { Params } from '../../src-shared/contract/commands.ts';
import { type Failure, toFailure } from '../../src-shared/model/failure.ts';
import type { CheckReport } from '../../src-shared/model/provider.ts';
import { call } from '../state/house-client.ts';

export type TestOutcome =
  | { readonly kind: 'report'; readonly report: CheckReport }
  /** No test could be made. */
  | { readonly kind: 'refused'; readonly failure: Failure };

export interface ConnectionTest {
  readonly isRunning: boolean;
  readonly outcome: TestOutcome | null;
  /** Resolves with the outcome; an older test that is still under way is forgotten. */
  run(params: Params<'account.check'>): Promise<TestOutcome>;
  /** What was tested is not what stands there now. */
  forget(): void;
}

export function useConnectionTest(): ConnectionTest {
  const [state, setState] = useState<{ isRunning: boolean; outcome: TestOutcome | null }>({
    isRunning: false,
    outcome: null,
  });
  const latest = useRef(0);

  const run = useCallback(async (params: Params<'account.check'>): Promise<TestOutcome> => {
    latest.current += 1;
    const mine = latest.current;
    setState({ isRunning: true, outcome: null });
    const outcome = await call('account.check', params).then(
      (report): TestOutcome => ({ kind: 'report', report }),
      (thrown: unknown): TestOutcome => ({ kind: 'refused', failure: toFailure(thrown) }),
    );
    if (mine === latest.current) setState({ isRunning: false, outcome });
    return outcome;
  }, []);

  const forget = useCallback(() => {
    latest.current += 1;
    setState({ isRunning: false, outcome: null });
  }, []);

  return { ...state, run, forget };
}

/** Why it did not pass; null when it did. */
export function failureOf(outcome: TestOutcome): Failure | null {
  if (outcome.kind === 'refused') return outcome.failure;
  return outcome.report.ok ? null : outcome.report.failure;
}
