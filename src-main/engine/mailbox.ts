/**
 * Owns the order of events: every change of state is a letter, handled one at a time, many letters to one commit.
 * This is the GenServer of the house. Must not know what the letters do. Used by the coordinator and the planner.
 *
 * A verb refuses (throws) before it writes; one that throws after a write takes its whole batch down, which is then
 * run again without it. What a verb wants done to memory or processes it hands to `onCommit`, never does at once.
 */
import { type Failure, FailureError, failure, toFailure } from '../../src-shared/model/failure.ts';
import type { Clock, Log } from '../ports.ts';
import type { Committed } from '../store/records.ts';
import type { Store } from '../store/store.ts';

export interface Mailbox {
  /** Runs the verb in the next batch; resolves with its value once that is durable. */
  post<T>(verb: () => T): Promise<T>;
  /** As `post`, for what may never be lost: outcomes, pages. Tried again until it is durable. */
  deliver(verb: () => void): void;
  /** Only inside a verb: to be done after the commit, in order. Forgotten when the batch fails. */
  onCommit(action: () => void): void;
  /** Makes sure that a batch runs soon even when there is no letter. */
  wake(): void;
  /** Runs what is waiting, then takes nothing more. */
  close(): void;
}

interface Letter {
  readonly verb: () => unknown;
  /** null: a letter to be delivered whatever happens. */
  readonly reply: { resolve(value: unknown): void; reject(error: unknown): void } | null;
}

export interface MailboxDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Runs inside every batch before its letters, with the batch's time. */
  readonly afterBegin: (nowMs: number) => void;
  /** Runs inside every batch after its letters: claims for free berths. */
  readonly beforeCommit: () => void;
  readonly afterCommit: (committed: Committed) => void;
  /** The batch was undone: what `beforeCommit` or a verb keeps in memory must be read anew. */
  readonly onRollback: () => void;
  /** The store failed (a failure) or works again (null). */
  readonly onStoreTrouble: (trouble: Failure | null) => void;
}

/** A batch ends after this long, so that the loop stays quick under load; the rest waits for the next turn. */
const BATCH_MS = 4;
/** How long a failing store is left alone before undeliverable letters are tried again. */
const STORE_RETRY_MS = 1_000;

export function createMailbox(deps: MailboxDeps): Mailbox {
  const { store, clock, log } = deps;
  let inbox: Letter[] = [];
  let actions: (() => void)[] = [];
  let scheduled = false;
  let closed = false;
  let trouble: Failure | null = null;
  let hadTrouble = false;
  let isDoubtful = false;

  function schedule(): void {
    if (scheduled || trouble !== null) return;
    scheduled = true;
    clock.soon(() => {
      scheduled = false;
      if (!closed) drain();
    });
  }

  function drain(): void {
    const done: { letter: Letter; value: unknown }[] = [];
    const refused: { letter: Letter; error: unknown }[] = [];
    const startedMs = clock.monotonicMs();
    let taken = 0;
    let broken: { letter: Letter | null; error: unknown } | null = null;
    let committed: Committed | null = null;
    try {
      const nowMs = clock.wallMs();
      store.begin(nowMs);
      deps.afterBegin(nowMs);
      for (const letter of inbox) {
        if (taken > 0 && clock.monotonicMs() - startedMs > BATCH_MS) break;
        taken += 1;
        const writesBefore = store.writes();
        const actionsBefore = actions.length;
        try {
          done.push({ letter, value: letter.verb() });
        } catch (error) {
          // Verbs refuse with a FailureError before they write; anything else may have come from the middle of one.
          if (store.writes() !== writesBefore || !(error instanceof FailureError)) {
            // The disk's trouble is nobody's fault: no letter is thrown away for it.
            broken = { letter: isDiskTrouble(error) ? null : letter, error };
            break;
          }
          actions.length = actionsBefore;
          refused.push({ letter, error });
        }
      }
      if (broken === null) {
        deps.beforeCommit();
        committed = store.commit();
      }
    } catch (error) {
      broken = { letter: null, error };
    }
    if (broken !== null || committed === null) {
      undo(broken?.letter ?? null, broken?.error);
      return;
    }
    inbox = inbox.slice(taken);
    recovered();
    const after = actions;
    actions = [];
    for (const action of after) action();
    deps.afterCommit(committed);
    for (const { letter, value } of done) letter.reply?.resolve(value);
    for (const { letter, error } of refused) {
      if (letter.reply === null) log.error('A letter was refused.', { failure: toFailure(error) });
      letter.reply?.reject(error);
    }
    if (inbox.length > 0) schedule();
  }

  /** Nothing of the batch happened. Commands are told; letters that may not be lost stay. */
  function undo(culprit: Letter | null, error: unknown): void {
    actions = [];
    store.rollback();
    deps.onRollback();
    const reason = toStoreFailure(error);
    log.error('A batch could not be committed.', { failure: reason, culprit: culprit !== null });
    if (culprit !== null) {
      inbox = inbox.filter((letter) => letter !== culprit);
      culprit.reply?.reject(new FailureError(reason));
      schedule();
      return;
    }
    const lost = inbox;
    inbox = [];
    for (const letter of lost) {
      if (letter.reply === null) inbox.push(letter);
      else letter.reply.reject(new FailureError(reason));
    }
    trouble = reason;
    hadTrouble = true;
    isDoubtful ||= !isPassing(error);
    deps.onStoreTrouble(reason);
    clock.after(STORE_RETRY_MS, goOn);
  }

  /** After a failed write nothing is acknowledged before the database was opened anew and found sound. */
  function goOn(): void {
    if (closed) return;
    if (isDoubtful) {
      try {
        store.reopen();
        isDoubtful = false;
        deps.onRollback();
        log.warn('The database was opened anew and is sound.');
      } catch (error) {
        log.error('The database cannot be trusted yet.', { failure: toStoreFailure(error) });
        clock.after(STORE_RETRY_MS, goOn);
        return;
      }
    }
    trouble = null;
    schedule();
  }

  function recovered(): void {
    if (!hadTrouble) return;
    hadTrouble = false;
    deps.onStoreTrouble(null);
  }

  function put(letter: Letter): void {
    if (closed) {
      letter.reply?.reject(new FailureError(failure('unsupported', 'The house is closing.')));
      return;
    }
    if (trouble !== null && letter.reply !== null) {
      letter.reply.reject(new FailureError(trouble));
      return;
    }
    inbox.push(letter);
    schedule();
  }

  return {
    post<T>(verb: () => T): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        put({ verb, reply: { resolve: (value) => resolve(value as T), reject } });
      });
    },
    deliver(verb) {
      put({ verb, reply: null });
    },
    onCommit(action) {
      actions.push(action);
    },
    wake: schedule,
    close() {
      // A batch takes no longer than BATCH_MS: what a whole pool gave back may need several.
      while (inbox.length > 0 && trouble === null) drain();
      closed = true;
    },
  };
}

/** SQLITE_BUSY, SQLITE_LOCKED and SQLITE_FULL say that nothing was written; after anything else that is not known. */
const PASSING = [5, 6, 13];
/** SQLITE_READONLY, SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_CANTOPEN, SQLITE_NOTADB. */
const LASTING = [8, 10, 11, 14, 26];

function isPassing(error: unknown): boolean {
  return PASSING.includes(primaryCode(error));
}

function isDiskTrouble(error: unknown): boolean {
  return [...PASSING, ...LASTING].includes(primaryCode(error));
}

/** SQLite's extended codes carry the primary one in their low byte; -1: no error of SQLite's. */
function primaryCode(error: unknown): number {
  const { errcode } = error as { readonly errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : -1;
}

/** SQLite's own words for a full disk and a failing one, as people know them. */
function toStoreFailure(error: unknown): Failure {
  const base = toFailure(error);
  if (base.code !== 'unexpected') return base;
  if (/disk is full|SQLITE_FULL/i.test(base.message)) {
    return failure('disk-full', 'The disk that holds the database is full.', {
      hint: 'Free some space; work goes on by itself.',
      retryable: true,
    });
  }
  return failure('unexpected', `The database could not be written: ${base.message}`, {
    hint: 'Nothing that was acknowledged is lost. Look at the disk and the log.',
  });
}
