/**
 * Owns a store whose disk fails now and then, as SQLite would say it: the batch is not written and the next one may be.
 * After a failed write it must be opened anew first. Must not change anything else. Used by the simulation.
 */
import type { Store } from '../../src-main/store/store.ts';

export type StoreFault = 'disk-full' | 'io-error' | 'busy';

const WORDS: Readonly<Record<StoreFault, { readonly message: string; readonly errcode: number }>> = {
  'disk-full': { message: 'database or disk is full', errcode: 13 },
  'io-error': { message: 'disk I/O error', errcode: 10 },
  busy: { message: 'database is locked', errcode: 5 },
};

/** `nextFault` is asked once for every beginning and every commit; null: it works. */
export function faultyStore(
  store: Store,
  nextFault: (at: 'begin' | 'commit') => StoreFault | null,
  onBreach: (breach: string) => void,
): Store {
  const failIfDue = (at: 'begin' | 'commit'): void => {
    const fault = nextFault(at);
    if (fault === null) return;
    const { message, errcode } = WORDS[fault];
    throw Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode });
  };
  let isDoubtful = false;
  // Everything else is the real store's own, also after it was opened anew.
  return Object.assign(Object.create(store) as Store, {
    begin(nowMs: number) {
      if (isDoubtful) onBreach('After a failed write the database was used before it was opened anew.');
      failIfDue('begin');
      store.begin(nowMs);
    },
    commit() {
      try {
        failIfDue('commit');
      } catch (error) {
        isDoubtful = (error as { errcode?: number }).errcode === WORDS['io-error'].errcode;
        throw error;
      }
      return store.commit();
    },
    reopen() {
      store.reopen();
      isDoubtful = false;
    },
  });
}
