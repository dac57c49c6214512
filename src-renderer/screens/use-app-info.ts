/**
 * Owns the facts of the house that do not change while it runs: version, door, profile, secret store. Asked for once,
 * when the first screen wants them. Read by the screens.
 */
import { useEffect } from 'react';
import { create } from 'zustand';
import type { AppInfo } from '../../src-shared/contract/commands.ts';
import { type Failure, toFailure } from '../../src-shared/model/failure.ts';
import { call } from '../state/house-client.ts';

interface AppInfoState {
  /** null until the house answered. */
  readonly info: AppInfo | null;
  readonly failure: Failure | null;
}

const useInfo = create<AppInfoState>(() => ({ info: null, failure: null }));
let isAsked = false;

/** Asks again after a failure; does nothing while an answer is under way or there. */
export function askAppInfo(): void {
  if (isAsked) return;
  isAsked = true;
  call('app.info', {}).then(
    (info) => useInfo.setState({ info, failure: null }),
    (thrown: unknown) => {
      isAsked = false;
      useInfo.setState({ failure: toFailure(thrown) });
    },
  );
}

export function useAppInfo(): AppInfoState {
  useEffect(askAppInfo, []);
  return useInfo();
}
