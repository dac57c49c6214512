/**
 * Owns a store whose disk fails now and then, as SQLite would say it: the batch is not written and the next one may be.
 * Must not change anything else. Used by the simulation.
 */
import type { Store } from '../../src-main/store/store.ts';

export type StoreFault = 'disk-full' | 'io-error' | 'busy';

const WORDS: Readonly<Record<StoreFault, { readonly message: string; readonly errcode: number }>> = {
  'disk-full': { message: 'database or disk is full', errcode: 13 },
  'io-error': { message: 'disk I/O error', errcode: 10 },
  busy: { message: 'database is locked', errcode: 5 },
};

/** `nextFault` is asked once for every beginning and every commit; null: it works. */
export function faultyStore(store: Store, nextFault: (at: 'begin' | 'commit') => StoreFault | null): Store {
  const failIfDue = (at: 'begin' | 'commit'): void => {
    const fault = nextFault(at);
    if (fault === null) return;
    const { message, errcode } = WORDS[fault];
    throw Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode });
  };
  return {
    ...store,
    begin(nowMs) {
      failIfDue('begin');
      store.begin(nowMs);
    },
    commit() {
      failIfDue('commit');
      return store.commit();
    },
  };
}
